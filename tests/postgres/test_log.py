"""The order of the log is the order of the commits, without gaps, whatever the transactions do."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from punt.database import db
from punt.events.log import Origin, log
from punt.events.publication import Draft
from punt.models import Label, Project
from tests.support.listener import Listener
from tests.support.postgres import PostgresPunt
from tests.support.rivals import Rival

EVENTS = "/api/projects/HARB/events"


def label(name: str, *, take_position: bool = False) -> None:
    project_id = db.session.scalars(sa.select(Project.id).where(Project.key == "HARB")).one()
    Label.create(project_id, name)
    if take_position:
        db.session.execute(sa.text("UPDATE event_head SET position = position"))  # the lock of the last step


def names(stream: Listener) -> list[str]:
    return [message["data"]["name"] for message in list(stream.messages)]


def positions(stream: Listener) -> list[int]:
    return [int(each.partition("-")[2]) for each in stream.ids]


def test_transactions_that_commit_in_the_opposite_order_of_their_writes_are_heard_in_commit_order(
    inside: Flask, punt: PostgresPunt
) -> None:
    with punt.streams_on_every_worker(punt.client("bob"), EVENTS) as streams:
        early = Rival(inside, lambda: label("written first")).wait_until_worked()
        late = Rival(inside, lambda: label("written second")).wait_until_worked()

        late.commit()
        for stream in streams:
            stream.wait_for(1)
        early.commit()
        for stream in streams:
            stream.wait_for(2)

    for stream in streams:
        assert names(stream) == ["written second", "written first"]
        assert positions(stream)[1] == positions(stream)[0] + 1


def test_a_transaction_that_gives_up_after_taking_its_position_leaves_no_hole(inside: Flask) -> None:
    with inside.app_context(), db.engine.connect() as connection:
        before = log.head(connection).position

    quitter = Rival(inside, _give_up_late).wait_until_worked()
    waiter = Rival(inside, lambda: label("kept")).wait_until_worked().begin_commit().wait_until_blocked()
    quitter.roll_back()
    waiter.commit()

    with inside.app_context(), db.engine.connect() as connection:
        [entry] = log.since(connection, before)
    assert entry.position == before + 1
    assert '"kept"' in entry.message


def test_whoever_waits_for_a_position_is_never_seen_before_its_holder(inside: Flask, punt: PostgresPunt) -> None:
    with Listener(punt.client("bob"), EVENTS) as stream:
        holder = Rival(inside, lambda: label("holder", take_position=True)).wait_until_worked()
        waiter = Rival(inside, lambda: label("waiter")).wait_until_worked().begin_commit().wait_until_blocked()

        holder.commit()
        waiter.commit()
        stream.wait_for(2)

    assert names(stream) == ["holder", "waiter"]
    assert positions(stream)[1] == positions(stream)[0] + 1


def _give_up_late() -> None:
    label("given up")
    log.append(db.session.connection(), [Draft("_given_up", "nowhere", {})], Origin())
