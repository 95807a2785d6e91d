"""Streams inside a PDF: how large they are unpacked, and pictures without what the camera wrote into them."""

from __future__ import annotations

import zlib

import pikepdf

from gnlc_apply.storage.findings import Finding, Unacceptable
from gnlc_apply.storage.limits import MAX_PDF_BYTES_UNPACKED, MAX_STREAM_BYTES

_CHUNK = 1024 * 1024
_FLATE = frozenset({"/FlateDecode", "/Fl"})
_PACKING = _FLATE | {"/LZWDecode", "/LZW", "/RunLengthDecode", "/RL"}
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
        self.total += self._flate_size(stream.read_raw_bytes()) if filters[0] in _FLATE else _decoded_size(stream)
        if self.total > MAX_PDF_BYTES_UNPACKED:
            raise Unacceptable(Finding.TOO_HEAVY)

    def _flate_size(self, raw: bytes) -> int:
        """Bytes that ``raw`` inflates to, up to where it breaks off or is damaged, one chunk in memory at a time."""
        inflate = zlib.decompressobj()
        size = 0
        try:
            while raw and not inflate.eof:
                size += len(inflate.decompress(raw, _CHUNK))
                if size > MAX_STREAM_BYTES:
                    raise Unacceptable(Finding.TOO_HEAVY)
                raw = inflate.unconsumed_tail
        except zlib.error:
            return size
        return size


def _decoded_size(stream: pikepdf.Object) -> int:
    """The same for rarer packings, decoded by qpdf under the limits that ``pdf_cleaning`` sets."""
    try:
        return len(stream.get_stream_buffer())
    except pikepdf.PdfError:
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
