"""A file is imported once on PostgreSQL, too, however many request it at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from flask import Flask

from tests.support.board import TICKETS
from tests.support.cast import signed_in
from tests.support.importing import upload

MANY = "Summary,Issue key,Parent,Labels\n" + "".join(f"Barrel {nth},B-{nth},B-{nth // 2},quay\n" for nth in range(150))


def test_what_is_asked_for_by_several_at_once_is_imported_once(inside: Flask) -> None:
    alice = signed_in(inside, "alice")
    address = upload(alice, MANY).location
    clients = [signed_in(inside, "alice") for _ in range(4)]

    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(lambda client: client.post(address, data={"do": "take"}), clients))

    assert {(answer.status_code, answer.location) for answer in answers} == {(303, address)}
    found = {each["title"]: each for each in alice.get(f"{TICKETS}?q=Barrel").json or ()}
    assert len(found) == 150
    assert len(alice.get(f"{TICKETS}?q=Barrel").json or ()) == 150
    assert found["Barrel 149"]["parentId"] == found["Barrel 74"]["id"]
    assert "Imported: 150 new tickets" in alice.get(address).text
