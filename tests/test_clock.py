"""A clock that was once ahead: what it wrote is not trusted afterwards, and is corrected."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from punt.access.last_used import uses
from punt.api.health import _feed_age
from punt.database import SKEW, Base, Timestamp, db, now, writing
from punt.errors import TooMany
from punt.events import metrics
from punt.events.log import LoggedEvent, log
from punt.models import (
    ApiToken,
    AuditEntry,
    BinnedTicket,
    IdempotencyKey,
    PresenceLease,
    RateCounter,
    User,
    UserSession,
)
from punt.models.api_token import Scope
from punt.models.moments import BEGINNINGS, ELSEWHERE, TERMS
from punt.services import sign_in, waiting_room
from punt.services.waiting_room import WaitingRoom
from tests.support.board import HARB, TICKETS, ticket
from tests.support.cast import PASSWORD, signed_in
from tests.support.clock import Clock
from tests.support.export_file import export, take

AHEAD = [{"days": 1}, {"minutes": 10}, {"days": 3650}]


def tidy(app: Flask) -> None:
    """Let the keeper run."""
    with app.app_context():
        app.extensions["punt_events"].keeper.tidy()


def everything(query: Any) -> list[Any]:
    """Read rows in a transaction of their own."""
    with db.engine.connect() as connection:
        return list(connection.execute(query))


def sign_in_as(app: Flask, username: str, password: str) -> Any:
    """Try to sign in."""
    return app.test_client().post("/api/auth/login", json={"username": username, "password": password})


@pytest.mark.parametrize("ahead", AHEAD)
def test_tries_that_a_clock_counted_which_was_ahead_keep_nobody_out(
    limited: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch, ahead: dict[str, float]
) -> None:
    monkeypatch.setattr(sign_in, "ACCOUNT_TRIES", 3)
    clock.set(**ahead)
    assert [sign_in_as(limited, "bob", "wrong").status_code for _ in range(4)] == [401, 401, 401, 429]

    clock.set()

    assert sign_in_as(limited, "bob", PASSWORD).status_code == 200
    answers = [sign_in_as(limited, "bob", "wrong") for _ in range(4)]
    assert [each.status_code for each in answers] == [401, 401, 401, 429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= sign_in.WINDOW


@pytest.mark.parametrize("ahead", AHEAD)
def test_a_window_begins_anew_on_either_database(either: Flask, clock: Clock, ahead: dict[str, float]) -> None:
    with either.app_context():
        clock.set(**ahead)
        with writing():
            RateCounter.count("door", limit=1, seconds=60)
        clock.set()

        RateCounter.refuse_spent([("door", 1)], seconds=60)
        db.session.rollback()
        with writing():
            RateCounter.count("door", limit=1, seconds=60)

        with pytest.raises(TooMany) as caught, writing():
            RateCounter.count("door", limit=1, seconds=60)
        assert 0 < caught.value.seconds <= 60


def test_clocks_that_differ_a_little_count_together_and_nobody_is_told_to_wait_for_longer_than_a_window(
    app: Flask, clock: Clock
) -> None:
    with app.app_context():
        clock.set(seconds=30)
        with writing():
            RateCounter.count("door", limit=1, seconds=60)
        clock.set()

        with pytest.raises(TooMany) as caught:
            RateCounter.refuse_spent([("door", 1)], seconds=60)

    assert caught.value.seconds == 60


def test_counters_of_a_clock_that_was_ahead_are_swept_away(app: Flask, clock: Clock) -> None:
    with app.app_context():
        clock.set(days=3650)
        with writing():
            RateCounter.count("far", limit=1, seconds=60)
        clock.set()

        tidy(app)

        assert not everything(sa.select(RateCounter.bucket))


@pytest.mark.parametrize("ahead", AHEAD)
def test_who_was_there_while_the_clock_was_ahead_goes_when_they_go(
    either: Flask, clock: Clock, ahead: dict[str, float]
) -> None:
    alice, bob = signed_in(either, "alice"), signed_in(either, "bob")
    clock.set(**ahead)
    with either.app_context(), writing() as session:
        ids = dict(session.execute(sa.select(User.username, User.id)).tuples().all())
        project_id = session.scalar(sa.text("SELECT id FROM project WHERE key = 'HARB'"))
        for name in ("alice", "bob"):
            lease = {"project_id": project_id, "user_id": ids[name], "tab_id": "one"}
            session.add(PresenceLease(**lease, expires_at=now() + timedelta(seconds=45)))
    clock.set()

    there: Any = alice.put(f"{HARB}/presence", json={}, headers={"X-Tab-Id": "one"}).json

    assert [each["username"] for each in there["people"]] == ["alice"]
    with either.app_context():
        (lease,) = everything(sa.select(PresenceLease.user_id, PresenceLease.expires_at))
        assert lease.expires_at <= now() + timedelta(seconds=45)
    there = bob.put(f"{HARB}/presence", json={}, headers={"X-Tab-Id": "one"}).json
    assert [each["username"] for each in there["people"]] == ["alice", "bob"]


def test_a_use_that_a_clock_noted_which_was_ahead_is_noted_again(app: Flask, clock: Clock) -> None:
    bob = signed_in(app, "bob")
    with app.app_context(), writing() as session:
        session.execute(sa.update(UserSession).values(used_at=now() + timedelta(days=1)))

    bob.get("/api/me")
    with app.app_context():
        uses().write()
        used = everything(sa.select(UserSession.used_at))

        assert all(row.used_at <= now() for row in used)


def test_an_export_that_came_in_while_the_clock_was_ahead_waits_no_longer_than_others(tmp_path: Path) -> None:
    room = WaitingRoom(tmp_path)
    (tmp_path / "imports").mkdir()
    path = tmp_path / "imports" / ("a" * 32)
    path.touch()
    future = time.time() + 86_400
    os.utime(path, (future, future))

    assert room.sweep() == 0
    assert path.stat().st_mtime <= time.time()
    os.utime(path, (time.time() - waiting_room.KEPT - 1,) * 2)
    assert room.sweep() == 1


def test_what_a_clock_wrote_that_was_ahead_begins_at_this_moment(either: Flask, clock: Clock) -> None:
    alice = signed_in(either, "alice")
    clock.set(days=3650)
    ahead = signed_in(either, "bob")
    gone = ticket(ahead)["id"]
    ahead.post(TICKETS, json={"title": "once"}, headers={"Idempotency-Key": "k"})
    ahead.delete(f"{TICKETS}/{gone}")
    with either.app_context(), writing() as session:
        bob = session.scalars(sa.select(User).where(User.username == "bob")).one()
        ApiToken.issue(bob, name="robot", scope=Scope.READ, days=30)
    clock.set()

    tidy(either)

    with either.app_context():
        present = now()
        for moment in (*BEGINNINGS, LoggedEvent.created_at, UserSession.created_at, ApiToken.created_at):
            found = [row[0] for row in everything(sa.select(moment)) if row[0]]
            assert all(each <= present for each in found), moment
        for kind, days in ((UserSession, 30), (ApiToken, 30)):
            ends = [row[0] for row in everything(sa.select(kind.expires_at))]
            assert ends
            assert all(present < each + timedelta(days=1) for each in ends)
            assert all(each <= present + timedelta(days=days) for each in ends)
        counted = [
            everything(sa.select(sa.func.count()).select_from(kind))[0][0] for kind in (BinnedTicket, IdempotencyKey)
        ]
    assert counted == [1, 1]
    binned: Any = alice.get(f"{HARB}/bin").json
    assert binned[0]["deletedAt"] <= present.isoformat()
    assert alice.post(f"{HARB}/bin/{gone}/restore").status_code == 200


def test_nothing_that_began_lately_is_touched(app: Flask) -> None:
    ticket(signed_in(app, "bob"))
    soon = now() + SKEW / 2
    with app.app_context():
        with writing() as session:
            session.execute(sa.update(UserSession).values(created_at=soon, used_at=soon))
        before = everything(sa.select(UserSession)), everything(sa.select(AuditEntry))

        tidy(app)

        assert (everything(sa.select(UserSession)), everything(sa.select(AuditEntry))) == before


def test_events_of_a_clock_that_was_ahead_do_not_keep_the_log_from_being_pruned(either: Flask, clock: Clock) -> None:
    alice = signed_in(either, "alice")
    with either.app_context(), writing() as session:
        log.clear(session.connection())
    clock.set(days=3650)
    ahead = signed_in(either, "bob")
    for _ in range(3):
        ticket(ahead)
    clock.set()
    ticket(alice)

    with either.app_context():
        with writing() as session:
            assert log.prune(session.connection(), now() - timedelta(days=1), 100_000, 2) == 0
        with writing() as session:
            forgotten = log.prune(session.connection(), now() + timedelta(milliseconds=1), 100_000, 2)
        left = everything(sa.select(LoggedEvent.position))

    assert (forgotten, len(left)) == (2, 2)


def test_an_import_brings_no_future(either: Flask, clock: Clock, tmp_path: Path) -> None:
    clock.set(days=365)
    ahead = signed_in(either, "bob")
    ahead.delete(f"{TICKETS}/{ticket(ahead)['id']}")
    file = export(either, tmp_path / "ahead.punt")
    clock.set()

    take(either, file)

    with either.app_context():
        for moment in (BinnedTicket.deleted_at, AuditEntry.at):
            assert all(row[0] <= now() for row in everything(sa.select(moment)))


def test_every_moment_that_is_stored_is_put_right_or_needs_not_be() -> None:
    mended = {(moment.class_.__tablename__, moment.key) for moment in BEGINNINGS}
    mended |= {(kind.__tablename__, name) for kind in TERMS for name in ("created_at", "expires_at")}
    stored = {
        (table.name, column.name)
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, Timestamp)
    }

    unknown = {each for each in stored - mended if each[0] not in ELSEWHERE and ".".join(each) not in ELSEWHERE}

    assert not unknown
    assert mended <= stored


def test_a_feed_that_read_the_log_at_a_moment_to_come_is_old(clock: Clock) -> None:
    metrics.feed_checked.set(time.time() + 86_400)

    told = _feed_age().decode()

    metrics.feed_checked.set(0)
    assert float(told.split()[-1]) > 86_000


def test_who_signed_in_while_the_clock_was_ahead_signs_in_again_at_once(app: Flask, clock: Clock) -> None:
    clock.set(days=1)
    browser = app.test_client()
    who = {"username": "bob", "password": PASSWORD}
    browser.post("/api/auth/login", json=who)
    clock.set()

    assert browser.get("/api/me").status_code == 401
    assert browser.post("/api/auth/login", json=who).status_code == 200
    assert browser.get("/api/me").status_code == 200


def test_a_clock_that_falls_back_for_a_while_signs_nobody_out_for_good(app: Flask, clock: Clock) -> None:
    bob = app.test_client()
    bob.post("/api/auth/login", json={"username": "bob", "password": PASSWORD})

    clock.set(days=-1)
    tidy(app)
    bob.get("/api/me")
    clock.set()

    assert bob.get("/api/me").status_code == 200
