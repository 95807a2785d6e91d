"""What can be said of a jury from its scores, and how each adjusted average came about: for whoever sees the ranking."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from gnlc_apply.core import clock
from gnlc_apply.documents.jury_report import fared_sections, jury_report
from gnlc_apply.documents.jury_sections import jury_sections
from gnlc_apply.permissions import Permission
from gnlc_apply.queries.embargoed import jury_report as queries
from gnlc_apply.queries.embargoed.jury_report import Report
from gnlc_apply.services.record import notice
from gnlc_apply.web import languages, reading
from gnlc_apply.web.access import requires
from gnlc_apply.web.files import hand_out_pdf
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render
from gnlc_apply.web.secretariat.computed_words import reader_rows, sentences

blueprint = Blueprint("jury_report", __name__)


def _report(call: str) -> Report:
    """The report; that somebody looked at it is kept."""
    actor = current_actor()
    found = queries.report(actor, clock.now(), call)
    notice("looked_at_jury_report", person_id=actor.person_id, noun="call", note=call)
    return found


@blueprint.get("/secretariat/calls/<call>/ranking/report")
@requires(Permission.SEE_RANKING)
def page(call: str) -> Response:
    """Strict and generous jurors, other ways of counting, agreement, and whether one file is treated differently."""
    found = _report(call)
    return render(report=found, sections=jury_sections(found, reading.wording()) if found.figures else ())


@blueprint.get("/secretariat/calls/<call>/ranking/report/regions")
@requires(Permission.SEE_RANKING)
def regions(call: str) -> Response:
    """How the files of each region and language fared: another question than treatment, and so on a page of its own."""
    found = _report(call)
    return render(report=found, sections=fared_sections(found, reading.wording()) if found.figures else ())


@blueprint.get("/secretariat/calls/<call>/ranking/report.pdf")
@requires(Permission.SEE_RANKING)
def as_pdf(call: str) -> BaseResponse:
    """The report to print. While there are no figures the way leads to the page that says why."""
    found, wording = _report(call), reading.wording()
    if found.figures is None:
        return redirect(url_for("secretariat.jury_report.page", call=call), 303)
    sections = jury_sections(found, wording)
    content = jury_report(found.ranking.call.title, _facts(found), sections, fared_sections(found, wording), wording)
    return hand_out_pdf(content, f"{call}-{_('jury-report')}.pdf")


def _facts(found: Report) -> list[tuple[str, str]]:
    figures = found.figures
    if figures is None:
        return []
    moment, minutes = figures.computed_at, found.held.confirmed_at
    of = _("of the scores as they are")
    if minutes is not None:
        of = _("recomputed since the minutes") if found.held.is_recomputed else _("kept by the minutes")
    return [
        (_("Figures"), of),
        (_("Computed"), languages.moment(moment)),
        *([(_("Minutes confirmed"), languages.moment(minutes))] if minutes is not None else []),
        (_("Method, seed, repetitions"), f"{figures.method}, {figures.seed}, {languages.number(figures.draws)}"),
        (_("Digest of the scores (SHA-256)"), figures.inputs),
    ]


@blueprint.get("/secretariat/calls/<call>/ranking/files/<file>")
@requires(Permission.SEE_RANKING)
def file(call: str, file: str) -> Response:
    """How the adjusted average of a file came about."""
    actor, wording = current_actor(), reading.wording()
    found = queries.computation(actor, clock.now(), call, file)
    notice("looked_at_jury_report", person_id=actor.person_id, noun="call", note=f"{call} {file}")
    return render(
        found=found,
        steps=sentences(found.held.figures, file, wording),
        later=sentences(found.held.later, file, wording),
        readers=reader_rows(found, wording),
    )
