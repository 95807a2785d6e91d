"""What the inspection of a file can find. The standard library only: the child process speaks in these words too."""

from __future__ import annotations

from enum import StrEnum


class Finding(StrEnum):
    """``CLEAN``, or the one reason why a file is refused."""

    CLEAN = "clean"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TYPE_NOT_ALLOWED = "type_not_allowed"
    NOT_WHAT_ITS_NAME_SAYS = "not_what_its_name_says"
    UNREADABLE = "unreadable"
    PROTECTED = "protected"
    HAS_ATTACHMENTS = "has_attachments"
    HAS_DYNAMIC_FORM = "has_dynamic_form"
    HAS_MEDIA = "has_media"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_MANY_PIXELS = "too_many_pixels"
    ANIMATED = "animated"
    TOO_HEAVY = "too_heavy"


class Unacceptable(Exception):
    """Raised while cleaning, with what was found."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.value)
        self.finding = finding
