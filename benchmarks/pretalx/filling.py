"""Fill pretalx with as many rows as the product's instance has. Runs in pretalx's own environment and imports nothing of ours.

Reads ``{"submissions", "reviewers", "readers", "listed"}`` from the standard input; writes to the standard output what the
measuring needs: the codes of the proposals, and the session cookies of a speaker, the reviewers and an organiser.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from dataclasses import dataclass
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pretalx.settings")
django.setup()

from django.conf import settings  # noqa: E402 (Django must be set up before its models are imported)
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.utils.timezone import now  # noqa: E402
from django_scopes import scope, scopes_disabled  # noqa: E402
from pretalx.event.models import Event, Team  # noqa: E402
from pretalx.event.utils import create_organiser_with_team  # noqa: E402
from pretalx.person.models import SpeakerProfile, User  # noqa: E402
from pretalx.submission.models import Review, ReviewScore, ReviewScoreCategory, Submission  # noqa: E402

SLUG = "bench"
CRITERIA = 7
HIGHEST = 5
WORDS = "learning city lifelong practice partners inclusion plan figures evidence mayor citizens schools libraries " * 8


@dataclass(frozen=True)
class Wanted:
    """How many rows to make; ``listed`` proposals are confirmed and in the public programme."""

    submissions: int
    reviewers: int
    readers: int
    listed: int


def fill(wanted: Wanted) -> dict[str, Any]:
    """Make everything and say what there is."""
    organiser = _user("organiser")
    organiser.is_administrator = True
    organiser.save()
    event = _event(organiser)
    with scope(event=event):
        speakers = [_user(f"speaker{n}") for n in range(wanted.submissions)]
        SpeakerProfile.objects.bulk_create(
            SpeakerProfile(user=speaker, event=event, biography=WORDS) for speaker in speakers
        )
        proposals = [_proposal(event, speaker, number) for number, speaker in enumerate(speakers)]
        reviewers = _reviewers(event, wanted.reviewers)
        given = _reviews(event, proposals, reviewers, wanted.readers)
        _programme(event, proposals[: wanted.listed])
    return {
        "event": SLUG,
        "codes": [proposal.code for proposal in proposals[wanted.listed :]],
        "listed": [proposal.code for proposal in proposals[: wanted.listed]],
        "organiser": _cookie(organiser),
        "speakers": [_cookie(speaker) for speaker in speakers[-100:]],
        "speakers_codes": [proposal.code for proposal in proposals[-100:]],
        "reviewers": [_cookie(reviewer) for reviewer in reviewers],
        "read": given,
    }


def _user(name: str) -> User:
    # Not create_user: a thousand real hashes of passwords would take minutes, and nobody signs in by password here.
    user = User(name=f"{name} of the bench", email=f"{name}@bench.example", locale="en", timezone="UTC")
    user.set_unusable_password()
    user.save()
    return user


def _event(organiser: User) -> Event:
    company, team = create_organiser_with_team(name="Bench", slug="benchorg", users=[organiser])
    team.can_change_event_settings = team.can_change_submissions = True
    team.save()
    with scopes_disabled():
        event = Event.objects.create(
            name="Bench",
            slug=SLUG,
            organiser=company,
            is_public=True,
            date_from=(now() + dt.timedelta(days=60)).date(),
            date_to=(now() + dt.timedelta(days=62)).date(),
            timezone="UTC",
            email="bench@bench.example",
            locale_array="en",
            locale="en",
        )
    with scope(event=event):
        event.build_initial_data()
        team.limit_events.add(event)
        event.cfp.deadline = now() + dt.timedelta(days=30)
        event.cfp.save()
        event.score_categories.all().delete()
        for number in range(CRITERIA):
            category = ReviewScoreCategory.objects.create(
                event=event, name=f"Criterion {number}", weight=1, required=True
            )
            ReviewScore.objects.bulk_create(
                ReviewScore(category=category, value=value, label=f"what a {value} looks like")
                for value in range(HIGHEST + 1)
            )
        phase = event.active_review_phase
        phase.can_see_other_reviews = "always"
        phase.can_review = True
        phase.save()
    return event


def _proposal(event: Event, speaker: User, number: int) -> Submission:
    proposal = Submission.objects.create(
        event=event,
        title=f"City {number} learns",
        submission_type=event.cfp.default_type,
        abstract=WORDS,
        description=WORDS * 4,
        notes=WORDS,
        content_locale="en",
    )
    proposal.speakers.add(speaker)
    return proposal


def _reviewers(event: Event, count: int) -> list[User]:
    team = Team.objects.create(organiser=event.organiser, name="Reviewers", is_reviewer=True)
    team.limit_events.add(event)
    reviewers = [_user(f"reviewer{n}") for n in range(count)]
    team.members.add(*reviewers)
    return reviewers


def _reviews(event: Event, proposals: list[Submission], reviewers: list[User], readers: int) -> list[tuple[int, str]]:
    """Each proposal read by so many; the last reviews of each reviewer are named, to be opened and saved again."""
    scores = [list(category.scores.order_by("value")) for category in event.score_categories.all()]
    through, links, given = Review.scores.through, [], []
    for number, proposal in enumerate(proposals):
        for reader in range(readers):
            chosen = (number + reader * 7) % len(reviewers)
            picked = [options[(number + reader + place) % (HIGHEST + 1)] for place, options in enumerate(scores)]
            review = Review(submission=proposal, user=reviewers[chosen], text=WORDS)
            review.score = sum(score.value * score.category.weight for score in picked)
            given.append((chosen, proposal.code, review, picked))
    Review.objects.bulk_create(review for _, _, review, _ in given)
    for _, _, review, picked in given:
        links += [through(review_id=review.pk, reviewscore_id=score.pk) for score in picked]
    through.objects.bulk_create(links, batch_size=5_000)
    return [(chosen, code) for chosen, code, _, _ in given[-200:]]


def _programme(event: Event, proposals: list[Submission]) -> None:
    room, begins = event.rooms.create(name="Hall", position=0), event.datetime_from + dt.timedelta(hours=8)
    for number, proposal in enumerate(proposals):
        proposal.accept()
        proposal.confirm()
        slot = proposal.slots.first()
        slot.start = begins + dt.timedelta(minutes=10 * number)
        slot.end = slot.start + dt.timedelta(minutes=10)
        slot.room = room
        slot.save()
    event.wip_schedule.freeze("v1")


def _cookie(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


if __name__ == "__main__":
    json.dump(fill(Wanted(**json.load(sys.stdin))), sys.stdout)
