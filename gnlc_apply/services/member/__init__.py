"""The registry's own acts: states, cities, memberships as periods, and the lists they come from."""

from gnlc_apply.services.member.cities import CityChanges, NewCity, correct_city, create_cities, create_city
from gnlc_apply.services.member.importing import (
    Imported,
    import_members,
    import_published_figures,
    import_states,
    known_cities,
)
from gnlc_apply.services.member.periods import begin_membership, begin_memberships, end_membership, note_later_list

__all__ = [
    "CityChanges",
    "Imported",
    "NewCity",
    "begin_membership",
    "begin_memberships",
    "correct_city",
    "create_cities",
    "create_city",
    "end_membership",
    "import_members",
    "import_published_figures",
    "import_states",
    "known_cities",
    "note_later_list",
]
