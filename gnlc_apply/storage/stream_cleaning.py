"""Streams inside a PDF: how large they are unpacked, and pictures without what the camera wrote into them."""

from __future__ import annotations

import zlib

import pikepdf

from gnlc_apply.storage.findings import Finding, Unacceptable
from gnlc_apply.storage.limits import MAX_PDF_BYTES_UNPACKED, MAX_STREAM_BYTES

_CHUNK = 1024 * 1024
_FLATE = frozenset({"/FlateDecode", "/Fl"})
_RUN_LENGTH = frozenset({"/RunLengthDecode", "/RL"})
_PACKING = _FLATE | _RUN_LENGTH | {"/LZWDecode", "/LZW"}
_OUT_OF_MEMORY = ("memory limit", "bad_alloc")
"""How qpdf says that unpacking went beyond its own limit or that of the process."""

_JPEG = frozenset({"/DCTDecode", "/DCT"})


class Unpacking:
    """Counts what the streams of one PDF unpack to, without keeping any of it."""

    def __init__(self) -> None:
        self.total = 0

    def measure(self, stream: pikepdf.Object) -> None:
        """Add one stream. Raises Unacceptable once the stream or the whole document unpacks to too much."""
        filters = filters_of(stream)
        packed = [name for name in filters if name in _PACKING]
        if not packed:
            return
        if len(packed) > 1:
            # Packing what is packed gains nothing; bombs within bombs are made so.
            raise Unacceptable(Finding.TOO_HEAVY)
        size = _size(stream, filters)
        self.total += size
        if size > MAX_STREAM_BYTES or self.total > MAX_PDF_BYTES_UNPACKED:
            raise Unacceptable(Finding.TOO_HEAVY)


def _size(stream: pikepdf.Object, filters: list[str]) -> int:
    if filters[0] in _FLATE:
        return _flate_size(stream.read_raw_bytes())
    if filters[0] in _RUN_LENGTH:
        return _run_length_size(stream.read_raw_bytes())
    return _decoded_size(stream)


def _flate_size(raw: bytes) -> int:
    """Bytes that ``raw`` inflates to, up to the limit and up to where it is damaged, one chunk in memory at a time."""
    inflate = zlib.decompressobj()
    size = 0
    try:
        while raw and not inflate.eof and size <= MAX_STREAM_BYTES:
            size += len(inflate.decompress(raw, _CHUNK))
            raw = inflate.unconsumed_tail
    except zlib.error:
        return size
    return size


def _run_length_size(raw: bytes) -> int:
    """The same for runs: a length byte, then that many bytes (below 128) or one byte to be repeated (above)."""
    size, position = 0, 0
    while position < len(raw) and raw[position] != 128 and size <= MAX_STREAM_BYTES:
        length = raw[position]
        size += length + 1 if length < 128 else 257 - length
        position += length + 2 if length < 128 else 2
    return size


def _decoded_size(stream: pikepdf.Object) -> int:
    """The same for what is packed and then written in letters, and for LZW, decoded by qpdf within our memory."""
    try:
        return len(stream.get_stream_buffer())
    except pikepdf.PdfError as problem:
        if any(words in str(problem) for words in _OUT_OF_MEMORY):
            raise Unacceptable(Finding.TOO_HEAVY) from problem
        # Damaged, or a packing that only pictures have: no viewer unpacks more than we could.
        return 0


def filters_of(stream: pikepdf.Object) -> list[str]:
    """The names of a stream's filters, in the order in which they are undone."""
    given = stream.get("/Filter")
    if isinstance(given, pikepdf.Array):
        return [str(name) for name in given.as_list()]
    return [] if given is None else [str(given)]


def clean_picture(stream: pikepdf.Object) -> None:
    """Drop place, time and camera from a JPEG picture in a PDF; other streams are left alone."""
    filters = filters_of(stream)
    if len(filters) != 1 or filters[0] not in _JPEG or "/DecodeParms" in stream:
        return
    raw = stream.read_raw_bytes()
    cleaned = without_segments(raw)
    if cleaned != raw:
        stream.write(cleaned, filter=pikepdf.Name.DCTDecode)


def without_segments(jpeg: bytes) -> bytes:
    """The JPEG without its APP segments (but JFIF's APP0 and Adobe's APP14, which say how colours are coded) and comments.

    What does not read as a chain of segments is returned as it is: no viewer finds a camera's notes in it either.
    """
    if not jpeg.startswith(b"\xff\xd8"):
        return jpeg
    kept, position = [b"\xff\xd8"], 2
    while position + 4 <= len(jpeg) and jpeg[position] == 0xFF:
        marker = jpeg[position + 1]
        if marker == 0xDA:
            return b"".join([*kept, jpeg[position:]])
        end = position + 2 + int.from_bytes(jpeg[position + 2 : position + 4])
        is_note = marker == 0xFE or (0xE0 <= marker <= 0xEF and marker not in (0xE0, 0xEE))
        if not is_note:
            kept.append(jpeg[position:end])
        position = end
    return jpeg
