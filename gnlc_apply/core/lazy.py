"""Heavy libraries that a command line or a worker needs now and then, loaded at first use."""

from __future__ import annotations

import importlib
from typing import Any

ALLOWED = frozenset(
    {
        "gnlc_apply.web.assembly",
        "gnlc_apply.jury.certainty",
        "gnlc_apply.jury.report",
        "gnlc_apply.jury.report_checks",
        "gnlc_apply.jury.report_outcome",
        "gnlc_apply.jury.report_panel",
        "gnlc_apply.config",
        "xlsxwriter",
        "alembic.command",
        "alembic.config",
        "alembic.script",
        "alembic.runtime.migration",
        "numpy",
        "ortools.graph.python.min_cost_flow",
        "rich.console",
        "rich.progress",
        "rich.table",
        "segno",
    }
)


class lazy:  # noqa: N801 (reads like the import it stands for)
    """``xlsxwriter = lazy("xlsxwriter")``: a stand-in that imports the module when an attribute is asked for."""

    def __init__(self, name: str) -> None:
        if name not in ALLOWED:
            raise ImportError(f"{name} is not on the list of lazily loaded libraries (core/lazy.py)")
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(importlib.import_module(self._name), attribute)
