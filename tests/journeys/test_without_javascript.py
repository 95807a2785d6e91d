"""Without JavaScript: the same pages, the same acts, for a city, its mayor, a Commission, the secretariat and a juror."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from gnlc_apply.core import clock
from gnlc_apply.scenarios import cast, places
from tests.journeys import jury, roles
from tests.journeys.ground import Ground
from tests.journeys.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]


def test_the_whole_way_without_a_script(site: Site) -> None:
    ground = Ground(site)
    commission_email = ground.people.commission("TUR")
    official = roles.official(site, has_script=False)
    assert official.page.evaluate("document.documentElement.classList.contains('js-enabled')") is False
    reference = roles.begin(official)
    roles.fill_form(official, reference)
    roles.add_file(official, reference)
    official.open(f"/applications/{reference}/check")
    official.does_not_read("still need your attention")
    roles.ask_signature(official, reference)
    signatory = roles.mayor(site, has_script=False)
    roles.sign(signatory)
    signatory.reads("Thank you. You have signed.")
    roles.submit(official, reference)
    assert official.download("Receipt as PDF").startswith(b"%PDF-")

    roles.endorse(ground.before_browser(commission_email, has_script=False), reference)
    roles.find_eligible(ground.before_browser(cast.OFFICER, has_script=False), reference)

    applicant = ground.run.applicant(replace(places.invented(0), name=roles.PLACE, country="TUR"))
    applicant.reference = reference
    ground.run.invite_jury()
    ground.run.accept_jury()
    ground.run.seated().assign(clock.now() + timedelta(days=30))
    reader = next(email for email in ground.run.seated().jurors if ground.run.seated().files_of(email))
    juror = ground.before_browser(reader, has_script=False)
    jury.reads_everything(juror, {roles.PLACE: 4})
    juror.open("/jury")
    juror.reads(roles.PLACE)
