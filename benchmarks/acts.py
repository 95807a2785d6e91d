"""Acts and calculations that are measured in a process of their own: ``python -m benchmarks.acts NAME …`` prints figures.

A fresh process each, so that nothing is warm that would be cold when somebody presses the button.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.ground import building, calls, people, registry
from benchmarks.servers import ROOT
from gnlc_apply import create_app
from gnlc_apply.core import clock, residents
from gnlc_apply.extensions import db
from gnlc_apply.jury.assignment import File, Juror, Rules, propose
from gnlc_apply.jury.averages import Reading, file_averages
from gnlc_apply.models import ApplicationState, Outcome, Role
from gnlc_apply.permissions import Actor
from gnlc_apply.queries import kept, open_data
from gnlc_apply.queries.embargoed import call_record
from gnlc_apply.services import cohort as cohorts
from gnlc_apply.services import decision
from gnlc_apply.web.secretariat import export_files

Figures = dict[str, float]
TITLE = "Learning Cities (bench)"


def timed(act: Callable[[], object]) -> Figures:
    """Milliseconds of processor and of the clock on the wall."""
    processor, wall = time.process_time(), time.perf_counter()
    act()
    return {"cpu_ms": (time.process_time() - processor) * 1000, "wall_ms": (time.perf_counter() - wall) * 1000}


def announce(cities: str) -> Figures:
    """Announce a cohort of so many cities, each with a letter to its city; their Commissions are written to as well."""
    with tempfile.TemporaryDirectory() as folder:
        reference, director = _armed(Path(folder), int(cities))
        db.close()
        return figures("announcement", folder, reference, director)


def announcement(folder: str, cohort: str, director: str) -> Figures:
    """Announce a cohort that is armed, in a process that has done nothing else yet, settled as servers and workers are."""
    building.enter(Path(folder))
    actor = building.actor_of(int(director))
    residents.settle()
    found = timed(lambda: cohorts.announce(actor=actor, cohort=cohort))
    db.close()
    return found


def _armed(folder: Path, cities: int) -> tuple[str, int]:
    """A call with so many files, all approved, its list locked and armed; the cohort and the director."""
    building.begin(folder)
    registry.bring_states()
    countries = building.countries()[:64]
    with db.writing() as session:
        officer = people.add(session, ["officer@network.example"], Role.OFFICER)[0]
        director = people.add(session, ["director@network.example"], Role.DIRECTOR)[0]
        for country in countries:
            people.add(session, [f"{country.lower()}@commission.example"], Role.COMMISSION, country=country)
    quota = -(-cities // len(countries))
    call = calls.open_call(building.actor_of(officer), "Call (bench)", 2025, days_left=-200, quota=max(3, quota))
    with db.writing() as session:
        files = calls.add_files(session, call, countries, cities, ApplicationState.IN_REVIEW, "file")
        calls.recommend(session, files)
    references = calls.references(files)
    outcomes = dict.fromkeys(references, Outcome.APPROVED)
    decision.prepare(actor=building.actor_of(officer), outcomes=outcomes, reasons={})
    decision.approve(actor=building.actor_of(director), references=references)
    cohort = cohorts.create(actor=building.actor_of(officer), call=call, title=TITLE, announce_at=clock.now())
    cohorts.lock(actor=building.actor_of(officer), cohort=cohort)
    cohorts.arm(actor=building.actor_of(director), cohort=cohort, typed_title=TITLE, stand_by=())
    return cohort, director


def open_data_cold(folder: str) -> Figures:
    """Build the registry's JSON once more from the tables, milliseconds for each thousand members; the best of five."""
    building.enter(Path(folder))
    found = []
    for _ in range(5):
        kept.forget()
        found.append(timed(lambda: open_data.registry_json(clock.today()))["cpu_ms"])
    members = len(json.loads(open_data.registry_json(clock.today()))["members"])
    return {"cpu_ms": min(found) * 1000 / members, "members": members}


def averages(files: str) -> Figures:
    """Work the plain averages of so many files out anew, four readings each; the best of five."""
    chance, codes = np.random.default_rng(7), "abcdefg"
    values = chance.integers(0, 6, size=(int(files), 4, len(codes))).tolist()
    readings = [
        Reading(f"J{n % 30}-{turn}", f"F{n}", dict(zip(codes, scores, strict=True)))
        for n, rows in enumerate(values)
        for turn, scores in enumerate(rows)
    ]
    weights = dict.fromkeys(codes, 1.0)
    return min((timed(lambda: file_averages(readings, weights)) for _ in range(5)), key=lambda found: found["cpu_ms"])


def assignment(files: str, jurors: str) -> Figures:
    """Propose four readers for each of so many files."""
    chance = np.random.default_rng(7)
    regions, topics = ("africa", "arab_states", "asia", "europe", "america"), [f"area_{n}" for n in range(12)]

    def chosen(count: int) -> dict[str, float]:
        return dict.fromkeys(chance.choice(topics, size=count, replace=False).tolist(), 1.0)

    made = [
        File(f"F{n:05}", f"C{n % 60}", regions[n % 5], "fr" if n % 3 == 0 else "en", chosen(3), "town")
        for n in range(int(files))
    ]
    people_of_jury = [
        Juror(f"J{n:04}", (f"C{n % 60}",), regions[n % 5], frozenset({"en", "fr"} if n % 2 else {"en"}), chosen(6))
        for n in range(int(jurors))
    ]
    blocked = {(j.id, f.id) for j in people_of_jury for f in made if j.country_codes[0] == f.country}
    return timed(lambda: propose(made, people_of_jury, blocked=blocked, seed="bench", rules=Rules(readers=4)))


def export_memory(kind: str, applications: str) -> Figures:
    """Mebibytes that writing a call with so many applications adds to a process that has written a small one before."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        building.begin(folder)
        registry.bring_states()
        with db.writing() as session:
            number = people.add(session, ["officer@network.example"], Role.OFFICER)[0]
        officer = building.actor_of(number)
        app = create_app(building.settings(folder))
        with app.test_request_context("/en/"):
            writing = getattr(export_files, f"as_{kind}")
            _write_out(writing, officer, _call_of(officer, 2025, 100))
            large, written = _call_of(officer, 2027, int(applications)), [0]
            before = _forget_peak()
            found = timed(lambda: written.append(_write_out(writing, officer, large)))
        db.close()
    return {**found, "added_mib": max(0, _memory("VmHWM") - before) / 1024, "megabytes": written[-1] / 1e6}


def _call_of(officer: Actor, year: int, count: int) -> str:
    """A call with so many submitted applications, most of them copies of the first."""
    call = calls.open_call(officer, f"Call of {year} (bench)", year, days_left=-60)
    with db.writing() as session:
        first = calls.add_files(
            session, call, building.countries(), min(count, 100), ApplicationState.IN_REVIEW, f"file{year}"
        )
        calls.multiply(session, first, count)
    return call


def _write_out(writing: Callable[..., Iterator[bytes]], officer: Actor, call: str) -> int:
    head = call_record.call_record(officer, clock.now(), call)
    db.release()
    return sum(map(len, writing(head, call_record.applications(officer, clock.now(), head))))


def _memory(name: str) -> int:
    """A line of this process's own status (Linux), in kibibytes."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def _forget_peak() -> int:
    """From here on the highest is counted anew; what is held now, in kibibytes."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return _memory("VmRSS")


ACTS: dict[str, Callable[..., Figures]] = {
    act.__name__: act for act in (announce, announcement, open_data_cold, averages, assignment, export_memory)
}


def figures(name: str, *arguments: object) -> Figures:
    """The figures of an act in a process of its own. Raises subprocess.CalledProcessError when it fails."""
    command = [sys.executable, "-m", "benchmarks.acts", name, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    print(json.dumps(ACTS[sys.argv[1]](*sys.argv[2:])))
