"""What the pictures of all pages are to show: whose pages, how many of each kind, and which have none and why."""

from __future__ import annotations

from collections.abc import Iterable

TALLEST = 9000  # pixels of a page that a picture shows; below it a list only goes on
MOST_GUESSES = 60  # objects with which a page is tried that no link led to
LOOKS = 3  # pages of one kind that are opened in search of links, for each person
# Pages that differ much from one object to the next: opened more often, and some of them pictured more than once.
MORE_LOOKS = {
    "applicant.applications.page": 12,
    "secretariat.applications.page": 16,
    "secretariat.calls.page": 6,
    "secretariat.cohorts.page": 6,
    "jury.files.gate": 8,
}
MORE_PICTURES = {
    "applicant.applications.page": 8,
    "applicant.sections.page": 12,
    "commission.desk.page": 2,
    "secretariat.calls.page": 4,
    "secretariat.cohorts.page": 4,
    "secretariat.applications.page": 5,
    "secretariat.announcement.lock": 2,
    "public.calls.page": 3,
    "secretariat.assignments.index": 3,
    "secretariat.decisions.index": 3,
    "secretariat.jurors.index": 2,
    "secretariat.ranking.page": 3,
    "secretariat.applications.index": 2,
    "secretariat.home.page": 2,
    "jury.reviews.read": 3,
    "jury.home.page": 3,
    "commission.files.page": 3,
}
# Why a page cannot be pictured in a demonstration as it stands.
NOT_PICTURED = {
    "account.second_factor.form": "asked only after a password alone; see tests/web/account",
    "account.second_factor.codes": "shown once, after codes were made",
    "applicant.files.download": "hands out a file",
    "commission.files.attachment": "hands out a file",
    "jury.calibration.download": "hands out a file",
    "jury.files.attachment": "hands out a file",
    "secretariat.calibration.download": "hands out a file",
    "signatory.signing.download": "hands out a file",
    "secretariat.exports.as_csv": "hands out a file",
    "secretariat.exports.as_json": "hands out a file",
    "secretariat.papers.evidence": "hands out a file",
    "applicant.files.caption": "needs a draft with a file; see tests/web/applicant",
    "applicant.files.remove": "needs a draft with a file; see tests/web/applicant",
    "commission.desk.index": "leads on to the desk of the one country",
    "account.mailed_code.enter_code": "stands between asking for a code and typing it",
    "account.password.sent": "stands after a form was sent",
    "account.registration.sent": "stands after a form was sent",
    "account.address.sent": "stands after a form was sent",
}
AUDIENCES = {
    "visitor": ("public", "account", "signatory", "demo"),
    "city": ("applicant", "account"),
    "commission": ("commission",),
    "jury": ("jury",),
    "secretariat": ("secretariat", "account"),
    "administrator": ("administration",),
}


def unexplained(missing: Iterable[str], roles: Iterable[str]) -> list[str]:
    """The pages without a picture and without a reason. Only a walk of all roles can tell: one leads to another's pages."""
    return sorted(set(missing) - NOT_PICTURED.keys()) if set(roles) == AUDIENCES.keys() else []
