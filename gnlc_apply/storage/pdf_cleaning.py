"""A PDF without anything that acts and without notes on who made it; refused where cleaning would not be honest.

Works in the child process only. Every object that can be reached is looked at, wherever it stands: position says what a
viewer does with it, but a file made to deceive may be read in two ways.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pikepdf
from pikepdf import settings

from gnlc_apply.storage.findings import Finding, Unacceptable
from gnlc_apply.storage.limits import MAX_PAGES, MAX_PDF_OBJECTS, MAX_STREAM_BYTES
from gnlc_apply.storage.stream_cleaning import Unpacking, clean_picture

_ACTING = frozenset(
    {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/ResetForm", "/GoToR", "/GoToE", "/Rendition", "/Movie"}
    | {"/Sound", "/Hide", "/SetOCGState", "/RichMediaExecute", "/GoTo3DView", "/Thread"}
)
"""Kinds of actions that are taken out. What stays: GoTo, GoToDp, Named (next page), Trans, and URI to an ordinary address."""

_PAYLOAD = frozenset({"/S", "/JS", "/F", "/Win", "/Unix", "/Mac", "/R", "/OP", "/URI", "/D", "/T", "/Next"})

_ACTIVE_KEYS = {"/AA", "/OpenAction", "/JS", "/JavaScript", "/Renditions", "/EmbeddedFiles", "/Requirements"}

# /Perms, /DSS: signatures, which a changed copy no longer bears; the original keeps them. /OPI, /Ref: pictures elsewhere.
_NOTE_KEYS = {"/Metadata", "/PieceInfo", "/LastModified", "/Thumb", "/SpiderInfo", "/Perms", "/DSS", "/OPI", "/Ref"}

_TAKEN_OUT = frozenset(_ACTIVE_KEYS | _NOTE_KEYS)

_CARRYING = frozenset({"/EF", "/Collection"})

_ELSEWHERE = frozenset({"/F", "/FFilter", "/FDecodeParms"})

_TELLING = _TAKEN_OUT | _CARRYING | {"/S", "/V", "/Subtype", "/RichMediaContent", "/XFA"}
"""A dictionary without any of these keys needs no second look: most of a large document."""

_NAMED_BY_AUTHOR = frozenset(
    {"/Font", "/XObject", "/ExtGState", "/ColorSpace", "/Pattern", "/Shading", "/Properties", "/CharProcs", "/Dests"}
)
"""Dictionaries whose keys are names of the author's choice, where /AA may be a typeface."""

_MEDIA_ANNOTATIONS = frozenset({"/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"})

_LINK_STARTS = ("http://", "https://", "mailto:")

_TRAILER_KEYS = frozenset({"/Root", "/Size", "/ID"})


def clean_pdf(source: Path, target: Path) -> int:
    """Write the cleaned PDF to ``target`` and return its number of pages. Raises Unacceptable.

    Refused: what is damaged, encrypted (even without a password to open it), carries files, a dynamic form (XFA), sound,
    film or 3D, has no or too many pages, or unpacks to too much. Taken out: actions, scripts, signatures, metadata (of
    the document and of pictures in it). Ordinary links stay. Streams are copied as they are, never unpacked into memory.
    """
    settings.set_qpdf_limits(
        flate_max_memory=MAX_STREAM_BYTES,
        run_length_max_memory=MAX_STREAM_BYTES,
        png_max_memory=MAX_STREAM_BYTES,
        tiff_max_memory=MAX_STREAM_BYTES,
        parser_max_container_size=MAX_PDF_OBJECTS,
    )
    try:
        # Recovery is off: what only a repaired table of contents makes readable is read differently by every viewer.
        with pikepdf.open(source, attempt_recovery=False, inherit_page_attributes=False) as pdf:
            if pdf.is_encrypted:
                raise Unacceptable(Finding.PROTECTED)
            pages = _count_pages(pdf)
            _clean(pdf)
            pdf.save(
                target,
                compress_streams=False,
                stream_decode_level=pikepdf.StreamDecodeLevel.none,
                fix_metadata_version=False,
                preserve_pdfa=False,
                deterministic_id=True,
            )
    except pikepdf.PasswordError as problem:
        raise Unacceptable(Finding.PROTECTED) from problem
    except pikepdf.PdfError as problem:
        raise Unacceptable(Finding.TOO_HEAVY if settings.qpdf_limit_errors() else Finding.UNREADABLE) from problem
    if settings.qpdf_limit_errors():
        raise Unacceptable(Finding.TOO_HEAVY)
    return pages


def _count_pages(pdf: pikepdf.Pdf) -> int:
    """Pages of the tree, each node once: a node met again is a loop, and no viewer's count can be trusted."""
    root = pdf.trailer.get("/Root")
    tree = root.get("/Pages") if isinstance(root, pikepdf.Dictionary) else None
    if not isinstance(tree, pikepdf.Dictionary):
        raise Unacceptable(Finding.UNREADABLE)
    pages, seen, waiting = 0, {tree.objgen}, [tree]
    while waiting:
        kids = waiting.pop().get("/Kids")
        for kid in kids.as_list() if isinstance(kids, pikepdf.Array) else []:
            if not isinstance(kid, pikepdf.Dictionary) or (kid.is_indirect and kid.objgen in seen):
                raise Unacceptable(Finding.UNREADABLE)
            seen.add(kid.objgen)
            if "/Kids" in kid:
                waiting.append(kid)
            else:
                pages += 1
            if max(pages, len(waiting)) > MAX_PAGES:
                raise Unacceptable(Finding.TOO_MANY_PAGES)
    if not pages:
        raise Unacceptable(Finding.UNREADABLE)
    return pages


def _clean(pdf: pikepdf.Pdf) -> None:
    for key in list(pdf.trailer.keys()):
        if key not in _TRAILER_KEYS:
            del pdf.trailer[key]
    unpacking = Unpacking()
    for number, (item, has_own_names) in enumerate(_reachable(pdf.Root)):
        if number > MAX_PDF_OBJECTS:
            raise Unacceptable(Finding.TOO_HEAVY)
        if isinstance(item, pikepdf.Stream):
            _clean_stream(item, unpacking)
        if not isinstance(item, pikepdf.Array):
            _clean_dictionary(item, has_own_names=has_own_names)


def _reachable(root: pikepdf.Object) -> Iterator[tuple[pikepdf.Object, bool]]:
    """Every dictionary, array and stream from ``root`` on, and whether its keys are names of the author's choice.

    What is taken out of an item before the next one is asked for is not followed. An object reached in both ways comes
    twice, so that nothing hides behind a harmless first look.
    """
    seen: set[tuple[tuple[int, int], bool]] = set()
    waiting = [(root, False)]
    while waiting:
        item, has_own_names = waiting.pop()
        if item.is_indirect:
            if (item.objgen, has_own_names) in seen:
                continue
            seen.add((item.objgen, has_own_names))
        yield item, has_own_names
        if isinstance(item, pikepdf.Array):
            waiting.extend((child, False) for child in item.as_list() if _is_container(child))
        else:
            waiting.extend((child, key in _NAMED_BY_AUTHOR) for key, child in item.items() if _is_container(child))


def _is_container(value: object) -> bool:
    return isinstance(value, pikepdf.Dictionary | pikepdf.Array | pikepdf.Stream)


def _clean_stream(stream: pikepdf.Object, unpacking: Unpacking) -> None:
    # A stream whose bytes are in another file: it would be fetched from wherever it says.
    _remove(stream, set(stream.keys()) & _ELSEWHERE)
    unpacking.measure(stream)
    clean_picture(stream)


def _clean_dictionary(item: pikepdf.Object, *, has_own_names: bool) -> None:
    """Refuse what carries files or media; take out what acts or tells about the author."""
    keys = set(item.keys())
    if not keys & _TELLING:
        return
    if (finding := _unacceptable(item, keys)) is not None:
        raise Unacceptable(finding)
    kind = _name(item, "/S")
    if kind in _ACTING or (kind == "/URI" and not _is_ordinary_link(item.get("/URI"))):
        _remove(item, keys & _PAYLOAD)
        keys -= _PAYLOAD
    if has_own_names:
        return
    _remove(item, keys & _TAKEN_OUT)
    signature = item.get("/V") if "/V" in keys else None
    if isinstance(signature, pikepdf.Dictionary) and "/ByteRange" in signature:
        del item["/V"]


def _unacceptable(item: pikepdf.Object, keys: set[str]) -> Finding | None:
    """What in this dictionary makes the whole document one that we do not take."""
    kind = _name(item, "/Subtype") if "/Subtype" in keys else ""
    files = item.get("/EmbeddedFiles")
    is_listed = isinstance(files, pikepdf.Dictionary) and bool(files.get("/Kids") or files.get("/Names"))
    if is_listed or keys & _CARRYING or kind == "/FileAttachment":
        return Finding.HAS_ATTACHMENTS
    if "/RichMediaContent" in keys or kind in _MEDIA_ANNOTATIONS:
        return Finding.HAS_MEDIA
    return Finding.HAS_DYNAMIC_FORM if "/XFA" in keys else None


def _remove(item: pikepdf.Object, keys: set[str]) -> None:
    for key in keys:
        del item[key]


def _name(item: pikepdf.Object, key: str) -> str:
    value = item.get(key)
    return str(value) if isinstance(value, pikepdf.Name) else ""


def _is_ordinary_link(address: object) -> bool:
    return isinstance(address, pikepdf.String) and str(address).strip().lower().startswith(_LINK_STARTS)
