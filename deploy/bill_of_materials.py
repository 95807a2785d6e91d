"""The bill of materials of a release (CycloneDX 1.6, JSON), from the locks alone: what is installed beside the package, and what of
others is compiled into it. ``./dev sbom`` prints it; the same locks give the same text.
"""

from __future__ import annotations

import base64
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
# What of the other ecosystem is in the wheel; the rest of that lock only builds it. See THIRD_PARTY.md.
SHIPPED = ("govuk-frontend", "world-atlas")
_ENTRY = re.compile(r"^([\w.-]+)(?:\[[\w,-]+\])?==(\S+)( ; .+?)?((?: --hash=sha256:[0-9a-f]{64})+)$", re.MULTILINE)


def installed(lock: str) -> Iterator[dict[str, Any]]:
    """The releases of a lock of Python packages; each of its files has a digest, and one of them is installed."""
    for name, version, _marker, hashes in _ENTRY.findall(re.sub(r"\s*\\\n\s*", " ", lock)):
        digests = [{"alg": "SHA-256", "content": digest} for digest in re.findall(r"sha256:(\w+)", hashes)]
        url = f"pkg:pypi/{name.lower()}@{version}"
        files = [{"type": "distribution", "url": url, "hashes": digests}]
        yield {**_component(name, version, url), "externalReferences": files}


def shipped(lock: str) -> Iterator[dict[str, Any]]:
    """The packages whose styles, scripts or shapes are compiled into the wheel."""
    packages = json.loads(lock)["packages"]
    for name in SHIPPED:
        found = packages[f"node_modules/{name}"]
        algorithm, _, digest = found["integrity"].partition("-")
        content = base64.b64decode(digest).hex()
        hashes = [{"alg": algorithm.replace("sha", "SHA-"), "content": content}]
        yield {**_component(name, found["version"], f"pkg:npm/{name}@{found['version']}"), "hashes": hashes}


def _component(name: str, version: str, url: str) -> dict[str, Any]:
    return {"type": "library", "bom-ref": url, "name": name, "version": version, "purl": url}


def bill(root: Path = ROOT) -> dict[str, Any]:
    """The whole of it."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    own = f"pkg:pypi/{project['name']}@{project['version']}"
    components = [
        *installed((root / "requirements" / "base.lock").read_text("utf-8")),
        *shipped((root / "assets" / "package-lock.json").read_text("utf-8")),
    ]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {**_component(project["name"], project["version"], own), "type": "application"},
        },
        "components": components,
        "dependencies": [{"ref": own, "dependsOn": [component["bom-ref"] for component in components]}],
    }


if __name__ == "__main__":
    json.dump(bill(), sys.stdout, indent=1)
    sys.stdout.write("\n")
