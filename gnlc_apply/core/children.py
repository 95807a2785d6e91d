"""Child processes of our own modules, started without the application around them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent

# A bare package of our name stands in for ours, so that a child imports its own module and what that names, and not the
# whole application (a second of start-up and 60 MB). Isolated mode: no current directory and no PYTHON* variables.
_START = """\
import runpy, sys, types
package = types.ModuleType(__PACKAGE__)
package.__path__ = [sys.argv[1]]
sys.modules[__PACKAGE__] = package
module = sys.argv[2]
sys.argv[1:3] = []
runpy.run_module(module, run_name="__main__", alter_sys=True)
""".replace("__PACKAGE__", repr(PACKAGE.name))


def child_command(module: str, *arguments: str) -> list[str]:
    """The command line that runs ``python -m module arguments…`` of our package without importing the package's root."""
    return [sys.executable, "-I", "-c", _START, str(PACKAGE), module, *arguments]


def child_environment() -> dict[str, str]:
    """The environment for a child: a locale and the search path of libraries, and none of the installation's secrets."""
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR") if name in os.environ}
    return {**kept, "LC_ALL": "C.UTF-8"}
