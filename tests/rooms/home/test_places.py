"""Which places the bar shows to whom."""

import pytest

from docflow.accounts.rules import PERMISSIONS, Role
from docflow.bootstrap import CAPABILITIES
from docflow.home.rules import PLACES, places_of
from docflow.web.shell import BAR_LENGTH

ENTRIES = {entry.endpoint: entry for capability in CAPABILITIES for entry in capability.menu}


@pytest.mark.parametrize("role", Role)
def test_every_place_of_a_role_exists_and_is_open_to_it(role: Role) -> None:
    assert 0 < len(PLACES[role]) <= BAR_LENGTH
    for endpoint in PLACES[role]:
        assert ENTRIES[endpoint].permission in PERMISSIONS[role], endpoint


def test_whoever_has_several_roles_is_shown_the_first_places_of_each_once() -> None:
    places = places_of({Role.ARCHIVIST, Role.ADMIN})

    assert places[:4] == ["search.page", "settings.every", "records.case_files", "admin.people"]
    assert len(places) == len(set(places))
    assert places_of([]) == []
