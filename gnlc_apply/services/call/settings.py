"""A call's settings: what they are, what they must be, and which of them cities rely on."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select

from gnlc_apply.core import reference_number
from gnlc_apply.core.errors import Conflict, Invalid
from gnlc_apply.core.text import Text
from gnlc_apply.jury.standard import Method
from gnlc_apply.models import CalibrationRound, Call, CallState, FormVersion, GuideVersion
from gnlc_apply.permissions import Actor, Permission, require
from gnlc_apply.questionnaire.default import form_definition, guide_definition
from gnlc_apply.services.call.finding import find
from gnlc_apply.services.command import Unit, command


@dataclass(frozen=True)
class CallValues:
    """All settings of a call (process.md section 3). Instants are aware; form and guide by reference, empty: default."""

    title: str
    year: int
    opens_at: datetime
    deadline_at: datetime
    commission_deadline_at: datetime
    results_promised_on: date
    time_zone: str = "Etc/GMT+12"
    grace_minutes: int = 0
    languages: tuple[str, ...] = ("en",)
    quota: int = 3
    smallest_population: int | None = None
    form_version: str = ""
    guide_version: str = ""
    readers_per_file: int = 3
    standard: float = 3.0
    criterion_minimum: float = 2.0
    places: int | None = None
    jury_method: str = Method.ADJUSTED.value
    signature_may_follow: bool = True
    contact_email: str = ""


# After opening these change only through extensions: cities and Commissions have planned with them.
RELIED_ON = (
    "title",
    "year",
    "time_zone",
    "opens_at",
    "deadline_at",
    "grace_minutes",
    "commission_deadline_at",
    "languages",
    "quota",
    "smallest_population",
    "form_version",
    "signature_may_follow",
)
# After the second gate these stay as they are: reviews are being written by them.
FROZEN = ("guide_version", "standard", "criterion_minimum", "places", "readers_per_file", "jury_method")


def ensure_default_form_and_guide(unit: Unit) -> tuple[FormVersion, GuideVersion]:
    """The form and the guide this release brings along, stored as versions once."""
    form_data, guide_data = form_definition(), guide_definition()
    form = unit.session.scalar(select(FormVersion).where(FormVersion.reference == form_data["version"]))
    if form is None:
        form = FormVersion(reference=form_data["version"], definition=form_data, created_at=unit.now)
        unit.session.add(form)
    guide = unit.session.scalar(select(GuideVersion).where(GuideVersion.reference == guide_data["version"]))
    if guide is None:
        guide = GuideVersion(reference=guide_data["version"], definition=guide_data, created_at=unit.now)
        unit.session.add(guide)
    unit.session.flush()
    return form, guide


def _unknown_version(field: str) -> Invalid:
    words = Text("There is no such version.")
    return Invalid(words, {field: words})


def _versions(unit: Unit, values: CallValues) -> tuple[FormVersion, GuideVersion]:
    """The versions that these settings name, the release's own where they name none."""
    form, guide = ensure_default_form_and_guide(unit)
    if values.form_version and values.form_version != form.reference:
        named = unit.session.scalar(select(FormVersion).where(FormVersion.reference == values.form_version))
        if named is None:
            raise _unknown_version("form_version")
        form = named
    if values.guide_version and values.guide_version != guide.reference:
        chosen = unit.session.scalar(select(GuideVersion).where(GuideVersion.reference == values.guide_version))
        if chosen is None:
            raise _unknown_version("guide_version")
        guide = chosen
    return form, guide


def _zone_problem(values: CallValues) -> Text | None:
    try:
        ZoneInfo(values.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return Text("Choose one of the time zones.")
    return None


def _problems(values: CallValues) -> dict[str, Text]:
    found: dict[str, Text | None] = {
        "title": None if values.title.strip() else Text("Enter the title of the call."),
        "year": None if 2013 <= values.year <= 2100 else Text("Enter the year of the call with four digits."),
        "time_zone": _zone_problem(values),
        "deadline_at": (
            None
            if values.opens_at < values.deadline_at
            else Text("The deadline of the cities must come after the opening.")
        ),
        "commission_deadline_at": (
            None
            if values.deadline_at <= values.commission_deadline_at
            else Text("The deadline of the National Commissions must not come before that of the cities.")
        ),
        "results_promised_on": (
            None
            if values.results_promised_on >= values.commission_deadline_at.date()
            else Text("The results cannot be promised before the National Commissions have answered.")
        ),
        "grace_minutes": None if values.grace_minutes >= 0 else Text("Enter minutes, or 0."),
        "languages": None if values.languages else Text("Choose at least one language."),
        "quota": None if values.quota >= 1 else Text("A country needs at least one place."),
        "readers_per_file": None if values.readers_per_file >= 1 else Text("A file needs at least one reader."),
        "standard": None if 0 <= values.standard <= 5 else Text("Enter a value from 0 to 5."),
        "criterion_minimum": None if 0 <= values.criterion_minimum <= 5 else Text("Enter a value from 0 to 5."),
        "jury_method": None if values.jury_method in tuple(Method) else Text("Choose one of the methods."),
        "places": None if values.places is None or values.places >= 1 else Text("Enter a number, or leave it empty."),
    }
    return {name: words for name, words in found.items() if words is not None}


def _check(values: CallValues) -> None:
    problems = _problems(values)
    if problems:
        raise Invalid(next(iter(problems.values())), problems)


def _columns(values: CallValues) -> dict[str, object]:
    columns = {k: v for k, v in asdict(values).items() if k not in ("form_version", "guide_version")}
    return {**columns, "title": values.title.strip(), "languages": list(values.languages)}


def values_of(call: Call, form_version: str, guide_version: str) -> CallValues:
    """The settings of a stored call."""
    known = {f.name: getattr(call, f.name) for f in fields(CallValues) if hasattr(call, f.name)}
    known.update(languages=tuple(call.languages), form_version=form_version, guide_version=guide_version)
    return CallValues(**known)


@command()
def create(unit: Unit, *, actor: Actor, values: CallValues) -> str:
    """Create a call in preparation; its reference. Raises Invalid naming each setting that cannot be."""
    require(actor, Permission.RUN_CALL)
    _check(values)
    form, guide = _versions(unit, values)
    call = Call(
        reference=reference_number.create(f"CALL-{values.year}"),
        form_version_id=form.id,
        guide_version_id=guide.id,
        created_at=unit.now,
        **_columns(values),
    )
    unit.session.add(call)
    unit.session.flush()
    unit.note("created", "call", call.id, reference=call.reference, title=call.title)
    return call.reference


def _is_scored_by_guide(unit: Unit, call: Call) -> bool:
    """Whether the jury was asked to score calibration files: by another guide those scores would mean something else."""
    opened = CalibrationRound.opened_at.is_not(None)
    query = select(CalibrationRound.id).where(CalibrationRound.call_id == call.id, opened)
    return unit.session.scalar(query) is not None


def _refuse_fixed(unit: Unit, call: Call, changed: list[str]) -> None:
    """Raise Conflict where a setting that others rely on would change."""
    fixed: dict[str, Text] = {}
    if call.state is not CallState.PREPARING:
        words = Text("Cities rely on this since the call was opened. Deadlines move through extensions only.")
        fixed.update({name: words for name in changed if name in RELIED_ON})
    if "guide_version" in changed and _is_scored_by_guide(unit, call):
        fixed["guide_version"] = Text("The jury scores the calibration files by this guide.")
    if call.guide_frozen_at is not None:
        words = Text("This was frozen before the first review.")
        fixed.update({name: words for name in changed if name in FROZEN})
    if call.state is CallState.CONCLUDED:
        raise Conflict(Text("This call is concluded."))
    if fixed:
        raise Conflict(next(iter(fixed.values())), fixed)


@command()
def change(unit: Unit, *, actor: Actor, call: str, values: CallValues) -> None:
    """Change a call's settings. Raises Conflict at each setting that is fixed since the opening or the freezing."""
    require(actor, Permission.RUN_CALL)
    row = find(unit, call)
    _check(values)
    form, guide = _versions(unit, values)
    before = values_of(
        row,
        unit.session.get_one(FormVersion, row.form_version_id).reference,
        unit.session.get_one(GuideVersion, row.guide_version_id).reference,
    )
    filled = replace(values, title=values.title.strip(), form_version=form.reference, guide_version=guide.reference)
    changed = [f.name for f in fields(CallValues) if getattr(before, f.name) != getattr(filled, f.name)]
    _refuse_fixed(unit, row, changed)
    for name, value in _columns(filled).items():
        setattr(row, name, value)
    row.form_version_id, row.guide_version_id = form.id, guide.id
    if changed:
        unit.note("changed", "call", row.id, settings={n: str(getattr(filled, n)) for n in changed})
