"""The kinds of files that are taken: by the end of the name and by the first bytes, which must agree."""

from __future__ import annotations

from enum import StrEnum
from pathlib import PurePosixPath


class MediaType(StrEnum):
    """What may be attached."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"

    @property
    def extension(self) -> str:
        """The end of the name under which we hand it out."""
        return {MediaType.PDF: ".pdf", MediaType.JPEG: ".jpg", MediaType.PNG: ".png"}[self]


_BY_EXTENSION = {".pdf": MediaType.PDF, ".jpg": MediaType.JPEG, ".jpeg": MediaType.JPEG, ".png": MediaType.PNG}
_SIGNATURES = (
    (b"%PDF-1.", MediaType.PDF),
    (b"%PDF-2.", MediaType.PDF),
    (b"\xff\xd8\xff", MediaType.JPEG),
    (b"\x89PNG\r\n\x1a\n", MediaType.PNG),
)
SIGNATURE_LENGTH = 8


def by_name(name: str) -> MediaType | None:
    """What the end of the name promises, whatever its case; None if that is nothing we take."""
    return _BY_EXTENSION.get(PurePosixPath(name.replace("\\", "/").strip()).suffix.lower())


def by_signature(start: bytes) -> MediaType | None:
    """What the first bytes say. At offset 0 only: a PDF that begins later may be a web page as well."""
    return next((kind for signature, kind in _SIGNATURES if start.startswith(signature)), None)
