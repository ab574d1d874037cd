"""The names of people in audiences."""

from __future__ import annotations

import re

from punt.database import ID_PATTERN, new_id
from punt.models.topics import SYSTEM_ADMINS, names_of


def test_nobody_hears_what_is_for_system_admins_by_the_name_of_their_id() -> None:
    names = [names_of("nora", False), names_of("nora", True), names_of(SYSTEM_ADMINS, False)]

    assert names == [{"nora"}, {"nora", SYSTEM_ADMINS}, set()]


def test_an_id_is_never_that_name() -> None:
    ids = [new_id() for _ in range(1000)]

    assert all(re.fullmatch(ID_PATTERN, each) for each in ids)
    assert not re.fullmatch(ID_PATTERN, SYSTEM_ADMINS)
