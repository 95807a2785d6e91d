"""The child process that holds the typesetter: one order as JSON on standard input, one PDF on standard output.

Started by file path, apart from the package, so that neither the web nor the database is loaded for it. What people
typed arrives as data in `inputs` and is never read as markup; the template may read files below `root` only.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
from pathlib import Path
from typing import Any

import typst

CPU_SECONDS = 30


def compile_order(order: dict[str, Any]) -> bytes:
    """Typeset one order. Raises typst.TypstError when the template does not compile to the standards asked for."""
    root = Path(order["root"])
    with tempfile.TemporaryDirectory() as folder:
        fonts_folder, packages = Path(folder) / "fonts", Path(folder) / "packages"
        fonts_folder.mkdir()
        packages.mkdir()
        # The typesetter takes folders, the list names files: a folder of links holds exactly the list.
        for index, font in enumerate(order["fonts"]):
            (fonts_folder / f"{index:02}{Path(font).suffix}").symlink_to(font)
        compiler = typst.Compiler(
            root / order["template"],
            root=root,
            font_paths=typst.Fonts(
                include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(fonts_folder)]
            ),
            sys_inputs=order["inputs"],
            package_path=packages,
            package_cache_path=packages,
        )
        printed = compiler.compile(format="pdf", pdf_standards=order["standards"])
    if not isinstance(printed, bytes):
        raise TypeError("the typesetter gave no single document")
    return printed


def main() -> int:
    """0 and the PDF; 3 and the reason on standard error when it does not compile."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    order = json.load(sys.stdin.buffer)
    try:
        printed = compile_order(order)
    except typst.TypstError as error:
        sys.stderr.write(f"{error}\n")
        return 3
    sys.stdout.buffer.write(printed)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
