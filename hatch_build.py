"""What a wheel needs that a clean clone does not have: the compiled translations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface[Any]):
    """Compiles every catalogue beside its source; git ignores the result, the wheel takes it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before it collects the files; raises when a catalogue cannot be read."""
        for source in sorted(Path(self.root, "gnlc_apply", "translations").glob("*/LC_MESSAGES/*.po")):
            with source.open("rb") as readable:
                catalogue = read_po(readable, locale=source.parts[-3], abort_invalid=True)
            with source.with_suffix(".mo").open("wb") as writable:
                write_mo(writable, catalogue)
