"""The application version: one text for one content, its digest, the short code printed on letters, and differences."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gnlc_apply.questionnaire.answers import is_empty
from gnlc_apply.questionnaire.default import default_form
from gnlc_apply.questionnaire.form import Form, UnknownQuestion

# The keys of what is no answer; no question can have them, since they hold no full stop.
FORM, LANGUAGE, COMMITMENT = "form", "language", "commitment"

_RFC_4648 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TO_CROCKFORD = str.maketrans(_RFC_4648, _CROCKFORD)
_MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V"})
_SHORT_CODE = re.compile(f"[{_CROCKFORD}]{{8}}")
_LAST = 1_000_000


@dataclass(frozen=True, slots=True)
class SignedFile:
    """An attachment as it enters the version: where it belongs, what its caption says, what it contains."""

    question: str
    caption: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two versions; None means that there was, or is, nothing.

    ``key`` is an answer key (for attachment questions the values are lists of captions and digests), or ``form``,
    ``language`` or ``commitment``.
    """

    key: str
    before: object
    after: object


def canonical(
    form: Form, answers: Mapping[str, object], language: str, commitment: str, files: Iterable[SignedFile]
) -> str:
    """The application version as canonical JSON: sorted keys, NFC, no white space, no floats, empty answers left out.

    Sections 2 and 12 and hidden questions are not part of it. Raises UnknownQuestion for a key the form does not have
    and TypeError for a value that JSON writers could render in several ways.
    """
    given = {key: value for key, value in answers.items() if not is_empty(value)}
    kept = tuple(files)
    for key in (*given, *(file.question for file in kept)):
        form.expand(key)
    signed = {q.key for q in form.concrete(given, {file.question for file in kept}) if q.is_signed}
    version = {
        "answers": {key: _plain(value) for key, value in given.items() if key in signed},
        "commitment": _plain(commitment),
        "files": _files(file for file in kept if file.question in signed),
        "form": form.version,
        "language": language,
    }
    return json.dumps(version, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def digest(text: str) -> str:
    """The SHA-256 of a version, in hexadecimal digits; this is what the signatory signs."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def short_code(digest_: str) -> str:
    """The first 40 bits of a digest in Crockford's base 32, such as ``7KQ4-M0ZT``, to compare paper with screen."""
    code = base64.b32encode(bytes.fromhex(digest_)[:5]).decode("ascii").translate(_TO_CROCKFORD)
    return f"{code[:4]}-{code[4:]}"


def tidy_short_code(typed: str) -> str | None:
    """The short code somebody typed from a letter, misread letters put right, or None when it cannot be one."""
    code = re.sub(r"[\s\-]", "", typed).upper().translate(_MISREAD)
    return f"{code[:4]}-{code[4:]}" if _SHORT_CODE.fullmatch(code) else None


def difference(old_text: str, new_text: str, form: Form | None = None) -> list[Change]:
    """What differs between two versions, in the order of the form (of this release, unless another is given)."""
    old, new = _flat(json.loads(old_text)), _flat(json.loads(new_text))
    order = form or default_form()
    changed = [key for key in old.keys() | new.keys() if old.get(key) != new.get(key)]
    return [Change(key, old.get(key), new.get(key)) for key in sorted(changed, key=lambda key: _place(order, key))]


def _plain(value: object) -> object:
    """The value in its one form: text composed, empty parts dropped."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, bool | int):
        return value
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, Mapping):
        return {str(_plain(str(name))): _plain(part) for name, part in value.items() if not is_empty(part)}
    message = f"a version cannot hold a {type(value).__name__}"
    raise TypeError(message)


def _files(files: Iterable[SignedFile]) -> list[dict[str, str]]:
    """Sorted, so that the order of uploading changes nothing."""
    plain = ((file.question, file.sha256.lower(), str(_plain(file.caption))) for file in files)
    return [{"caption": caption, "question": question, "sha256": sha} for question, sha, caption in sorted(plain)]


def _flat(version: Mapping[str, Any]) -> dict[str, object]:
    flat: dict[str, object] = {key: version[key] for key in (FORM, LANGUAGE, COMMITMENT)}
    flat.update(version["answers"])
    for file in version["files"]:
        attached = flat.setdefault(file["question"], [])
        if isinstance(attached, list):
            attached.append({"caption": file["caption"], "sha256": file["sha256"]})
    return flat


def _place(form: Form, key: str) -> tuple[int, int, int, str]:
    """Where a key stands: item of the form, number within a group, question within the item."""
    if key in {FORM, LANGUAGE}:
        return (-1, 0, 0, key)
    items = [item.key for section in form.sections for item in section.items]
    try:
        question = form.expand(key)
    except UnknownQuestion:
        return (_LAST, 0, 1 if key == COMMITMENT else 0, key)
    if question.group is None or question.number is None:
        return (items.index(key), 0, 0, key)
    names = [inner.key.partition(".")[2] for inner in form.group(question.group).questions]
    return (items.index(question.group), question.number, names.index(key.split(".")[2]), key)
