"""While everything is being replaced, reading continues and writing waits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from flask import Flask

from punt.database import db
from punt.models.wipe import wipe_everything
from tests.support.board import HARB, TICKETS
from tests.support.cast import signed_in
from tests.support.rivals import Rival
from tests.support.wait import until


def test_reading_goes_on_while_everything_is_being_replaced_and_writing_waits(inside: Flask) -> None:
    alice, bob = signed_in(inside, "alice"), signed_in(inside, "bob")
    wipe = Rival(inside, lambda: wipe_everything(db.session())).wait_until_worked()

    with ThreadPoolExecutor(2) as pool:
        write = pool.submit(alice.post, TICKETS, json={"title": "Patience"})
        read = pool.submit(bob.get, f"{HARB}/columns").result(5)
        until(lambda: _waiting_for_their_turn(inside), seconds=20, what="the writer to wait")
        waited = not write.done()
        wipe.roll_back()
        written = write.result(20)

    assert read.status_code == 200
    assert waited
    assert written.status_code == 201


def _waiting_for_their_turn(app: Flask) -> bool:
    query = db.text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    with app.app_context(), db.engine.connect() as connection:
        return bool(connection.scalar(query))
