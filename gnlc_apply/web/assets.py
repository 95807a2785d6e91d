"""Stylesheets, the script and the mark: built files with a digest in their name, handed out compressed and for good."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from flask import Blueprint, Flask, Response, current_app, request

from gnlc_apply.core.errors import NotFound
from gnlc_apply.web.access import public
from gnlc_apply.web.template_functions import address_of

FOLDER = Path(__file__).resolve().parent.parent / "static"
# The best first: what a browser takes of these it gets, ready-made.
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))

blueprint = Blueprint("assets", __name__)


@dataclass(frozen=True)
class Asset:
    """One built file: its content type, its digest and its bytes by content encoding ("" is uncompressed)."""

    type: str
    sha256: str
    bodies: dict[str, bytes]


@dataclass(frozen=True)
class Manifest:
    """What assets/build.sh built: ``names`` leads from ``app.css`` to the name with the digest, ``files`` from there."""

    names: dict[str, str]
    files: dict[str, Asset]


def read_manifest(folder: Path = FOLDER) -> Manifest:
    """The built files of a folder, in memory (under 500 kB). Raises OSError when one that the manifest names is missing."""
    entries: dict[str, dict[str, str]] = json.loads((folder / "manifest.json").read_text("utf-8"))
    files = {}
    for entry in entries.values():
        path = folder / entry["file"]
        bodies = {"": path.read_bytes()}
        bodies |= {encoding: path.with_name(path.name + suffix).read_bytes() for encoding, suffix in ENCODINGS}
        files[entry["file"]] = Asset(entry["type"], entry["sha256"], bodies)
    return Manifest({name: entry["file"] for name, entry in entries.items()}, files)


def _manifest() -> Manifest:
    return cast(Manifest, current_app.extensions["assets"])


def asset_url(name: str) -> str:
    """The address of a built file by its plain name, ``app.css``. Raises KeyError for a file that was never built."""
    return address_of("assets.file", name=_manifest().names[name])


def _encoding() -> str:
    wanted = request.accept_encodings
    return next((encoding for encoding, _suffix in ENCODINGS if wanted[encoding] > 0), "")


@blueprint.route("/static/<path:name>")
@public(cache="immutable")
def file(name: str) -> Response:
    """One built file, in the best encoding the browser takes. Only names of the manifest exist."""
    asset = _manifest().files.get(name)
    if asset is None:
        raise NotFound
    encoding = _encoding()
    response = Response(asset.bodies[encoding], content_type=asset.type)
    if encoding:
        response.headers["Content-Encoding"] = encoding
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.vary.add("Accept-Encoding")
    response.set_etag(f"{asset.sha256[:32]}{'-' if encoding else ''}{encoding}")
    response.make_conditional(request)
    return response


def init_app(app: Flask) -> None:
    """Read the manifest once and give ``asset_url`` to every template."""
    app.extensions["assets"] = read_manifest()
    app.add_template_global(asset_url, "asset_url")
