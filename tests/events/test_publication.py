"""Which events a change is: decided without an app and without a database."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from punt.events.publication import Change, Draft, Publication, camel, recheck


@dataclass
class Boat:
    """Something that publishes."""

    id: str = "b1"
    harbour: str = "h1"


BOATS = Publication(
    noun="boat",
    topic=lambda boat: f"harbour:{boat.harbour}",
    data=lambda boat: {"id": boat.id, "harbour": boat.harbour},
    project=lambda boat: boat.harbour,
    moving=frozenset({"berth_id", "depth"}),
)


@pytest.mark.parametrize(
    ("attributes", "verbs"),
    [
        ({"name"}, ("updated",)),
        ({"name", "sail_color", "version"}, ("updated",)),
        ({"berth_id"}, ("moved",)),
        ({"berth_id", "depth", "updated_at"}, ("moved",)),
        ({"berth_id", "name"}, ("moved", "updated")),
        ({"version", "updated_at"}, ()),
        (set(), ()),
    ],
)
def test_an_update_is_moved_updated_both_or_nothing(attributes: set[str], verbs: tuple[str, ...]) -> None:
    assert BOATS.verbs(Change.UPDATED, frozenset(attributes)) == verbs


@pytest.mark.parametrize("change", [Change.CREATED, Change.DELETED])
def test_what_is_created_or_deleted_is_that_alone_whatever_attributes_changed(change: Change) -> None:
    assert BOATS.verbs(change, frozenset({"berth_id", "name"})) == (change.value,)


def test_a_creation_carries_the_whole_object() -> None:
    drafts = BOATS.drafts(Boat(), Change.CREATED, frozenset())

    assert drafts == [Draft("boat.created", "harbour:h1", {"id": "b1", "harbour": "h1"}, project_id="h1")]


def test_a_deletion_carries_the_id_and_nothing_else() -> None:
    [draft] = BOATS.drafts(Boat(), Change.DELETED, frozenset())

    assert draft.data == {"id": "b1"}


def test_a_change_that_moves_and_edits_says_in_each_event_what_belongs_to_it() -> None:
    moved, updated = BOATS.drafts(Boat(), Change.UPDATED, frozenset({"berth_id", "sail_color", "version"}))

    assert (moved.type, moved.changed) == ("boat.moved", ("berthId",))
    assert (updated.type, updated.changed) == ("boat.updated", ("sailColor",))


def test_a_model_without_a_noun_gives_only_its_further_events() -> None:
    publication = Publication(noun=None, also=lambda *_: [recheck("access:u1")])

    drafts = publication.drafts(Boat(), Change.DELETED, frozenset())

    assert [(draft.type, draft.rechecks) for draft in drafts] == [("_recheck", True)]


@pytest.mark.parametrize(
    ("name", "wire"), [("column_id", "columnId"), ("rank", "rank"), ("wip_limit_max", "wipLimitMax")]
)
def test_names_on_the_wire_are_in_camel_case(name: str, wire: str) -> None:
    assert camel(name) == wire
