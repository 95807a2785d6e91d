"""A calibration round of a call: two invented files, scored alone, talked about, scored once more, closed."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.permissions import Actor
from gnlc_apply.queries.embargoed import calibration as rounds
from gnlc_apply.queries.embargoed import calibration_desk, roster
from gnlc_apply.scenarios import cast, invention
from gnlc_apply.scenarios.chain import CallRun
from gnlc_apply.services import calibration

# What the jury is to find of the two files, on the scale of 0 to 5.
QUALITIES = (2.4, 3.9)
LINK = "https://meeting.example/jury"


def plan(run: CallRun, begins_at: datetime, closed_at: datetime) -> None:
    """The round between these two moments, on the call's agenda; its jury must have accepted when it begins."""
    span = closed_at - begins_at
    talk_at = (begins_at + span * 0.6).replace(hour=13, minute=0)
    run.agenda.plan(begins_at, partial(_open, run, talk_at))
    run.agenda.plan(begins_at + span * 0.4, partial(_score, run, 1))
    run.agenda.plan(talk_at + timedelta(hours=2), partial(_talk, run))
    run.agenda.plan(begins_at + span * 0.8, partial(_score, run, 2))
    run.agenda.plan(closed_at, lambda: calibration.close(actor=_officer(run), call=run.call))


def _officer(run: CallRun) -> Actor:
    return run.people.actor(cast.OFFICER)


def _open(run: CallRun, talk_at: datetime) -> None:
    wanted = calibration.Plan(talk_at=talk_at, time_zone="Europe/Berlin", link=LINK, is_scored_twice=True)
    calibration.begin(actor=_officer(run), call=run.call, plan=wanted)
    for title, words in invention.bank()["calibration"]:
        text = f"{words}\n\n{invention.bank()['marker']}"
        calibration.add_file(actor=_officer(run), call=run.call, title=title, words=text)
    calibration.open_round(actor=_officer(run), call=run.call)


def _score(run: CallRun, turn: int) -> None:
    """Everybody scores, after the talk closer to one another; the last juror recognises the second city."""
    for place, email in enumerate(run.seated().jurors):
        actor, strict = run.people.actor(email), (0.9, -0.7)[place] if place < 2 else 0.1
        found = rounds.my_round(actor, clock.now(), run.call)
        db.release()
        for file, quality in zip(found.files, QUALITIES, strict=True):
            if place == len(run.seated().jurors) - 1 and file.number == 2:
                if turn == 1:
                    calibration.recognise(actor=actor, call=run.call, file=file.reference)
                continue
            scores = invention.scores(found.guide, quality, strict / turn, quality > 3, turn, email, file.number)
            words = invention.paragraph(email, turn, file.number)
            work = partial(calibration.submit, scores=scores, paragraph=words, revision=0)
            work(actor=actor, call=run.call, file=file.reference)


def _talk(run: CallRun) -> None:
    officer = _officer(run)
    calibration.end_scoring(actor=officer, call=run.call)
    desk = calibration_desk.desk(officer, clock.now(), roster.call_head(officer, clock.now(), run.call))
    there = [one.reference for one in desk.scorers] if desk else []
    db.release()
    agreed = f"{invention.bank()['agreed']} {invention.bank()['marker']}"
    calibration.record_talk(actor=officer, call=run.call, held_on=clock.today(), present=there, notes=agreed)
    calibration.open_second(actor=officer, call=run.call)
