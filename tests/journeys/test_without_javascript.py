"""Without JavaScript: the same story on the same pages, every role of it in a browser that runs no script."""

from __future__ import annotations

import pytest

from tests.journeys.site import Site
from tests.journeys.story import one_city_with_every_role

pytestmark = [pytest.mark.browser, pytest.mark.postgres, pytest.mark.slow, pytest.mark.timeout(400)]

_HAS_SCRIPT = "document.documentElement.classList.contains('js-enabled')"


def test_the_whole_way_without_a_script(site: Site) -> None:
    site.has_scripts = False
    official = one_city_with_every_role(site)
    assert official.page.evaluate(_HAS_SCRIPT) is False
