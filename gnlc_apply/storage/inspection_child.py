"""The child process that reads a stranger's file: parses it, writes a clean copy, and says in one line what it found.

Forked by ``core.zygote`` with MEDIA_TYPE SOURCE TARGET. Memory, processor time and the size of what it writes are limited before
the file is opened. The answer is one line of JSON on standard output.
"""

from __future__ import annotations

import errno
import json
import os
import resource
import sys
from pathlib import Path

from gnlc_apply.core import zygote
from gnlc_apply.storage.findings import Finding, Unacceptable
from gnlc_apply.storage.image_cleaning import clean_image
from gnlc_apply.storage.limits import CHILD_BYTES, CHILD_SECONDS, MAX_BYTES
from gnlc_apply.storage.media_types import MediaType
from gnlc_apply.storage.pdf_cleaning import clean_pdf

_PAGE = resource.getpagesize()

_OURS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EACCES, errno.EROFS, errno.ENOENT})
"""Failures of our disk, which say nothing about the file: the child ends without an answer."""


def limit_resources() -> None:
    """Take away what a file made to harm would use: memory, time, large files, further files and core dumps."""
    size = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * _PAGE
    for limit, value in (
        (resource.RLIMIT_AS, size + CHILD_BYTES),
        (resource.RLIMIT_CPU, CHILD_SECONDS),
        (resource.RLIMIT_FSIZE, 8 * MAX_BYTES),
        (resource.RLIMIT_NOFILE, 32),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))


def peak_kib() -> int:
    """The most memory this process has had, in KiB (getrusage would count the parent's as well)."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


def inspect(media_type: MediaType, source: Path, target: Path) -> tuple[Finding, int | None]:
    """What was found in ``source``, and the pages of a PDF; a clean copy is at ``target`` if the finding is CLEAN."""
    try:
        if media_type is MediaType.PDF:
            return Finding.CLEAN, clean_pdf(source, target)
        clean_image(source, target, media_type)
    except Unacceptable as refusal:
        return refusal.finding, None
    except (MemoryError, RecursionError):
        return Finding.TOO_HEAVY, None
    except OSError as problem:
        if problem.errno in _OURS:
            raise
        return Finding.UNREADABLE, None
    except Exception:  # noqa: BLE001 (a stranger's file may make a parser raise anything; whatever it is, it is refused)
        return Finding.UNREADABLE, None
    return Finding.CLEAN, None


def main(arguments: list[str]) -> int:
    """Inspect one file; the limits are set first."""
    limit_resources()
    # Pages are answered first; whoever adds a file waits a moment longer.
    os.nice(5)
    media_type, source, target = MediaType(arguments[0]), Path(arguments[1]), Path(arguments[2])
    finding, pages = inspect(media_type, source, target)
    sys.stdout.write(json.dumps({"finding": finding.value, "pages": pages, "peak_kib": peak_kib()}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(zygote.serve(main))
