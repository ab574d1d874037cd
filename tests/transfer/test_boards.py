"""Boards of lists and cards, including Trello's of 2014 and 2015: nothing is merged silently."""

from __future__ import annotations

import json
from typing import Any

import pytest

from punt.transfer.boards.cards import Plan
from punt.transfer.boards.trackers.trello import COLORS, read_trello
from punt.transfer.refusal import Refusal

LISTS = [{"id": "l", "name": "To Do"}]


def read(**board: Any) -> Plan:
    return read_trello(json.dumps({"name": "Board", "lists": LISTS, "cards": []} | board).encode())


def card(**more: Any) -> dict[str, Any]:
    return {"id": "c", "name": "Paint", "idList": "l"} | more


def test_labels_that_stand_on_cards_only_are_labels() -> None:
    plan = read(cards=[card(idLabels=["x"], labels=[{"id": "x", "name": "Bug", "color": "red"}])])

    assert plan.labels == {"Bug": COLORS["red"]}
    assert plan.cards[0].labels == ["Bug"]
    assert not plan.left


def test_labels_of_2014_have_no_ids_and_names_that_the_board_tells() -> None:
    labels = [{"name": "Bug", "color": "red"}, {"name": "", "color": "blue"}, {"name": "", "color": "green"}]

    plan = read(cards=[card(labels=labels)], labelNames={"red": "Bug", "blue": "Quay", "green": ""})

    assert plan.labels == {"Bug": COLORS["red"], "Quay": COLORS["blue"], "Green": COLORS["green"]}
    assert plan.cards[0].labels == ["Bug", "Quay", "Green"]


def test_checklists_that_only_their_cards_name_are_found() -> None:
    lists = [{"id": "k", "name": "Colours", "checkItems": [{"name": "Red", "state": "complete"}]}]

    plan = read(cards=[card(idChecklists=["k"])], checklists=lists)

    assert plan.cards[0].description == "**Colours**\n\n- [x] Red"


def test_shades_of_one_colour_stay_apart() -> None:
    shades = ["green", "green_dark", "green_light", "red_dark"]

    plan = read(labels=[{"id": shade, "name": "", "color": shade} for shade in shades])

    assert list(plan.labels) == ["Green", "Dark green", "Light green", "Red"]
    assert len(set(plan.labels.values())) == 4
    assert not plan.left


def test_named_labels_in_shades_of_one_colour_look_different() -> None:
    plan = read(labels=[{"id": "a", "name": "A", "color": "lime"}, {"id": "b", "name": "B", "color": "lime_dark"}])

    assert len(set(plan.labels.values())) == 2


def test_labels_and_lists_that_become_one_are_told() -> None:
    plan = read(
        labels=[
            {"id": "a", "name": "Bug", "color": "red"},
            {"id": "b", "name": "bug", "color": "blue"},
            {"id": "c", "name": "Bug", "color": "green"},
            {"id": "d", "name": "", "color": None},
        ],
        lists=[*LISTS, {"id": "m", "name": "to do"}, {"id": "n", "name": "To Do"}],
        cards=[card(idLabels=["a", "b"]), card(idList="m", idLabels=["c"])],
    )

    assert (plan.columns, plan.labels) == (["To Do"], {"Bug": COLORS["red"], "Label": None})
    assert plan.left == {
        "Label “bug”, made one with “Bug”": 1,
        "Label “Bug”, which is there more than once": 1,
        "Column “to do”, made one with “To Do”": 1,
        "Column “To Do”, which is there more than once": 1,
    }


def test_what_is_none_is_as_if_it_were_not_there() -> None:
    plan = read(
        labels=None,
        members=None,
        checklists=None,
        actions=None,
        cards=[card(desc=None, idLabels=None, idMembers=None, due=None, pos=None, attachments=None, closed=None)],
    )

    assert [each.title for each in plan.cards] == ["Paint"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b'{"name": "B", "lists": [], "cards": [], "pos": NaN}', "NaN is no number"),
        (b'{"name": "B", "lists": [], "cards": [{"id": "c"}]}', "cards.0.name is missing or wrong"),
        (b'{"name": "B", "lists": [], "cards": [5]}', "cards.0 is missing or wrong"),
        (b"[]", "its beginning is missing or wrong"),
        (b"\xff\xfe{\x00", "not valid JSON"),
        (b'{"name": 1' + b"0" * 5000 + b"}", "not valid JSON"),
    ],
)
def test_what_is_wrong_with_a_board_is_named(text: bytes, said: str) -> None:
    with pytest.raises(Refusal) as caught:
        read_trello(text)

    assert said in caught.value.message
