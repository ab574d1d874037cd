"""Many people move to one spot at once, until its column is spread meanwhile, again and again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import Random

import sqlalchemy as sa

from punt.models.rank import LONGEST
from tests.server import on_both
from tests.support.audit import database_of, head_of
from tests.support.listener import Listener
from tests.support.mirror import Mirror
from tests.support.server import Server

HARB = "/api/projects/HARB"
TICKETS = f"{HARB}/tickets"
MOVERS, MOVES = 5, 40


def crowd(server: Server, ids: list[str], spot: str) -> None:
    """Give tickets the ranks that they have before their column is spread: there is room for a few moves only."""
    ranks = [f"a0{'z' * (LONGEST - 4 - len(ids) + nth)}V" for nth, _ in enumerate(ids)]
    with database_of(server) as connection:
        for each, rank in zip([*ids, spot], [*ranks, "a1"], strict=True):
            connection.execute(sa.text("UPDATE ticket SET rank = :rank WHERE id = :id"), {"rank": rank, "id": each})


@on_both
def test_while_rivals_move_to_one_spot_no_move_is_lost_and_every_screen_is_right(serve: Callable[..., Server]) -> None:
    server = serve(workers=2)
    alice, bob = server.client("alice"), server.client("bob")
    first = alice.get(f"{HARB}/columns").json()[0]["id"]
    *ids, spot = [alice.post(TICKETS, json={"title": str(nth)}).json()["id"] for nth in range(20)]
    crowd(server, ids, spot)

    def storm(nth: int) -> Counter[int]:
        client, random, statuses = server.client("bob"), Random(nth), Counter[int]()
        for turn in range(MOVES):
            mover = random.choice(ids)
            if turn % 40 == 39:
                answer = alice.post(f"{HARB}/columns/{first}/sort", json={"by": "priority"})
            elif turn % 11 == 10:
                some = {"ticketIds": random.sample(ids, 5), "updates": {"before": spot}}
                answer = client.patch(TICKETS, json=some)
            else:
                answer = client.patch(f"{TICKETS}/{mover}", json={random.choice(("before", "before", "after")): spot})
            statuses[answer.status_code] += 1
        return statuses

    with Listener(bob, f"{HARB}/events") as stream:
        mirror = Mirror.of(bob, "HARB")
        with ThreadPoolExecutor(MOVERS) as pool:
            statuses = sum(pool.map(storm, range(MOVERS)), Counter[int]())
        stream.wait_until_at(head_of(server))
    for message in stream.messages:
        mirror.apply(message)

    assert set(statuses) == {200}
    assert any("actorId" not in message for message in stream.messages), "the column was never spread"
    assert mirror.board() == Mirror.of(bob, "HARB").board()
    with database_of(server) as connection:
        ranks = connection.scalars(sa.text("SELECT rank FROM ticket")).all()
    assert len(ranks) == len(ids) + 1
    assert max(map(len, ranks)) <= LONGEST
