"""Sentences a person will read, written below the web and translated at the edge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

Translate = Callable[[str], str]


def _as_is(msgid: str) -> str:
    return msgid


@dataclass(frozen=True)
class Text:
    """A translatable sentence with named values, e.g. ``Text("%(n)s days left", n=3)``.

    ``str()`` gives English; ``render(translate)`` gives the reader's language. Values may be ``Text`` themselves.
    """

    msgid: str
    values: dict[str, object] = field(default_factory=dict)

    def __init__(self, msgid: str, **values: object) -> None:
        object.__setattr__(self, "msgid", msgid)
        object.__setattr__(self, "values", values)

    def __hash__(self) -> int:
        return hash((self.msgid, tuple(sorted((k, str(v)) for k, v in self.values.items()))))

    def render(self, translate: Translate = _as_is, shape: Callable[[object], str] = str) -> str:
        """The sentence in one language; ``shape`` writes the values (dates, numbers) as that language does."""
        sentence = translate(self.msgid)
        if not self.values:
            return sentence
        filled = {
            name: value.render(translate, shape) if isinstance(value, Text) else shape(value)
            for name, value in self.values.items()
        }
        return sentence % filled

    def __str__(self) -> str:
        return self.render()
