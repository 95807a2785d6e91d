"""The settings of a call as an officer types them, in the call's own time zone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from babel import Locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    DecimalField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import Email, InputRequired, Length, NumberRange, Optional

from gnlc_apply.jury.standard import Method
from gnlc_apply.models import Deadline, ExtensionScope
from gnlc_apply.services.call import CallValues
from gnlc_apply.web import dated, languages
from gnlc_apply.web.forms import BaseForm, stripped

EVERYWHERE = "Etc/GMT+12"
ACCEPTED = ("ar", "en", "es", "fr", "pt", "ru", "zh")
MOMENT = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
METHODS = {
    Method.ADJUSTED.value: _l("Averages adjusted for strict and generous jurors, version 1"),
    Method.PLAIN.value: _l("Plain averages, version 1"),
}
_needed = InputRequired(_l("Fill in this field."))


def pairs(choices: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """Values with their labels, as a field takes them."""
    return [SelectChoice(value, label) for value, label in choices]


def titled(versions: dict[str, str]) -> list[SelectChoice]:
    """Forms or guides to choose from: titles may repeat, references do not."""
    labels = [
        (reference, _("%(title)s, %(reference)s", title=title, reference=reference))
        for reference, title in versions.items()
    ]
    return pairs(labels or [("", _("Default"))])


def zones() -> list[tuple[str, str]]:
    """The zones to choose from, the end of the day everywhere first."""
    named = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/")))
    return [(EVERYWHERE, _("Until the day has ended everywhere on earth (UTC−12)")), ("UTC", "UTC")] + [
        (zone, zone) for zone in named
    ]


def language_choices() -> list[tuple[str, str]]:
    """Languages in which an application may be written."""
    here = languages.locale_of(languages.code())
    return [(code, Locale.parse(code).get_display_name(here) or code) for code in ACCEPTED]


class JuryForm(BaseForm):
    """What may still change while a call is open: nothing that cities have planned with."""

    contact_email = StringField(
        _l("Address for questions about this call"),
        filters=[stripped],
        validators=[Optional(), Email(_l("Enter an e-mail address, such as name@example.org"))],
    )
    results_promised_on = DateField(_l("Results promised for"), validators=[_needed])
    guide_version = SelectField(_l("Scoring guide"))
    readers_per_file = IntegerField(_l("Readers per file"), validators=[_needed, NumberRange(min=1, max=20)])
    standard = DecimalField(_l("Standard: average of at least"), places=1, validators=[_needed])
    criterion_minimum = DecimalField(_l("No criterion's plain average below"), places=1, validators=[_needed])
    places = IntegerField(_l("Number of places in all"), validators=[Optional(), NumberRange(min=1)])
    jury_method = SelectField(_l("Method of the jury"), choices=[SelectChoice(*method) for method in METHODS.items()])

    def __init__(
        self, versions: tuple[dict[str, str], dict[str, str]], values: CallValues | None = None, **more: Any
    ) -> None:
        super().__init__(**({"data": _shown(values)} if values is not None else {}), **more)
        self.guide_version.choices = titled(versions[1])

    def _jury(self) -> dict[str, Any]:
        return {
            "contact_email": self.contact_email.data or "",
            "results_promised_on": self.results_promised_on.data,
            "guide_version": self.guide_version.data or "",
            "readers_per_file": self.readers_per_file.data,
            "standard": float(self.standard.data or 0),
            "criterion_minimum": float(self.criterion_minimum.data or 0),
            "places": self.places.data,
            "jury_method": self.jury_method.data,
        }

    def changed(self, values: CallValues, *, is_frozen: bool) -> CallValues:
        """The settings with what this form may change; after the freezing only the address and the promise."""
        typed = self._jury()
        if is_frozen:
            typed = {name: typed[name] for name in ("contact_email", "results_promised_on")}
        return replace(values, **typed)


class CallForm(JuryForm):
    """All settings of a call in preparation."""

    title = StringField(_l("Title"), filters=[stripped], validators=[_needed, Length(max=200)])
    year = IntegerField(_l("Year"), validators=[_needed, NumberRange(min=2013, max=2100)])
    time_zone = SelectField(_l("Time zone"))
    opens_at = DateTimeLocalField(_l("Cities can apply from"), format=MOMENT, validators=[_needed])
    deadline_at = DateTimeLocalField(_l("Deadline of the cities"), format=MOMENT, validators=[_needed])
    grace_minutes = IntegerField(_l("Silent grace after the deadline, in minutes"), validators=[NumberRange(min=0)])
    commission_deadline_at = DateTimeLocalField(
        _l("Deadline of the National Commissions"), format=MOMENT, validators=[_needed]
    )
    languages = SelectMultipleField(_l("Languages in which cities may apply"))
    quota = IntegerField(_l("Places per country"), validators=[_needed, NumberRange(min=1, max=100)])
    smallest_population = IntegerField(_l("Smallest population"), validators=[Optional(), NumberRange(min=1)])
    form_version = SelectField(_l("Form"))
    signature_may_follow = BooleanField(
        _l("The signature may follow the submission, until the deadline of the National Commissions")
    )

    def __init__(
        self, versions: tuple[dict[str, str], dict[str, str]], values: CallValues | None = None, **more: Any
    ) -> None:
        super().__init__(versions, values, **more)
        self.time_zone.choices = pairs(zones())
        self.languages.choices = pairs(language_choices())
        self.form_version.choices = titled(versions[0])

    def _moment(self, field: DateTimeLocalField) -> datetime:
        return dated.from_local(field.data, self.time_zone.data, field.name)

    def values(self) -> CallValues:
        """What was typed, with moments in UTC."""
        return CallValues(
            title=self.title.data or "",
            year=self.year.data or 0,
            time_zone=self.time_zone.data,
            opens_at=self._moment(self.opens_at),
            deadline_at=self._moment(self.deadline_at),
            commission_deadline_at=self._moment(self.commission_deadline_at),
            grace_minutes=self.grace_minutes.data or 0,
            languages=tuple(self.languages.data or ()),
            quota=self.quota.data or 0,
            smallest_population=self.smallest_population.data,
            form_version=self.form_version.data or "",
            signature_may_follow=bool(self.signature_may_follow.data),
            **self._jury(),
        )


def _shown(values: CallValues) -> dict[str, Any]:
    """The settings as the fields show them: moments by the clocks of the call's zone."""
    shown = {name: getattr(values, name) for name in values.__dataclass_fields__}
    for name in ("opens_at", "deadline_at", "commission_deadline_at"):
        shown[name] = dated.to_local(shown[name], values.time_zone)
    return {**shown, "languages": list(values.languages)}


class TypedTitleForm(BaseForm):
    """A gate: the call's title is typed, so that nobody passes it by a slip of the hand."""

    typed_title = StringField(_l("Type the title of the call"), filters=[stripped], validators=[_needed])

    def __init__(self, title: str, **more: Any) -> None:
        super().__init__(**more)
        self._title = title

    def validate_typed_title(self, field: StringField) -> None:
        """The typed title must be the call's, whatever its blanks."""
        if " ".join((field.data or "").split()) != " ".join(self._title.split()):
            field.errors = [_("This is not the title of the call. Type it as it stands above.")]


class ExtensionForm(BaseForm):
    """More time for all, a country or a city."""

    deadline = SelectField(
        _l("Which deadline?"),
        choices=[
            SelectChoice(Deadline.CITIES.value, _l("Deadline of the cities")),
            SelectChoice(Deadline.COMMISSIONS.value, _l("Deadline of the National Commissions")),
        ],
    )
    scope = SelectField(
        _l("For whom?"),
        choices=[
            SelectChoice(ExtensionScope.ALL.value, _l("All")),
            SelectChoice(ExtensionScope.COUNTRY.value, _l("One country")),
            SelectChoice(ExtensionScope.CITY.value, _l("One city")),
        ],
    )
    country = SelectField(_l("Country"), validate_choice=False)
    application = SelectField(_l("City"), validate_choice=False)
    until_at = DateTimeLocalField(_l("New deadline"), format=MOMENT, validators=[_needed])
    reason = TextAreaField(
        _l("Reason"), filters=[stripped], validators=[InputRequired(_l("Give a reason.")), Length(max=2000)]
    )


class ExceptionForm(BaseForm):
    """More places for one country."""

    country = SelectField(_l("Country"), validate_choice=False)
    extra = IntegerField(_l("More places"), validators=[_needed, NumberRange(min=1, max=100)])
    reason = TextAreaField(
        _l("Reason"), filters=[stripped], validators=[InputRequired(_l("Give a reason.")), Length(max=2000)]
    )
