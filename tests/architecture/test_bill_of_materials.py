"""The bill of materials names every release that is installed or shipped, with its digests, and nothing else."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.test_locks import lock, releases

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def bill() -> dict[str, Any]:
    """As ``./dev sbom`` prints it."""
    program = ROOT / "deploy" / "bill_of_materials.py"
    done = subprocess.run([sys.executable, str(program)], capture_output=True, text=True, timeout=60, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_it_names_exactly_what_the_lock_installs(bill: dict[str, Any]) -> None:
    wanted = {(one.name, next(iter(one.specifier)).version) for one in releases(lock("base"))}
    named = {(one["name"], one["version"]) for one in bill["components"] if one["purl"].startswith("pkg:pypi/")}
    assert named == wanted
    assert len(named) > 30
    digests = re.findall(r"sha256:(\w{64})", lock("base"))
    listed = [
        h["content"] for one in bill["components"] for r in one.get("externalReferences", ()) for h in r["hashes"]
    ]
    assert Counter(listed) == Counter(digests)


def test_it_names_what_others_made_that_the_wheel_carries(bill: dict[str, Any]) -> None:
    npm = {one["name"]: one for one in bill["components"] if one["purl"].startswith("pkg:npm/")}
    carried = (
        (ROOT / "THIRD_PARTY.md").read_text("utf-8").partition("## Shipped inside the package")[2].partition("\n## ")[0]
    )
    assert set(npm) == set(re.findall(r"\| npm `([\w-]+)`", carried))
    for one in npm.values():
        assert one["version"] in carried
        assert [(digest["alg"], len(digest["content"])) for digest in one["hashes"]] == [("SHA-512", 128)]


def test_each_thing_is_named_once_and_belongs_to_this_program(bill: dict[str, Any]) -> None:
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    references = [one["bom-ref"] for one in bill["components"]]
    assert len(references) == len(set(references))
    own = bill["metadata"]["component"]
    assert (own["name"], own["type"]) == ("gnlc-apply", "application")
    assert bill["dependencies"] == [{"ref": own["bom-ref"], "dependsOn": references}]
