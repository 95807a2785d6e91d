"""Limits of attachments, each with its reason. The standard library only: the child process reads them too."""

from __future__ import annotations

MEBIBYTE = 1024 * 1024

ATTACHMENTS_PER_APPLICATION = 10
"""Two or three good practices with pictures, a plan, a signed letter; a juror reads them all, in every one of a dozen files."""

MAX_BYTES = 10 * 1000 * 1000
"""10 MB for each file: a scanned plan or a phone's picture, over a slow line, read by jurors over theirs."""

MAX_PAGES = 500
"""Pages of a PDF: a city's whole strategy has them; more is a book, which a link serves better."""

MAX_PDF_OBJECTS = 150_000
"""Dictionaries, arrays and streams of a PDF that are looked at: what the time below allows, ten times an ordinary report."""

MAX_STREAM_BYTES = 128 * MEBIBYTE
"""One stream of a PDF, unpacked: a page scanned in colour at 600 dpi has 105 MB; a decompression bomb has more."""

MAX_PDF_BYTES_UNPACKED = 512 * MEBIBYTE
"""All streams of a PDF, unpacked: what a reader's telephone can still page through."""

MAX_PIXELS = 40_000_000
"""Pixels of a picture: beyond every camera that makes files of 10 MB, and what fits in the memory below."""

SERVED_PIXELS = 20_000_000
"""A larger picture is halved before it is served: still sharper than any screen."""

CHILD_BYTES = 264 * MEBIBYTE
"""Memory that the child may take beyond what its own start took, so that it stays below 300 MB altogether."""

CHILD_SECONDS = 9
"""Processor seconds, and seconds on the wall, for one file: with starting and ending the child, ten."""
