"""One city from the start page to the registry, with every role, each on real pages."""

from __future__ import annotations

import pytest

from tests.journeys.site import Site
from tests.journeys.story import one_city_with_every_role

pytestmark = [pytest.mark.browser, pytest.mark.postgres, pytest.mark.slow, pytest.mark.timeout(400)]


def test_one_city_with_every_role(site: Site) -> None:
    one_city_with_every_role(site)
