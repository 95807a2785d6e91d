"""Everything of a call to take away: constant statements, and no more memory however many applications there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import exports
from benchmarks.acts import figures
from benchmarks.floor import documents, tables
from benchmarks.ground import sizes
from benchmarks.ground.building import prepared
from gnlc_apply.extensions import db
from gnlc_apply.queries import instance, kept

# Enough that keeping them all would be seen: about 20 MB of JSON.
APPLICATIONS = 3_000


@pytest.mark.parametrize("kind", exports.KINDS)
def test_an_export_adds_no_memory_however_long_it_is(kind: str) -> None:
    found = figures("export_memory", kind, APPLICATIONS)
    assert found["megabytes"] > 10
    assert found["added_mib"] < min(5, exports.MEMORY_MIB)


def test_the_rows_of_the_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GNLC_BENCH_CACHE", str(tmp_path / "held"))
    folder = tmp_path / "instance"
    facts = prepared(folder, sizes.Size(members=40, files=20, jurors=6, reviews=40, drafts=4))
    tables.fill(folder / "floor.sqlite3")
    try:
        found = {row.name: row for row in exports.rows(folder, facts, 1, lambda _words: None)}
    finally:
        db.close()
        instance.forget()
        kept.forget()
    assert list(found) == ["export_json", "export_csv", "export_json_sql", "export_csv_sql"]
    assert {found[f"export_{kind}_sql"].reached for kind in exports.KINDS} == {4}
    for kind in exports.KINDS:
        assert found[f"export_{kind}"].more["floor_megabytes"] == pytest.approx(20 * len(documents.BODY) / 1e6, abs=0.1)
