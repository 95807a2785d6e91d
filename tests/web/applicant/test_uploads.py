"""Upload cases G17 to G25 and G32 to G36 by the pages: names, headers, who gets a file and until when, odd requests."""

from __future__ import annotations

import html
import io
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.http import parse_options_header
from werkzeug.test import TestResponse

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import Attachment, Grant, Role
from gnlc_apply.queries import attachment as attachments
from gnlc_apply.services import application as applications
from gnlc_apply.web.arrival import MOST_FIELDS
from tests import signing_in
from tests.desk import join_city
from tests.storage import corpus
from tests.web.applicant.conftest import Desk

Other = Callable[[str], Desk]
QUESTION = "practices.1.files"


def adding(reference: str) -> str:
    """Where a file is added."""
    return f"/en/applications/{reference}/files/add/{QUESTION}"


def upload(desk: Desk, reference: str, name: str, content: bytes | None = None, **headers: str) -> TestResponse:
    """Add a file by the page, as a browser sends it."""
    token = signing_in.csrf_of(desk.client.get(adding(reference)))
    kind = headers.get("content_type", "application/pdf")
    file = (io.BytesIO(corpus.simple_pdf() if content is None else content), name, kind)
    return desk.client.post(adding(reference), data={"csrf_token": token, "caption": "Boats", "file": file})


def take(client: FlaskClient, path: str, method: str = "GET", **headers: str) -> TestResponse:
    """Ask for a file and read it to its end."""
    return client.open(path, method=method, headers=headers, buffered=True)


def rows() -> list[Attachment]:
    """All files that there are."""
    with db.reading() as session:
        return list(session.scalars(select(Attachment).order_by(Attachment.id)))


def download(reference: str, file: Attachment) -> str:
    """Where the city takes its file."""
    return f"/en/applications/{reference}/files/{file.reference}"


def saved_as(answer: TestResponse) -> str:
    """The name under which a browser of RFC 6266 saves it."""
    how, options = parse_options_header(answer.headers["Content-Disposition"])
    assert how == "attachment"
    return options["filename"]


HOSTILE = {
    "../../etc/passwd.pdf": "passwd.pdf",
    "..\\..\\boot.pdf": "boot.pdf",
    "/etc/x.pdf": "x.pdf",
    "C:\\Users\\x.pdf": None,
    "%2e%2e%2fx.pdf": "2e_2e_2fx.pdf",
    "a\0b.pdf": "ab.pdf",
    "CON.pdf": "attachment.pdf",
    "aux.tar.pdf": "attachment.pdf",
    ".htaccess.pdf": "htaccess.pdf",
    "-rf.pdf": "rf.pdf",
    "plan.pdf.": None,
    "a" * 4096 + ".pdf": None,
    "a" + "\u0301" * 300 + ".pdf": None,
    "fdp.\u202eexe.pdf": "fdp.exe.pdf",
    'a"; filename="b.pdf': None,
    "a\r\nSet-Cookie: x=1.pdf": None,
    "Şanlıurfa çarşısı.pdf": "Şanlıurfa çarşısı.pdf",
    "خطة المدينة.pdf": "خطة المدينة.pdf",
    "計画.pdf": "計画.pdf",
}


# Where the name ends in no kind of file that we take: the second ends, for us, before the line does.
WITHOUT_ENDING = {"plan.pdf.", "a\r\nSet-Cookie: x=1.pdf"}


def kept_in(settings: config.Settings) -> set[str]:
    """The names of all files below the installation's attachments, but for the lock of the sweep."""
    return {path.name for path in settings.attachments.rglob("*") if path.is_file()} - {".keep"}


def test_g17_to_g22_no_name_leads_anywhere(desk: Desk, settings: config.Settings) -> None:
    outside = set(settings.instance.parent.rglob("*.pdf*"))
    for number, name in enumerate(HOSTILE):
        reference = desk.world.begin(f"Place {number}")
        answer = upload(desk, reference, name)
        if answer.status_code != 303:
            # Refused with words at its field; nothing is left of it.
            assert (name in WITHOUT_ENDING, answer.status_code) == (True, 422), name
            continue
        file = rows()[-1]
        assert len(file.name.encode()) <= 255, name
        assert not set(file.name) & set("/\\\r\n\0\u202e"), name
        handed = take(desk.client, download(reference, file))
        shown = saved_as(handed)
        assert shown.endswith(".pdf"), name
        assert not set(shown) & set('/\\"\r\n\0;%\u202e'), name
        assert len(shown.encode()) <= 124, name
        assert HOSTILE[name] in (None, shown), name
        assert "Set-Cookie: x=1" not in str(handed.headers)
        page = desk.open(f"/applications/{reference}/sections/practices/1").text
        assert html.escape(file.name).replace("&quot;", "&#34;") in page, name
    # Each lies under its random key and nowhere else.
    assert kept_in(settings) == {file.storage_key for file in rows()}
    assert len(rows()) == len(HOSTILE) - len(WITHOUT_ENDING)
    assert set(settings.instance.parent.rglob("*.pdf*")) == outside


def test_g21_the_same_name_and_content_twice_are_two_files(desk: Desk) -> None:
    reference = desk.world.begin()
    for _time in range(2):
        assert upload(desk, reference, "plan.pdf").status_code == 303
    first, second = rows()
    assert first.storage_key != second.storage_key
    assert first.reference != second.reference
    assert [take(desk.client, download(reference, file)).status_code for file in (first, second)] == [200, 200]


FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "plan.pdf": (corpus.simple_pdf, "application/pdf"),
    "boat.jpg": (corpus.jpeg, "image/jpeg"),
    "boat.png": (corpus.png, "image/png"),
}


def test_g23_g33_a_file_is_saved_never_shown_whatever_type_was_claimed(desk: Desk) -> None:
    reference = desk.world.begin()
    for name, (make, kind) in FILES.items():
        for claimed in ("text/html", "application/x-msdownload", "image/svg+xml"):
            assert upload(desk, reference, name, make(), content_type=claimed).status_code == 303
            file = rows()[-1]
            answer = take(desk.client, download(reference, file))
            headers = answer.headers
            assert headers["Content-Type"] == kind == file.media_type
            assert headers["Content-Disposition"].startswith("attachment;")
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
            assert headers["Cache-Control"] == "no-store"
            assert "ETag" not in headers
            assert "Last-Modified" not in headers
            assert int(headers["Content-Length"]) == len(answer.data) == file.size
        reference = desk.world.begin(f"Place of {name}")


ODD_WAYS: list[dict[str, str]] = [
    {},
    {"Range": "bytes=0-9"},
    {"Range": "bytes=-1"},
    {"If-None-Match": "*"},
    {"If-Modified-Since": "Wed, 01 Jan 2031 00:00:00 GMT"},
    {"If-Range": "*", "Range": "bytes=0-0"},
]


@pytest.mark.parametrize("who", ["stranger@city.example", "natcom@country.example"])
def test_g24_no_way_of_asking_tells_another_person_that_it_is_there(desk: Desk, as_other: Other, who: str) -> None:
    reference = desk.world.begin()
    upload(desk, reference, "plan.pdf")
    (file,) = rows()
    there, missing = download(reference, file), f"/en/applications/{reference}/files/FILE-0000000"
    other = as_other(who).client
    for headers in ODD_WAYS:
        for method in ("GET", "HEAD"):
            got, nothing = (take(other, path, method, **headers) for path in (there, missing))
            assert got.status_code == nothing.status_code == 404
            assert got.data == nothing.data
            assert [h for h in got.headers if h[0] != "X-Request-ID"] == [
                h for h in nothing.headers if h[0] != "X-Request-ID"
            ]
            # The owner gets the whole file, never "not changed" and never a part.
            assert take(desk.client, there, method, **headers).status_code == 200


def same(got: TestResponse, nothing: TestResponse, *, but: str = "", instead: str = "") -> bool:
    """Whether two answers are equal to the byte, but for the address that was asked for."""
    return (got.status_code, got.data.replace(but.encode(), instead.encode())) == (nothing.status_code, nothing.data)


def test_g25_the_address_of_a_file_opens_nothing_once_the_right_to_it_has_gone(desk: Desk, as_other: Other) -> None:
    reference = desk.world.filled()
    upload(desk, reference, "plan.pdf")
    (file,) = rows()
    there, missing = download(reference, file), f"/en/applications/{reference}/files/FILE-0000000"
    join_city(desk.world.editor, reference)
    colleague = as_other("editor@city.example").client
    assert take(colleague, there).status_code == 200
    applications.remove_colleague(actor=desk.world.owner, reference=reference, email="editor@city.example")
    assert take(colleague, there).status_code == 404
    assert same(take(colleague, there), take(colleague, missing))
    applications.submit(actor=desk.world.owner, reference=reference)
    commission = as_other("natcom@country.example").client
    for_commission = f"/en/commission/files/{reference}/attachments/{file.reference}"
    assert take(commission, for_commission).status_code == 200
    with db.writing() as session:
        session.execute(update(Grant).where(Grant.role == Role.COMMISSION).values(revoked_at=clock.now()))
    assert take(commission, for_commission).status_code == 404
    assert take(desk.client, there).status_code == 200
    assert desk.send("/account/sign-out", on="/account").status_code == 303
    gone, nothing = take(desk.client, there), take(desk.client, missing)
    # Whoever is not signed in is sent to sign in, whether or not there is such a file.
    assert gone.status_code == 303
    assert gone.headers["Location"] == nothing.headers["Location"] == "/en/account/sign-in"
    assert same(gone, nothing)


def test_g34_a_file_of_a_submitted_text_is_neither_replaced_nor_lost(desk: Desk) -> None:
    reference = desk.world.filled()
    upload(desk, reference, "plan.pdf")
    (file,) = rows()
    page = desk.open(adding(reference).removeprefix("/en"))
    token = signing_in.csrf_of(page)
    applications.submit(actor=desk.world.owner, reference=reference)
    sent = {"csrf_token": token, "caption": "Others", "file": (io.BytesIO(corpus.jpeg()), "other.jpg")}
    assert desk.client.post(adding(reference), data=sent).status_code == 409
    removal = download(reference, file) + "/remove"
    assert desk.client.post(removal, data={"csrf_token": token}).status_code == 409
    assert [row.reference for row in rows() if row.removed_at is None] == [file.reference]
    # Taken back and taken off, it is the city's no more; the version that was submitted keeps it.
    applications.take_back(actor=desk.world.owner, reference=reference)
    assert desk.client.post(removal, data={"csrf_token": token}).status_code == 303
    assert take(desk.client, download(reference, file)).status_code == 404
    with attachments.served(reference, file.reference, with_removed=True).stream as kept:
        assert kept.read(5) == b"%PDF-"
    db.release()


def multipart(mark: str, *parts: str) -> bytes:
    """A body of parts, each with its head."""
    return "".join(f"--{mark}\r\n{part}\r\n" for part in parts).encode() + f"--{mark}--\r\n".encode()


def part(name: str, value: str) -> str:
    """One field of a form."""
    return f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'


NESTED = (
    'Content-Disposition: form-data; name="file"\r\nContent-Type: multipart/mixed; boundary=inner\r\n\r\n'
    '--inner\r\nContent-Disposition: file; filename="plan.pdf"\r\n\r\n%PDF-1.7\r\n--inner--'
)
# Bodies that are not what a browser sends, and what they are answered with; `{token}` is the form's.
ODD_BODIES: dict[str, tuple[str, list[str], int]] = {
    "another boundary": ("other", [part("csrf_token", "{token}"), part("caption", "Boats")], 400),
    "too many parts": ("mark", [part("csrf_token", "{token}"), *[part("a", "b")] * 2000], 413),
    "a part without a name": ("mark", ["Content-Disposition: form-data\r\n\r\nx", part("caption", "x")], 400),
    "a part without a head": ("mark", ["\r\nx", part("caption", "x")], 400),
    "parts within a part": ("mark", [part("csrf_token", "{token}"), part("caption", "Boats"), NESTED], 422),
    "a file field without a file": ("mark", [part("csrf_token", "{token}"), part("file", "%PDF-1.7")], 422),
}


def test_g32_a_form_that_is_none_is_refused_and_nothing_is_kept(desk: Desk) -> None:
    reference = desk.world.begin()
    token = signing_in.csrf_of(desk.client.get(adding(reference)))
    for case, (mark, parts, status) in ODD_BODIES.items():
        body = multipart(mark, *(text.replace("{token}", token) for text in parts))
        answer = desk.client.post(adding(reference), data=body, content_type="multipart/form-data; boundary=mark")
        assert (case, answer.status_code, rows()) == (case, status, [])
    # A thousand parts and one are a large form, not an attack: they are read, and the form is judged by what it holds.
    many = multipart("mark", part("csrf_token", token), *[part("a", "b")] * 1000)
    answer = desk.client.post(adding(reference), data=many, content_type="multipart/form-data; boundary=mark")
    assert answer.status_code == 422


ENDLESS: dict[str, tuple[bytes, int]] = {
    "3 MB": (b"caption=" + b"x" * 3_000_000, 413),
    "20,000 fields": (b"&".join([b"caption=x"] * 20_000), 413),
    "one field too many": (b"&".join(b"%d=x" % number for number in range(MOST_FIELDS)), 413),
    "as many fields as there may be": (b"&".join(b"%d=x" % number for number in range(MOST_FIELDS - 1)), 422),
    "nothing but signs between fields": (b"&" * 900_000, 422),
}


def test_g35_a_form_may_not_be_endless(desk: Desk) -> None:
    reference = desk.world.begin()
    token = signing_in.csrf_of(desk.client.get(adding(reference))).encode()
    for case, (body, status) in ENDLESS.items():
        whole = b"csrf_token=" + token + b"&" + body
        answer = desk.client.post(adding(reference), data=whole, content_type="application/x-www-form-urlencoded")
        assert (case, answer.status_code) == (case, status)
