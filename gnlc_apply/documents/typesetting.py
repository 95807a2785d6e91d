"""From a template and plain values to a PDF, in a child process."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from gnlc_apply.config import asset_dir
from gnlc_apply.core.errors import Unavailable
from gnlc_apply.core.text import Text
from gnlc_apply.documents.fonts import choose
from gnlc_apply.documents.wording import Wording

log = logging.getLogger(__name__)

CHILD = Path(__file__).with_name("typesetting_child.py")
SECONDS = 30
REPLACEMENT = "\ufffd"
# Signs without a picture of their own, which the typesetter deals with: line feed, joiners, marks of direction, isolates.
INVISIBLE = frozenset("\n\t\u200b\u200c\u200d\u200e\u200f\u061c\u2060\u2066\u2067\u2068\u2069\u00ad\ufe0e\ufe0f")


def typeset(template: str, values: Mapping[str, object], language: str) -> bytes:
    """The PDF of `templates/pdf/<template>` filled with plain JSON values, in a language (`ar`, `zh_Hans`).

    Tagged and made to PDF/UA-1. A character that no installed font of the list shows is replaced by U+FFFD, the standard is
    dropped and the template prints `values["replaced_note"]`: a receipt is never refused for an emoji. The same values
    and fonts give the same bytes. Raises Unavailable when the child fails or takes longer than 30 seconds.
    """
    choice = choose(set("".join(_strings(values))) - INVISIBLE, language)
    shown: object = values
    if choice.missing:
        shown = _mapped(values, lambda text: "".join(REPLACEMENT if sign in choice.missing else sign for sign in text))
    locale = Wording(language, str).locale
    order: dict[str, object] = {
        "root": str(asset_dir("templates") / "pdf"),
        "template": template,
        "fonts": [str(file) for family in choice.families for file in family.files],
        "standards": [] if choice.missing else ["ua-1"],
        "inputs": {
            "values": json.dumps(shown, ensure_ascii=False),
            "families": json.dumps([family.name for family in choice.families]),
            "language": locale.language,
            "direction": locale.text_direction,
            "replaced": str(len(choice.missing)),
        },
    }
    printed = _print(order)
    if printed is None and order["standards"]:
        log.warning("%s in %s does not reach PDF/UA-1 and was printed without it", template, language)
        printed = _print(order | {"standards": []})
    if printed is None:
        raise Unavailable(Text("The document could not be made just now. Nothing is lost: please try again later."))
    return printed


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _strings(item)


def _mapped(value: object, change: Callable[[str], str]) -> object:
    """The same structure with every string changed; keys stay."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: _mapped(item, change) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_mapped(item, change) for item in value]
    return value


def _print(order: Mapping[str, object]) -> bytes | None:
    """What the child printed, None when it could not (the reason goes to the log, never the values)."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(CHILD)],
            input=json.dumps(order).encode(),
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        log.error("typesetting %s took longer than %s s", order["template"], SECONDS)
        return None
    if done.returncode != 0 or not done.stdout.startswith(b"%PDF-"):
        log.error("typesetting %s ended with %s", order["template"], done.returncode)
        log.debug("typesetter: %s", done.stderr.decode(errors="replace")[:2000])
        return None
    return done.stdout
