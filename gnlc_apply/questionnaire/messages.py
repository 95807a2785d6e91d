"""The texts inside form and guide, for translators: found by Babel through ``extract_form``."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import IO, Any

# Everything a person reads; keys, kinds, versions and the values of choices are not among it.
_READ = frozenset(
    {"title", "intro", "commitment", "label", "item_label", "help", "example", "prompt", "part", "unit", "question"}
)
Message = tuple[int, None, str, list[str]]


def translatable(plain: Mapping[str, Any], place: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a form's or guide's data with a comment that says where it stands, in order, repeats included."""
    here = str(plain.get("key") or plain.get("group") or plain.get("code") or place)
    for name, value in plain.items():
        if name in _READ and isinstance(value, str):
            yield f"{here}: {name}", value
        elif name == "values" and isinstance(value, Mapping):
            yield from ((f"{here}: what a {score} looks like", words) for score, words in value.items())
        else:
            yield from _inside(value, here)


def extract_form(
    fileobj: IO[bytes], keywords: Mapping[str, Any], comment_tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[Message]:
    """A Babel extraction method for ``questionnaire/data/*.json``: line, no function, text, comments."""
    source = fileobj.read().decode("utf-8")
    lines = source.splitlines()
    line = 0
    for comment, text in translatable(json.loads(source)):
        # The texts come in the order of the file, so that each is looked for from the one before.
        written = json.dumps(text, ensure_ascii=False)
        line = next((number for number in range(line, len(lines)) if written in lines[number]), line)
        yield line + 1, None, text, [comment]


def _inside(value: object, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        yield from translatable(value, place)
    elif isinstance(value, list):
        for part in value:
            yield from _inside(part, place)
