"""The signature on paper: a letter with the version's short code comes back signed, stamped and scanned."""

from __future__ import annotations

from typing import Any, BinaryIO

from gnlc_apply.core.errors import Conflict, Invalid
from gnlc_apply.core.text import Text
from gnlc_apply.models import (
    ApplicationVersion,
    Signature,
    SignatureMethod,
    VersionReason,
)
from gnlc_apply.permissions import Actor, Permission, require, require_seen
from gnlc_apply.questionnaire.canonical import tidy_short_code
from gnlc_apply.questionnaire.cleaning import clean_line, clean_text
from gnlc_apply.questionnaire.constituents import WHOLE
from gnlc_apply.services import case as cases
from gnlc_apply.services.application.attach import keep_row, storage
from gnlc_apply.services.application.content import LETTER, freeze
from gnlc_apply.services.application.submit import load_for_city
from gnlc_apply.services.application.voiding import live_signature
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.moves import announce
from gnlc_apply.services.seen import refuse_unseen
from gnlc_apply.services.signature.asking import revoke_running
from gnlc_apply.services.signature.ground import keep, outstanding, party, refuse_unless_signable, wording_of
from gnlc_apply.storage.intake import Kept, take_in
from gnlc_apply.workflow.guards import ApplicationCase


@command()
def prepare_letter(unit: Unit, *, actor: Actor, reference: str, constituent: int = WHOLE) -> str:
    """Freeze the text for a letter on paper, of the city or of this constituent; the short code the letter carries."""
    case = load_for_city(unit, reference)
    party(unit, case.row, constituent)
    refuse_unless_signable(unit, case, constituent)
    return freeze(unit, case.row, VersionReason.SIGNATURE).short_code


def _take_in(*, stream: BinaryIO, file_name: str, name: str, function: str, **_others: Any) -> dict[str, Any]:
    _check_names(name, function)
    return {"kept": take_in(storage(), stream, original_name=file_name)}


def _check_names(name: str, function: str) -> None:
    wrong = {}
    if not clean_line(name):
        wrong["name"] = Text("Type the name of the person who signed the letter.")
    if not clean_line(function):
        wrong["function"] = Text("Type the function of the person who signed the letter.")
    if wrong:
        raise Invalid(next(iter(wrong.values())), wrong)


@command(_take_in)
def upload_letter(
    unit: Unit,
    *,
    actor: Actor,
    reference: str,
    stream: BinaryIO,
    file_name: str,
    name: str,
    function: str,
    title: str = "",
    version_code: str | None = None,
    constituent: int = WHOLE,
    kept: Kept | None = None,
) -> str:
    """Keep the scan of a signed letter; it counts from now on and is checked later. The attachment's reference.

    ``version_code`` is the short code printed on the letter: another one than the text has now is refused. Raises
    TooLarge or Invalid with what is wrong with the file, Conflict where no signature can be given now.
    """
    case = load_for_city(unit, reference)
    whose = party(unit, case.row, constituent)
    refuse_unless_signable(unit, case, constituent)
    version = freeze(unit, case.row, VersionReason.SIGNATURE)
    _check_code(version, version_code)
    attachment = keep_row(unit, case.row.id, LETTER, kept, "")
    revoke_running(unit, case.row.id, constituent)
    signature = Signature(
        **whose,
        application_id=case.row.id,
        version_id=version.id,
        attachment_id=attachment.id,
        method=SignatureMethod.PAPER,
        name=clean_line(name)[:200],
        title=clean_line(title)[:200],
        function=clean_line(function)[:200],
        wording=wording_of(unit, case.row),
        signed_at=unit.now,
    )
    keep(unit, case.row, signature, version)
    values: dict[str, Any] = {
        "signatory": signature.name,
        "version": version.short_code,
        "constituent": signature.constituent_name,
        "outstanding": outstanding(unit, case.row),
        "is_signatory": False,
        "is_on_paper": True,
    }
    announce(unit, "signed", case.row, **values)
    return attachment.reference


@command()
def confirm_letter(
    unit: Unit, *, actor: Actor, reference: str, constituent: int = WHOLE, seen: str | None = None
) -> None:
    """An officer has looked at the letter: signed, stamped, with the right code. ``seen``: see ``queries.seen``."""
    case, signature = _letter(unit, reference, constituent, seen)
    signature.confirmed_at, signature.confirmed_by_id = unit.now, actor.person_id
    unit.note("confirmed_letter", "application", case.row.id, signature=signature.id)


@command()
def refuse_letter(
    unit: Unit,
    *,
    actor: Actor,
    reference: str,
    reason: str,
    constituent: int = WHOLE,
    seen: str | None = None,
) -> None:
    """The letter cannot count; the city reads why and may sign again."""
    case, signature = _letter(unit, reference, constituent, seen)
    words = clean_text(reason)
    if not words:
        wrong = Text("Give a reason.")
        raise Invalid(wrong, {"reason": wrong})
    signature.refused_at, signature.refused_by_id, signature.refusal_reason = unit.now, actor.person_id, words
    unit.note("refused_letter", "application", case.row.id, signature=signature.id, reason=words)
    announce(unit, "paper_refused", case.row, reason=words, constituent=signature.constituent_name)


def _check_code(version: ApplicationVersion, typed: str | None) -> None:
    if typed is None:
        return
    code = tidy_short_code(typed)
    if code is None:
        words = Text("Type the version code of the letter, such as 7KQ4-M0ZT.")
        raise Invalid(words, {"version_code": words})
    if code != version.short_code:
        words = Text(
            "The letter carries the code %(code)s, but the application now has the code %(current)s. "
            "It was changed after the letter was printed: print, sign and upload a new letter.",
            code=code,
            current=version.short_code,
        )
        raise Conflict(words, {"version_code": words})


def _letter(unit: Unit, reference: str, constituent: int, seen: str | None) -> tuple[ApplicationCase, Signature]:
    """The letter that waits for a look. Raises NotFound, Forbidden or Conflict."""
    case = cases.load(unit, reference)
    require_seen(unit.actor, Permission.READ_AS_SECRETARIAT, case.facts)
    require(unit.actor, Permission.CHECK_APPLICATION, case.facts)
    refuse_unseen(unit, case.row, seen, "version", "letter")
    signature = live_signature(unit, case.row.id, constituent)
    if signature is None or signature.method is not SignatureMethod.PAPER or signature.confirmed_at is not None:
        raise Conflict(Text("There is no letter that waits for a look."))
    return case, signature
