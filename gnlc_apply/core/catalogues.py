"""The message catalogues: the translations of a language, and the pseudo-language that shows what was hard-wired."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from babel import support

FOLDER = Path(__file__).resolve().parents[1] / "translations"

# Every string accented, lengthened and in brackets: what stands outside brackets on a page is not translatable.
PSEUDO = "en-XA"
OPEN, CLOSE = "⟦", "⟧"

_ACCENTED = str.maketrans(
    "AaBCcDdEeGgHhIiJjKkLlNnOoRrSsTtUuWwYyZz",
    "ÅåƁÇçÐðÉéĜĝĤĥÎîĴĵĶķĻļÑñÖöŔŕŠšŢţÛûŴŵÝýŽž",
)
# Placeholders and markup are no words: %(name)s, %%, {name}, <a href="…">, &nbsp;
_FIXED = re.compile(r"(%\([a-z_A-Z0-9]+\)[a-z]|%%|\{[a-zA-Z_0-9.]*\}|<[^>]*>|&[a-z#0-9]+;)")


def pseudo(message: str) -> str:
    """The message as the pseudo-language has it: placeholders and markup kept, a third longer."""
    if not message:
        return message
    parts = _FIXED.split(message)
    parts[::2] = [part.translate(_ACCENTED) for part in parts[::2]]
    return f"{OPEN}{''.join(parts)}{'·' * (len(message) // 3)}{CLOSE}"


class PseudoTranslations(support.NullTranslations):
    """Translations made on the spot from the messages themselves; there is no file."""

    def gettext(self, message: str) -> str:
        """One message."""
        return pseudo(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """One message in the number that fits."""
        return pseudo(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:
        """One message with a context."""
        return pseudo(message)

    def npgettext(self, context: str, singular: str, plural: str, num: int) -> str:
        """One message with a context, in the number that fits."""
        return pseudo(singular if num == 1 else plural)

    ugettext = gettext
    ungettext = ngettext
    upgettext = pgettext
    unpgettext = npgettext


@cache
def translations(language: str) -> support.NullTranslations:
    """The translations into a language (``fr``, ``zh-Hans``, the pseudo-language); English where there are none."""
    if language == PSEUDO:
        return PseudoTranslations()
    return support.Translations.load(FOLDER, [language.replace("-", "_")], "messages")
