"""Two more readers where they help most: looked at file by file, then confirmed in one act."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse
from wtforms import HiddenField

from gnlc_apply.core import clock
from gnlc_apply.core.errors import Conflict
from gnlc_apply.core.text import Text
from gnlc_apply.permissions import Permission
from gnlc_apply.queries.embargoed import extra_readers as queries
from gnlc_apply.services import assignment
from gnlc_apply.services.record import notice
from gnlc_apply.web.access import requires
from gnlc_apply.web.forms import BaseForm
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.juror_form import language_name
from gnlc_apply.web.rendering import render

blueprint = Blueprint("extra_readers", __name__)


class ExtraReadersForm(BaseForm):
    """Confirming the further readers that were looked at: the seed says which."""

    seed = HiddenField()

    def confirm(self, shown: queries.ExtraPage) -> None:
        """Confirm, unless another proposal has taken the place of the one that was shown."""
        if shown.proposal is None or str(shown.proposal.seed) != self.seed.data:
            raise Conflict(Text("A newer proposal took the place of this one. Look at it first."))
        assignment.confirm(actor=current_actor(), proposal=shown.proposal.id)


@blueprint.route("/secretariat/calls/<call>/extra-readers", methods=["GET", "POST"])
@requires(Permission.RUN_CALL, is_once=True)
def page(call: str) -> BaseResponse:
    """The close files with the two readers proposed for each; confirmed as a whole."""
    actor, form = current_actor(), ExtraReadersForm()
    shown = queries.page(actor, clock.now(), call)
    notice("looked_at_ranking", person_id=actor.person_id, noun="call", note=call)
    if form.accepts(lambda: form.confirm(shown)):
        flash(_("The further readers are confirmed. The jurors are told."), "success")
        return redirect(url_for("secretariat.assignments.index", call=call), 303)
    if shown.proposal is not None:
        form.seed.data = str(shown.proposal.seed)
    return render(form=form, extra=shown, call=shown.call, language_name=language_name)


@blueprint.post("/secretariat/calls/<call>/extra-readers/propose")
@requires(Permission.RUN_CALL, is_once=True)
def propose(call: str) -> BaseResponse:
    """Work out two more readers for each close file."""
    assignment.propose_extra(actor=current_actor(), call=call)
    return redirect(url_for(".page", call=call), 303)
