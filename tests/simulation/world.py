"""Two workers, their streams and a log, driven at random from one seed, without sockets, sleep, threads or a database.

Every chunk of a stream, every breath of a feed and every wait is a place where anything else may happen.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import accumulate
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock, patch

from punt.database import now
from punt.events import delivery, feed, hub, prover, ring, stream
from punt.events.cursor import Cursor
from punt.events.end import End
from punt.events.feed import Feed
from punt.events.hub import Hub
from punt.events.prover import Prover
from punt.events.publication import EVERYONE
from punt.events.stream import Stream
from punt.events.subscriber import Subscriber
from punt.events.subscription import Subscription
from tests.simulation.client import Broken, Client, Socket
from tests.simulation.log import Engine, MemoryLog
from tests.support.channel import Silence, prove_each

STEPS = 100
LIFETIME = 100.0
DEPTH = 2
"""How deeply acts may be nested."""
STORY = 40
"""Lines that are shown of what led to a broken promise."""
ENOUGH = 300
"""Chunks after which a client that still lacks something never gets it."""


class Acts:
    """What may happen, and how often."""

    def __init__(self, **often: float) -> None:
        self.often, self.names, self.weights = often, list(often), list(accumulate(often.values()))


class Worker:
    """A process: its hub and the feed that carries the log there."""

    def __init__(self, engine: Engine, log: MemoryLog) -> None:
        self.hub, self.prover = Hub(), Prover(engine, log)  # type: ignore[arg-type]
        self.feed: Any = Feed(engine, log, self.hub, Silence())  # type: ignore[arg-type]
        self.feed.take_place()
        self.carrying = False


class World:
    """All that happens under one seed.

    :ivar story: what happened, one line each.
    """

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.engine, self.log, self.clock = Engine(), MemoryLog(), 0.0
        self.alarms: list[tuple[float, Callable[..., None], tuple[Any, ...]]] = []
        self.story: list[str] = []
        topics = [frozenset({"a"}), frozenset({"a", "b"}), frozenset({"b"})]
        self.clients = [Client(name, mine, self.log) for name, mine in zip(("ann", "ben", "cem"), topics, strict=True)]
        self.workers = [Worker(self.engine, self.log) for _ in range(2)]
        self.depth = 0
        self.log.asked = lambda: self._breathe(often=0.3)

    def run(self) -> None:
        """Let things happen, then calm down: everybody must end up with everything."""
        with self._played():
            for _ in range(STEPS):
                self._happen(ACTS)
            self._calm_down()

    # What happens

    def write(self) -> None:
        for _ in range(self.chance.randint(1, 4)):
            topic = self.chance.choice(["a", "a", "a", "b", "b", EVERYONE, "others"])
            audience = self.chance.choice([None, None, ["ann"], ["ben"]]) if topic != EVERYONE else None
            self._append("event", topic, audience, rechecks=self.chance.random() < 0.25)

    def revoke(self) -> None:
        client = self.chance.choice(self.clients)
        if client.revoked_at is None:
            topic = self.chance.choice(sorted(client.topics - {EVERYONE}))
            client.revoked_at = self._append("_recheck", topic, None, rechecks=True)

    def grant(self) -> None:
        client = self.chance.choice(self.clients)
        if client.revoked_at is not None:
            client.grant(self._append("event", sorted(client.topics)[0], None, rechecks=False))

    def prune(self) -> None:
        self.log.forget(self.log.floor(None) + self.chance.randint(1, 4))

    def wipe(self) -> None:
        if self.chance.random() < 0.5:
            self.log.turn_epoch()
        self.log.forget(self.log.position)
        self._append("event", EVERYONE, None, rechecks=True)

    def restore(self) -> None:
        self.log.turn_epoch()

    def lose_the_database(self) -> None:
        self.engine.away = self.chance.randint(1, 3)

    def carry(self) -> None:
        worker = self.chance.choice(self.workers)
        if worker.carrying:
            return
        worker.carrying = True
        try:
            worker.feed.catch_up()
        except stream.AWAY:
            pass
        finally:
            worker.carrying = False

    def drain(self) -> None:
        self.chance.choice(self.workers).hub.close(End.DRAINING)

    def restart(self) -> None:
        """Replace a worker, drained or killed; its clients come back."""
        index, new = self.chance.randrange(len(self.workers)), None
        if not self.engine.away:
            new = Worker(self.engine, self.log)
        old = self.workers[index]
        there = [client for client in self.clients if client.stream and client.stream.hub is old.hub]
        if new is None or old.carrying or any(client.running for client in there):
            return
        for client in there:
            client.leave()
        self.workers[index] = new

    def hang_up(self) -> None:
        client = self.chance.choice(self.clients)
        if client.stream and not client.running:
            client.leave()

    def lose_sight(self) -> None:
        """Let the server notice that a client has gone."""
        client = self.chance.choice(self.clients)
        if client.stream:
            client.stream._subscriber.close(self.chance.choice([End.GONE, End.SLOW]))

    def tick(self) -> None:
        hub = self.chance.choice(self.workers).hub
        if not hub._sending.locked():
            hub.tick()

    def pass_time(self) -> None:
        self._pass(self.chance.uniform(0, LIFETIME / 3))

    def read(self) -> None:
        """Let a client take a chunk, completely or in part, and often let something happen before it takes the next."""
        client = self.chance.choice(self.clients)
        if any(each.running for each in self.clients):
            return
        if client.stream is not None:
            client.read(self._broken_off if self.chance.random() < 0.06 else None)
            self._interrupt(client)
        elif self.chance.random() < 0.25:
            self._come(client)

    def _broken_off(self, size: int) -> int:
        return self.chance.randint(0, size)

    def _taken(self, size: int) -> int:
        return self.chance.choice([size, size, size, 0, self.chance.randint(0, size)])

    def _breaks(self) -> bool:
        self._breathe()
        return self.chance.random() < 0.05

    def _interrupt(self, client: Client) -> None:
        if client.stream is None:
            return
        if self.chance.random() < (0.05 if client.has_caught_up else 0.25):  # in the middle of much that it missed
            client.stream._subscriber.close(self.chance.choice([End.DRAINING, End.GONE]))
        self._breathe(often=0.3)

    def _come(self, client: Client) -> None:
        if client.cursor and self.chance.random() < 0.02:
            client.cursor, client.missing_from = "rubbish", None
        worker = self.chance.choice([each for each in self.workers if not each.hub._closed] or self.workers)
        until = now() + timedelta(days=1)
        names, since = frozenset({client.name}), self._grant_of(client)
        self._breathe()
        if client.stream is not None:
            return
        wanted = Subscription("all", client.name, client.topics, names, since, until, prove_each, client)
        engine: Any = self.engine
        peer: Any = Socket(client, self.chance.choice([None, False, True]), self._taken, self._breaks)
        client.begin(Stream(engine, self.log, worker.hub, worker.prover, wanted, peer, client.cursor, 1.0, LIFETIME))

    def _grant_of(self, client: Client) -> Cursor:
        """Return the place where a client was granted a stream: now, or just before its access was lost."""
        if client.revoked_at is None:
            return Cursor(self.log.epoch, self.log.position)
        return Cursor(self.log.history[client.revoked_at - 1].epoch, client.revoked_at - 1)

    def _append(self, kind: str, topic: str, audience: Any, *, rechecks: bool) -> int:
        number = self.log.position + 1
        filling = "x" * self.chance.choice([0, 0, 10, 60])
        type_ = EVERYONE if topic == EVERYONE else kind
        text = "" if kind.startswith("_") else json.dumps({"type": type_, "number": number, "filling": filling})
        return self.log.write(kind, topic, audience, text, rechecks).position

    # Where it happens

    def _happen(self, acts: Acts) -> None:
        name = self.chance.choices(acts.names, cum_weights=acts.weights)[0]
        self.story.append("  " * self.depth + f"{name} (head {self.log.epoch}-{self.log.position})")
        getattr(self, name)()

    def _breathe(self, _: float = 0, often: float = 0.3) -> None:
        """Be a place where other greenlets may run."""
        if self.depth < DEPTH and self.chance.random() < often:
            self.depth += 1
            self._happen(MEANWHILE)
            self.depth -= 1

    def _pass(self, seconds: float) -> None:
        self.clock += seconds
        due, self.alarms = self.alarms, []
        for moment, act, given in due:
            if moment <= self.clock:
                act(*given)
            else:
                self.alarms.append((moment, act, given))

    def _later(self, seconds: float, act: Callable[..., None], *given: Any) -> None:
        self.alarms.append((self.clock + seconds, act, given))

    def _give_way(self, _: float = 0) -> None:
        """Be a place in the middle of a pass of the sender."""
        self._breathe(often=0.6)

    def _begin_soon(self, work: Callable[[], None]) -> None:
        """Run another greenlet's work, for which the current one waits."""
        self._breathe()
        work()

    def _breathing(self, things: Iterable[Any]) -> Iterator[Any]:
        for thing in things:
            yield thing
            self._breathe()

    def _waiting(self) -> Callable[[Subscriber, float | None], bool]:
        def wait(subscriber: Subscriber, seconds: float | None) -> bool:
            subscriber.waiting = not (subscriber.end or subscriber.behind)
            self._breathe()
            if seconds is None:
                next(client for client in self.clients if client.waits_as(subscriber)).pause(subscriber)
            woken, subscriber.waiting = not subscriber.waiting, False
            return woken

        return wait

    def _calm_down(self) -> None:
        self.engine.away, self.depth = 0, DEPTH
        for index, worker in enumerate(self.workers):
            if worker.hub._closed:
                self.workers[index] = Worker(self.engine, self.log)
        for client in self.clients:
            if client.revoked_at is not None:
                client.grant(self.log.position)
        for _ in range(ENOUGH):
            self._pass(2)
            for worker in self.workers:
                worker.feed.catch_up()
                worker.hub.tick()
            behind = [client for client in self.clients if client.missing_from != self.log.position]
            if not behind:
                return self._close_down()
            for client in behind:
                client.read() if client.stream else self._come(client)
        raise Broken(f"{[client.name for client in behind]} never get everything")

    def _close_down(self) -> None:
        for client in self.clients:
            client.leave()
        if any(len(worker.hub) for worker in self.workers):
            raise Broken("a stream left its place in the hub")

    @contextmanager
    def _played(self) -> Iterator[None]:
        """Make pages, chunks and rings tiny, and every pause a place where something may happen."""
        choose, greenlets = self.chance.choice, SimpleNamespace(sleep=self._breathe)
        in_prover = SimpleNamespace(sleep=self._breathe, spawn=self._begin_soon)
        in_hub = SimpleNamespace(sleep=self._give_way, spawn_later=self._later)
        pages: Any = {"PAGE": choose([1, 2, 3, 6, 6]), "PAGE_CHARACTERS": choose([150, 10_000, 10_000])}
        with (
            patch.multiple(stream, gevent=greenlets, time=self, random=self.chance, **pages),
            patch.multiple(prover, gevent=in_prover),
            patch.multiple(hub, gevent=in_hub, time=self, breathing=self._breathing, pause=self._give_way),
            patch.multiple(ring, MOST=choose([1, 2, 3, 6])),
            patch.multiple(hub, PART=choose([1, 100, 1000])),
            patch.multiple(feed, PAGE=choose([1, 2, 3, 6]), logger=Mock()),
            patch.multiple(delivery, CHUNK=choose([1, 1, 1, 150, 300]), time=self),
            patch.object(Subscriber, "wait", self._waiting()),
        ):
            yield

    def monotonic(self) -> float:
        """Return the time for streams."""
        return self.clock

    def time(self) -> float:
        """Return the time for metrics."""
        return self.clock


MEANWHILE = Acts(
    write=6,
    carry=6,
    read=8,
    drain=2,
    lose_sight=2,
    tick=2,
    revoke=1,
    prune=1,
    pass_time=1,
    lose_the_database=1,
    wipe=0.2,
    restore=0.2,
)
"""While a greenlet waits."""
ACTS = Acts(**MEANWHILE.often | {"read": 45, "carry": 14, "write": 14, "grant": 2, "restart": 4, "hang_up": 2})


def play(seed: int) -> None:
    """Play one seed; if a promise is broken, report what happened last."""
    world = World(seed)
    try:
        world.run()
    except Exception as error:
        story = "\n".join(world.story[-STORY:])
        raise Broken(f"seed {seed}: {error!r}\n{story}") from error
