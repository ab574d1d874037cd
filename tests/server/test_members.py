"""Several people change the members of a project at the same moment: there is always an owner left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.conftest import running_on
from tests.support.server import Server

MEMBERS = "/api/projects/HARB/members"
ROUNDS = 10

Act = Callable[[httpx.Client, str], httpx.Response]


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def crowded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with three workers, on either database."""
    folder = tmp_path_factory.mktemp("crowded") / "instance"
    with running_on(request.param, request, folder, 3, {}) as server:
        yield server


def demote(client: httpx.Client, place: str) -> httpx.Response:
    return client.patch(f"{MEMBERS}/{place}", json={"role": "admin"})


def remove(client: httpx.Client, place: str) -> httpx.Response:
    return client.delete(f"{MEMBERS}/{place}")


def owners(sue: httpx.Client) -> dict[str, str]:
    """Return the memberships of the owners by username."""
    members = sue.get(MEMBERS).json()
    return {each["user"]["username"]: each["id"] for each in members if each["role"] == "owner"}


def both_own(sue: httpx.Client) -> dict[str, str]:
    """Make Alice and Charlie the owners."""
    for username in ("alice", "charlie"):
        sue.post(MEMBERS, json={"username": username, "role": "owner"})
    for member in sue.get(MEMBERS).json():
        if member["user"]["username"] in {"alice", "charlie"}:
            sue.patch(f"{MEMBERS}/{member['id']}", json={"role": "owner"})
    return owners(sue)


@pytest.mark.parametrize(
    ("act", "whom", "statuses"),
    [
        (demote, ("charlie", "alice"), [200, 403]),
        (remove, ("charlie", "alice"), [204, 404]),
        (remove, ("alice", "charlie"), [204, 409]),
    ],
    ids=["demote each other", "remove each other", "leave"],
)
def test_of_two_owners_who_act_at_once_one_stays(
    crowded: Server, act: Act, whom: tuple[str, str], statuses: list[int]
) -> None:
    sue, alice, charlie = (crowded.client(name) for name in ("sue", "alice", "charlie"))

    for _ in range(ROUNDS):
        places = both_own(sue)
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(act, (alice, charlie), [places[name] for name in whom]))

        assert sorted(answer.status_code for answer in answers) == statuses
        assert len(owners(sue)) == 1
