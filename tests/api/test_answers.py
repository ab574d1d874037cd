"""An answer shows what was committed, whatever others do before it is sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from punt.database import db
from tests.support.board import HARB, TICKETS, column_ids, made, ticket

Act = Callable[[FlaskClient, list[str]], Any]


def _edit(client: FlaskClient, ids: list[str]) -> Any:
    return client.patch(TICKETS, json={"ticketIds": ids, "updates": {"storyPoints": 3}})


def _move(client: FlaskClient, ids: list[str]) -> Any:
    updates = {"columnId": column_ids(client)[1], "storyPoints": 3}
    return client.patch(TICKETS, json={"ticketIds": ids, "updates": updates})


def _sort(client: FlaskClient, _: list[str]) -> Any:
    return client.post(f"{HARB}/columns/{column_ids(client)[0]}/sort", json={"by": "priority"})


def _restore(client: FlaskClient, ids: list[str]) -> Any:
    return client.post(f"{HARB}/bin/{ids[0]}/restore")


ACTS: dict[str, tuple[Act, int, list[int]]] = {
    "one edited": (_edit, 1, [0]),
    "many edited": (_edit, 5, [0, 1, 2, 3, 4]),
    "many moved": (_move, 5, [0, 1, 2, 3, 4]),
    "sorted": (_sort, 5, [4]),
    "restored": (_restore, 3, [0]),
}
"""What is done, with how many tickets, and the orders in the answer."""


@pytest.mark.parametrize("act", ACTS)
def test_an_answer_shows_what_was_committed_though_others_move_it_at_once(
    act: str, alice: FlaskClient, bob: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    do, count, orders = ACTS[act]
    away = made(alice, f"{HARB}/columns", name="Away")["id"]
    ids = [ticket(alice, f"{number}", priority=("Low", "High")[number > 0])["id"] for number in range(count)]
    if do is _restore:
        assert alice.delete(f"{TICKETS}/{ids[0]}").status_code == 204
    commit, moved = db.session.commit, list[int]()

    def commit_and_let_others_move_all() -> None:
        commit()
        monkeypatch.setattr(db.session, "commit", commit)
        moved.extend(bob.patch(f"{TICKETS}/{each}", json={"columnId": away}).status_code for each in ids)

    monkeypatch.setattr(db.session, "commit", commit_and_let_others_move_all)
    answer = do(alice, ids)

    assert moved == [200] * count
    assert answer.status_code == 200
    shown = answer.json if isinstance(answer.json, list) else [answer.json]
    assert [each["order"] for each in shown] == orders
    assert all(each["columnId"] != away for each in shown)
