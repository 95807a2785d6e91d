"""The chair's page: the recommendation for every file, begun from the standard, and the minutes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse
from wtforms import DateField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired

from gnlc_apply.core import clock
from gnlc_apply.core.errors import Invalid, NotFound
from gnlc_apply.core.text import Text
from gnlc_apply.permissions import Permission
from gnlc_apply.queries.embargoed import minutes as queries
from gnlc_apply.queries.embargoed.minutes import Prefill
from gnlc_apply.queries.embargoed.ranking import RankedFile, Ranking, ranking
from gnlc_apply.services import recommendation
from gnlc_apply.services.record import notice
from gnlc_apply.web.access import requires
from gnlc_apply.web.forms import BaseForm, stripped
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render
from gnlc_apply.web.scores import two_places

blueprint = Blueprint("recommendation", __name__)

YES, NO = "recommended", "not_recommended"


class MinutesForm(BaseForm):
    """The minutes; a choice and a note for each file come with ``_form``."""

    references: tuple[str, ...] = ()
    seen = HiddenField()
    held_on = DateField(_l("Day of the meeting"), validators=[InputRequired(_l("Enter a date."))])
    present = TextAreaField(_l("Who was there"), filters=[stripped])
    recusals = TextAreaField(_l("Who left for which file"), filters=[stripped])
    words = TextAreaField(_l("Minutes"), filters=[stripped])

    def confirm(self, call: str) -> str:
        """Confirm what stands in the form."""
        return recommendation.confirm(
            actor=current_actor(),
            call=call,
            recommendations={
                reference: (self[f"is-{reference}"].data == YES, self[f"note-{reference}"].data or "")
                for reference in self.references
            },
            present=(self.present.data or "").splitlines(),
            recusals=self._left(),
            words=self.words.data or "",
            held_on=self.held_on.data or clock.today(),
            seen=self.seen.data or "",
        )

    def _left(self) -> dict[str, list[str]]:
        """Lines such as ``GNLC-2027-7KQ4M: Name; Name``. Raises Invalid for a line that is not one."""
        found: dict[str, list[str]] = {}
        for line in filter(None, map(str.strip, (self.recusals.data or "").splitlines())):
            reference, colon, names = line.partition(":")
            if not colon or not names.strip():
                words = Text("Write the reference of the file, a colon and the names: %(line)s", line=line[:80])
                raise Invalid(words, {"recusals": words})
            found[reference.strip()] = [name.strip() for name in names.split(";") if name.strip()]
        return found


def _form(files: list[RankedFile], begun: Prefill) -> MinutesForm:
    fields: dict[str, Any] = {"references": tuple(file.reference for file in files)}
    usual: dict[str, Any] = {
        "held_on": clock.today(),
        "present": "\n".join(begun.present),
        "recusals": "\n".join(f"{reference}: {'; '.join(names)}" for reference, names in begun.recusals.items()),
    }
    choices = [SelectChoice(YES, _("Recommended")), SelectChoice(NO, _("Not recommended"))]
    for file in files:
        fields[f"is-{file.reference}"] = SelectField(
            _("Recommendation: %(place)s", place=file.place_name), choices=choices
        )
        fields[f"note-{file.reference}"] = StringField(_("Note: %(place)s", place=file.place_name), filters=[stripped])
        usual[f"is-{file.reference}"] = YES if file.is_recommended_by_standard else NO
    form: MinutesForm = type("CallMinutesForm", (MinutesForm,), fields)(data=usual)
    return form


def _for_chair(call: str) -> Ranking:
    found = ranking(current_actor(), clock.now(), call)
    if not found.is_chair:
        raise NotFound()
    notice("looked_at_recommendation", person_id=current_actor().person_id, noun="call", note=call)
    return found


def _values(found: Ranking, files: list[RankedFile]) -> Mapping[str, Any]:
    kept_away = [file for file in found.files if file.closed is not None]
    # Nothing to choose from while the standard waits; what somebody has typed already stays there all the same.
    is_waiting = found.is_awaited and request.method == "GET"
    values = {"ranking": found, "files": files, "kept_away": kept_away, "two_places": two_places}
    return values | {"is_waiting": is_waiting}


@blueprint.route("/jury/calls/<call>/recommendation", methods=["GET", "POST"])
@requires(Permission.SEE_RANKING, is_fresh=True, is_once=True)
def confirm(call: str) -> BaseResponse:
    """Every file with what the standard says; departures need a note."""
    found = _for_chair(call)
    files = queries.open_files(found)
    form = _form(files, queries.prefill(current_actor(), clock.now(), found))
    if form.accepts(lambda: form.confirm(call)):
        flash(_("The recommendation is confirmed. The readings are closed."), "success")
        return redirect(url_for("secretariat.ranking.page", call=call), 303)
    form.seen.data = found.sign
    return render(form=form, **_values(found, files))
