"""Addresses of pages, mailboxes and telephones are judged by their shape."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnlc_apply.questionnaire.addresses import complete_url, is_email, is_phone, is_safe_url


@pytest.mark.parametrize(
    "url",
    [
        "https://www.example.org",
        "http://example.org/a/b?c=d&e=f#g",
        "https://example.org:8443/",
        "HTTPS://EXAMPLE.ORG",
        "https://münchen.example/straße",
        "https://例え.テスト/",
        "https://xn--mnchen-3ya.example/",
        "https://8.8.8.8/plan.pdf",
        "https://example.org/a%20b",
        "https://example.org/@user",
    ],
)
def test_pages_that_may_be_linked(url: str) -> None:
    assert is_safe_url(url) is True


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "\x01javascript:alert(1)",
        "javascript://example.org/%0aalert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "ftp://example.org/",
        "mailto:a@example.org",
        "//example.org/",
        "/plan.pdf",
        "https://",
        "https:///path",
        "https:example.org",
        "https://localhost/",
        "https://intranet/",
        "https://127.0.0.1/",
        "https://10.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://user:password@example.org/",
        "https://user@example.org/",
        "https://@example.org/",
        "https://example.org\\@evil.example/",
        "https://example.org/a b",
        "https://example.org/\r\nSet-Cookie: a=b",
        "https://example.org/\x00",
        "https://exam\u200bple.org/",
        "https://example.org/\u202egpj.exe",
        'https://example.org/"onmouseover="x',
        "https://example.org:99999/",
        "https://example.org:0/",
        "https://exa mple.org/",
        "https://[example.org/",
        "https://example.org/" + "a" * 2000,
    ],
)
def test_pages_that_may_not(url: str) -> None:
    assert is_safe_url(url) is False


def test_only_texts_are_addresses() -> None:
    assert is_safe_url(None) is False
    assert is_safe_url(["https://example.org"]) is False


def test_a_missing_scheme_is_added() -> None:
    assert complete_url("www.example.org/plan") == "https://www.example.org/plan"
    assert complete_url("example.org:8080/plan") == "https://example.org:8080/plan"
    assert complete_url("http://example.org") == "http://example.org"
    assert complete_url("javascript:alert(1)") == "javascript:alert(1)"
    assert complete_url("") == ""
    assert is_safe_url(complete_url("javascript:1+alert(1)")) is False


@given(st.text(max_size=60))
def test_an_address_that_may_be_linked_is_http_in_every_reading(text: str) -> None:
    for url in (text, complete_url(text), f"https://{text}"):
        if is_safe_url(url):
            assert url.lower().startswith(("https://", "http://"))
            assert url.isprintable()
            assert "@" not in url.split("/")[2]


@pytest.mark.parametrize(
    "email",
    ["a@b.example", "lifelong.learning+gnlc@city.gov.example", "почта@пример.рф", "o'neil@city.example", "1@b.co"],
)
def test_email_addresses(email: str) -> None:
    assert is_email(email) is True


@pytest.mark.parametrize(
    "email",
    [
        *("", "a", "@b.example", "a@", "a@b", "a@@b.example", "a@b..example", "a@.example", "a@b.example."),
        *(
            "a b@c.example",
            "a@b.example, c@d.example",
            "a@b.example;c@d.example",
            "<a@b.example>",
            "Name <a@b.example>",
        ),
        *(
            "a@b.example\nBcc: c@d.example",
            "a@b.example\r",
            ".a@b.example",
            "a.@b.example",
            "a..b@c.example",
            "a@1.2.3.4",
        ),
        *(
            "a" * 65 + "@b.example",
            "a@" + "b" * 250 + ".example",
            "a@-b.example",
            "a\u200b@b.example",
            "a@b\u202e.example",
        ),
    ],
)
def test_no_email_addresses(email: str) -> None:
    assert is_email(email) is False


@pytest.mark.parametrize("phone", ["+237 699 00 00 00", "0049 (40) 448041-0", "040/4480410", "+1 555 123 4567 ext. 12"])
def test_telephone_numbers(phone: str) -> None:
    assert is_phone(phone) is True


@pytest.mark.parametrize("phone", ["", "1234", "call me", "+", "1" * 16, "12345 or 67890", "++49 40 123456"])
def test_no_telephone_numbers(phone: str) -> None:
    assert is_phone(phone) is False
