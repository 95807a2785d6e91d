"""An instance of a given size: made once, kept by what it was made from, copied for each run."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path

from sqlalchemy import select

from benchmarks.ground import calls, jury, people, registry
from benchmarks.ground.sizes import Size
from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import ApplicationState, City, Membership, Role, State, StateStatus
from gnlc_apply.permissions import Actor
from gnlc_apply.queries import instance, kept
from gnlc_apply.queries import person as queries
from gnlc_apply.services import schema

ROOT = Path(__file__).resolve().parents[2]
SECRET_KEY = "for benchmarks only: " + "x" * 32
# The jury comes from here; no file does.
JURY_COUNTRY = "SEN"
# What decides how an instance looks.
_MADE_FROM = ("benchmarks/ground", "gnlc_apply/models", "migrations/versions", "gnlc_apply/questionnaire/data")


@dataclass
class Facts:
    """What a benchmark needs to know of the instance: who is signed in with which token, and what there is to open."""

    members: int = 0
    city: str = ""
    cohort: str = "GNLC-2024"
    officer: int = 0
    director: int = 0
    call: str = ""
    files: list[str] = field(default_factory=list)
    drafts: list[tuple[int, str]] = field(default_factory=list)
    jurors: list[int] = field(default_factory=list)
    reviews: list[tuple[int, str]] = field(default_factory=list)


def settings(folder: Path) -> config.Settings:
    """The settings of an instance in this folder."""
    return config.Settings(
        instance=folder,
        database_url=f"sqlite:///{folder / 'gnlc.sqlite3'}",
        secret_key=SECRET_KEY,
        public_url="http://127.0.0.1",
    )


def enter(folder: Path) -> None:
    """Make this instance the one of this process."""
    db.open(_use(folder).database_url)


def begin(folder: Path) -> None:
    """Make a new, empty instance the one of this process."""
    db.create(_use(folder).database_url)
    schema.upgrade()
    schema.mark(is_demo=False)


def _use(folder: Path) -> config.Settings:
    found = settings(folder)
    config.use(found)
    instance.forget()
    kept.forget()
    return found


def actor_of(person_id: int) -> Actor:
    """The person as an actor who has just shown the second factor."""
    found = queries.actor(person_id, signed_in_at=clock.now(), second_factor_at=clock.now())
    db.release()
    if found is None:
        raise LookupError(f"nobody has the number {person_id}")
    return found


def build(folder: Path, size: Size) -> Facts:
    """Make a new instance in an empty folder."""
    folder.mkdir(parents=True, exist_ok=True)
    begin(folder)
    registry.bring_states()
    registry.bring_members(size.members)
    facts = Facts(members=size.members)
    with db.writing() as session:
        facts.officer = people.add(session, ["officer@network.example"], Role.OFFICER)[0]
        facts.director = people.add(session, ["director@network.example"], Role.DIRECTOR)[0]
        members = select(City.reference).join(Membership, Membership.city_id == City.id)
        facts.city = session.scalars(members.where(Membership.until_on.is_(None)).order_by(City.id)).first() or ""
    if size.files:
        _add_calls(facts, size)
    db.close()
    return facts


def countries() -> list[str]:
    """The Member States from which files come."""
    with db.reading() as session:
        query = select(State.iso3).where(State.status == StateStatus.MEMBER, State.iso3 != JURY_COUNTRY)
        return list(session.scalars(query.order_by(State.iso3)))


def _add_calls(facts: Facts, size: Size) -> None:
    officer, lands = actor_of(facts.officer), countries()
    quota = max(3, -(-size.files // len(lands)))
    # By plain averages: no child computes figures in between.
    facts.call = calls.open_call(
        officer,
        "Call with the jury",
        2025,
        days_left=-60,
        quota=quota,
        readers_per_file=size.readers,
        jury_method="plain-1",
    )
    cities = calls.open_call(officer, "Call for cities", 2027, days_left=60)
    with db.writing() as session:
        files = calls.add_files(session, facts.call, lands, size.files, ApplicationState.IN_REVIEW, "file")
        facts.jurors = jury.add(session, facts.call, files, size, JURY_COUNTRY)
        drafts = calls.add_files(session, cities, lands, size.drafts, ApplicationState.DRAFT, "draft")
        owners = calls.owners(session, drafts)
    facts.files = calls.references(files)
    facts.drafts = list(zip(owners, calls.references(drafts), strict=True))
    facts.reviews = jury.open_reviews(facts.jurors)


def _fingerprint(size: Size) -> str:
    found = hashlib.sha256(repr((asdict(size), clock.today(), str(ROOT))).encode())
    for folder in _MADE_FROM:
        for path in sorted(Path(ROOT, folder).rglob("*")):
            if path.suffix in (".py", ".json"):
                found.update(path.read_bytes())
    return found.hexdigest()[:16]


def cache() -> Path:
    """Where instances and environments are kept between runs."""
    return Path(os.environ.get("GNLC_BENCH_CACHE") or Path(tempfile.gettempdir(), f"gnlc-bench-{os.getuid()}"))


def prepared(folder: Path, size: Size) -> Facts:
    """An instance of this size in ``folder``: copied from the one that was made for this code and day, or made now."""
    held = cache() / _fingerprint(size)
    if not Path(held, "facts.json").exists():
        making = held.with_suffix(f".{os.getpid()}")
        facts = build(making, size)
        Path(making, "facts.json").write_text(json.dumps(asdict(facts)), encoding="utf-8")
        shutil.rmtree(held, ignore_errors=True)
        making.rename(held)
    shutil.copytree(held, folder, dirs_exist_ok=True)
    Path(folder, "secret_key").write_text(SECRET_KEY, encoding="utf-8")
    enter(folder)
    people.sign_in_again()
    db.close()
    found = json.loads(Path(folder, "facts.json").read_text(encoding="utf-8"))
    found["drafts"] = [tuple(pair) for pair in found["drafts"]]
    found["reviews"] = [tuple(pair) for pair in found["reviews"]]
    return Facts(**found)
