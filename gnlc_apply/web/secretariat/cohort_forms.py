"""What is typed about a cohort: its instant and texts, its letters, its arming, its changes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from babel import Locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    DateTimeLocalField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.validators import URL, InputRequired, Length, Optional

from gnlc_apply.models import Cohort
from gnlc_apply.services.cohort import CohortValues
from gnlc_apply.web import dated, languages
from gnlc_apply.web.forms import BaseForm, stripped
from gnlc_apply.web.secretariat.call_forms import MOMENT

_needed = InputRequired(_l("Fill in this field."))
# Languages in which letters can be written.
LETTER_LANGUAGES = ("en", "fr", "es", "ar", "ru", "zh", "pt")


def language_name(code: str) -> str:
    """The name of a language in the language of this page."""
    here = languages.locale_of(languages.code())
    return Locale.parse(code, sep="-").get_display_name(here) or code


def offered(pairs: Iterable[tuple[Any, str]]) -> list[SelectChoice]:
    """Values and words as a field's choices."""
    return [SelectChoice(value, words) for value, words in pairs]


def zones() -> list[SelectChoice]:
    """The zones in which an instant can be given."""
    named = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/")))
    return offered((zone, zone) for zone in ("UTC", *named))


class NewForm(BaseForm):
    """The beginning of a cohort."""

    title = StringField(_l("Title of the cohort"), filters=[stripped], validators=[_needed, Length(max=200)])


class TextsForm(BaseForm):
    """Everything said about a cohort."""

    title = StringField(_l("Title of the cohort"), filters=[stripped], validators=[_needed, Length(max=200)])
    time_zone = SelectField(_l("Time zone"), default="UTC")
    announce_at = DateTimeLocalField(_l("Instant of the announcement"), format=MOMENT, validators=[Optional()])
    event_title = StringField(_l("Event"), filters=[stripped], validators=[Length(max=200)])
    event_at = DateTimeLocalField(_l("Time of the event"), format=MOMENT, validators=[Optional()])
    event_link = StringField(
        _l("Link to the event"),
        filters=[stripped],
        validators=[Optional(), URL(message=_l("Enter an address, such as https://www.example.org")), Length(max=500)],
    )
    strapline = StringField(_l("Strapline"), filters=[stripped], validators=[Length(max=300)])
    lead = TextAreaField(_l("Lead"), filters=[stripped])
    quotation = TextAreaField(_l("Quotation"), filters=[stripped])
    quotation_by = StringField(_l("Whose words these are"), filters=[stripped], validators=[Length(max=200)])
    campaign = TextAreaField(_l("Campaign"), filters=[stripped])
    about = TextAreaField(_l("About"), filters=[stripped])
    press_contact = TextAreaField(_l("Press contact"), filters=[stripped])
    declared_citizens = StringField(_l("Declared number of citizens"), filters=[stripped], validators=[Length(max=80)])
    declared_source = StringField(_l("Source of the declared number"), filters=[stripped], validators=[Length(max=500)])

    reason = StringField(_l("Why this is corrected"), filters=[stripped], validators=[Length(max=500)])

    def __init__(self, row: Cohort, **more: Any) -> None:
        super().__init__(data=_as_typed(row), **more)
        self.time_zone.choices = zones()

    def values(self) -> CohortValues:
        """What was typed, with its instants in UTC."""
        typed: dict[str, Any] = {name: self[name].data or "" for name in CohortValues.__dataclass_fields__}
        moments = {name: self._moment(name) for name in ("announce_at", "event_at")}
        return CohortValues(**{**typed, **moments})

    def _moment(self, name: str) -> datetime | None:
        typed = self[name].data
        return dated.from_local(typed, self.time_zone.data, name) if typed is not None else None


def _as_typed(row: Cohort) -> dict[str, Any]:
    shown = {name: getattr(row, name) for name in CohortValues.__dataclass_fields__}
    for name in ("announce_at", "event_at"):
        if shown[name] is not None:
            shown[name] = dated.to_local(shown[name], row.time_zone)
    return shown


class LetterForm(BaseForm):
    """A letter's text in one language."""

    subject = StringField(_l("Subject"), filters=[stripped], validators=[_needed])
    body = TextAreaField(_l("Text"), filters=[stripped], validators=[_needed])
    reason = StringField(_l("Why this is corrected"), filters=[stripped], validators=[Length(max=500)])


class SpellingForm(BaseForm):
    """How a city is written in the release and the letters."""

    application = SelectField(_l("City"), validate_choice=False)
    name = StringField(_l("Name as it is to be published"), filters=[stripped], validators=[_needed, Length(max=200)])


class TextsSeenForm(BaseForm):
    """An act on the texts as they were shown."""

    texts_seen = HiddenField(default="")


class ArmForm(TextsSeenForm):
    """The director's arming."""

    typed_title = StringField(_l("Type the title of the cohort"), filters=[stripped], validators=[_needed])
    stand_by = SelectMultipleField(_l("Who stands by"), coerce=int)


class ReasonForm(BaseForm):
    """A reason, in words."""

    reason = TextAreaField(_l("Reason"), filters=[stripped], validators=[_needed, Length(max=2000)])


class ChangeForm(ReasonForm):
    """A change to a locked list."""

    application = SelectField(_l("Which file"), validate_choice=False, validators=[_needed])
    kind = RadioField(_l("What should change"), validate_choice=False, validators=[_needed])

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.kind.choices = offered(
            [
                ("withdrawal", _("The city has withdrawn: take it out of the list")),
                ("approve", _("Approve the city after all")),
                ("not_approve", _("Do not approve the city after all")),
            ]
        )
