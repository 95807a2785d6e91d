"""What an officer types about a calibration round."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length

from gnlc_apply.queries.embargoed.calibration_desk import Desk
from gnlc_apply.services.calibration import Plan
from gnlc_apply.web import dated
from gnlc_apply.web.forms import BaseForm, stripped
from gnlc_apply.web.secretariat.call_forms import MOMENT, pairs, zones

_needed = InputRequired(_l("Fill in this field."))


class PlanForm(BaseForm):
    """The talk, and whether everybody scores once more after it."""

    talk_at = DateTimeLocalField(_l("Day and time of the talk"), format=MOMENT, validators=[_needed])
    time_zone = SelectField(_l("Time zone of the talk"))
    link = StringField(_l("Link to the meeting"), filters=[stripped], validators=[Length(max=500)])
    is_scored_twice = BooleanField(_l("Everybody scores the same files once more after the talk"))

    def __init__(self, found: Desk | None, call_zone: str) -> None:
        super().__init__(**({"data": _planned(found)} if found else {"data": {"time_zone": call_zone}}))
        self.time_zone.choices = pairs(zones())

    def plan(self) -> Plan:
        """What was typed, with the moment in UTC."""
        return Plan(
            talk_at=dated.from_local(self.talk_at.data, self.time_zone.data, "talk_at"),
            time_zone=self.time_zone.data,
            link=self.link.data or "",
            is_scored_twice=bool(self.is_scored_twice.data),
        )


def _planned(found: Desk) -> dict[str, Any]:
    row = found.row
    shown = {"time_zone": row.time_zone, "link": row.link, "is_scored_twice": row.is_scored_twice}
    return {**shown, "talk_at": dated.to_local(row.talk_at, row.time_zone)}


class FileForm(BaseForm):
    """A calibration file: a title, and either a text or a PDF. Nobody adds one without having looked for names."""

    title = StringField(_l("Title, such as Practice file 1"), filters=[stripped], validators=[_needed])
    words = TextAreaField(_l("Text of the application, without names"), filters=[stripped])
    file = FileField(_l("Or a PDF of it"))
    is_anonymous = BooleanField(
        _l("I have looked: nothing in it names the city, its country or a person"),
        validators=[InputRequired(_l("Look through the file, and confirm that it names nobody."))],
    )


class StepForm(BaseForm):
    """The next step of a round, by its name: a page that is older than the round is refused."""

    step = HiddenField()


class TalkForm(BaseForm):
    """What came of the talk."""

    held_on = DateField(_l("Day of the talk"), validators=[_needed])
    present = SelectMultipleField(_l("Who was there"))
    notes = TextAreaField(_l("What was agreed"), filters=[stripped])

    def __init__(self, found: Desk, today: date) -> None:
        row = found.row
        present = [one.reference for one in found.scorers if one.was_present]
        kept = {"held_on": row.talk_held_on or today, "notes": row.notes, "present": present}
        super().__init__(data=kept)
        self.present.choices = [SelectChoice(one.reference, one.name) for one in found.scorers]
