"""How a process learns that another one has appended to the log. A ring carries no data."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from typing import Any, Protocol

import gevent
import sqlalchemy as sa

SQLITE_INTERVAL, SQLITE_SHORTEST = 0.015, 0.001
"""Seconds between two reads of SQLite's change counter, 2 µs each: while nothing happens, and right after a change."""
SQLITE_EAGER = 40
"""Reads at the shortest interval after a change; some of that time is spent sending what changed."""
CHANNEL = "punt_events"
PROBE_INTERVAL, PROBE_PATIENCE = 5.0, 2.0
"""Seconds of silence after which the server behind a bell is probed, and seconds that its response may take."""

Ring = Callable[[], None]


class Doorbell(Protocol):
    """Listens for rings from other processes."""

    def listen(self, ring: Ring) -> None:
        """Call ``ring`` once at the start and after each change, for ever; raise an error if the bell fails."""


class SqliteDoorbell:
    """Watches ``PRAGMA data_version``, which changes whenever another connection commits.

    :param path: the database file; the bell has a connection of its own to it.
    :param sleep: how it waits. In a thread of a process that ends, gevent's would still run a loop and crash it.
    """

    def __init__(self, path: str, sleep: Callable[[float], object] = gevent.sleep) -> None:
        self._path, self._sleep = path, sleep

    def listen(self, ring: Ring) -> None:
        with closing(sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)) as connection:
            version, pause, eager = None, SQLITE_INTERVAL, 0
            while True:
                seen = connection.execute("PRAGMA data_version").fetchone()[0]
                if seen != version:  # where one change is, the next is soon
                    version, eager = seen, SQLITE_EAGER
                    ring()
                pause = SQLITE_SHORTEST if eager else min(pause * 2, SQLITE_INTERVAL)
                eager = max(eager - 1, 0)
                self._sleep(pause)


class PostgresDoorbell:
    """Listens to ``NOTIFY``, which the log sends in the transaction that makes it grow.

    The connection is its own: a pooled one given back would go on listening. It rings after every connect, for what was
    missed before. A server that vanished stays silent for ever, so it is probed.

    :param parameters: of the connection, as psycopg takes them.
    """

    def __init__(self, parameters: Mapping[str, Any]) -> None:
        self._parameters = parameters

    def listen(self, ring: Ring) -> None:
        import psycopg  # only if PostgreSQL is used, and never before gevent has patched what psycopg relies on

        try:
            self._listen(ring)
        except psycopg.OperationalError as error:
            raise ConnectionError(f"the database is away: {error}") from error

    def _listen(self, ring: Ring) -> None:
        import psycopg

        with psycopg.connect(**self._parameters, autocommit=True, connect_timeout=5) as connection:
            connection.execute(f"LISTEN {CHANNEL}")
            ring()
            while True:
                for _ in connection.notifies(timeout=PROBE_INTERVAL):
                    ring()
                with gevent.Timeout(PROBE_PATIENCE, TimeoutError("the database fell silent")):
                    connection.execute("SELECT 1")


class ValkeyDoorbell:
    """Listens to a channel of Valkey or Redis, and publishes there when this process has appended to the log.

    Publishing has a greenlet of its own and short timeouts: a server that is away must not hold up any request.

    :param address: ``redis://…``, ``rediss://…`` or ``unix://…``.
    """

    def __init__(self, address: str) -> None:
        from redis import Redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        scheme = {"valkey": "redis", "valkeys": "rediss"}
        name, rest = address.split("://", 1)
        self._server = Redis.from_url(
            f"{scheme.get(name, name)}://{rest}",
            retry=Retry(NoBackoff(), 0),
            socket_connect_timeout=PROBE_PATIENCE,
            socket_timeout=PROBE_PATIENCE,
        )

    def listen(self, ring: Ring) -> None:
        from redis import RedisError

        try:
            self._listen(ring)
        except RedisError as error:
            raise ConnectionError(f"the doorbell's server is away: {error}") from error

    def announce(self) -> None:
        """Ring for all other processes; a server that is away is ignored: ``listen`` reports it, and feeds poll."""
        from redis import RedisError

        with suppress(RedisError):
            self._server.publish(CHANNEL, b"")

    def _listen(self, ring: Ring) -> None:
        with closing(self._server.pubsub()) as subscription:  # type: ignore[no-untyped-call]
            subscription.subscribe(CHANNEL)
            ring()
            silent_since = asked = time.monotonic()
            while True:
                message = subscription.get_message(timeout=1.0)
                present = time.monotonic()
                if message is not None:
                    silent_since = present
                    ring()  # the client also answers after it has reconnected silently, and may have missed something
                elif present - silent_since > PROBE_INTERVAL + PROBE_PATIENCE:
                    raise ConnectionError("the doorbell's server fell silent")
                elif present - max(silent_since, asked) > PROBE_INTERVAL:
                    asked = present
                    subscription.ping()


def doorbell_for(engine: sa.Engine, redis_url: str = "", sleep: Callable[[float], object] = gevent.sleep) -> Doorbell:
    """Choose the bell: Valkey or Redis if it is configured, otherwise the one that fits the database.

    :param sleep: how a bell waits that only looks from time to time.
    """
    if redis_url:
        return ValkeyDoorbell(redis_url)
    if engine.dialect.name == "postgresql":
        return PostgresDoorbell(engine.dialect.create_connect_args(engine.url)[1])
    if not engine.url.database:
        raise ValueError("PUNT needs a database that its workers share: a file or a server.")
    return SqliteDoorbell(engine.url.database, sleep)
