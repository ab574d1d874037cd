"""Proves for all streams of a worker that need it at the same moment, together, that they may go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import gevent
import sqlalchemy as sa
from gevent.event import AsyncResult

from punt.events.log import EventLog
from punt.events.publication import EVERYONE
from punt.events.subscription import AccessLost, Proof, Subscription

TOGETHER = 250
"""Streams that are proved at once: requests of this worker wait no longer than that takes."""
BREATH = 0.001
"""Seconds between two batches. With 0 many greenlets would pass before the event loop looks at sockets again."""


@dataclass(eq=False)
class _Request:
    """One stream that waits for a proof.

    :param position: up to which its client has everything.
    :ivar answer: whether all that lies after the position is the listener's to see; or an error.
    """

    subscription: Subscription
    position: int
    answer: AsyncResult[bool] = field(default_factory=AsyncResult)


class Prover:
    """Collects the streams that wait for a proof; one greenlet proves for all of them.

    A batch is closed before its snapshot is taken. So a proof is never older than the request for it.
    """

    def __init__(self, engine: sa.Engine, log: EventLog) -> None:
        self._engine, self._log = engine, log
        self._requests: list[_Request] = []
        self._is_working = False

    def prove(self, subscription: Subscription, position: int) -> bool:
        """Wait for the proof that a listener may go on; return whether all after a position is theirs to see.

        :raises AccessLost: when they may not listen any more.
        :raises sqlalchemy.exc.SQLAlchemyError: when the database does not answer; asking again is fine.
        """
        request = _Request(subscription, position)
        self._requests.append(request)
        if not self._is_working:
            self._begin()
        return bool(request.answer.get())

    def prove_on(self, connection: sa.Connection, subscription: Subscription, position: int) -> Proof:
        """Prove on a connection that a listener may go on from a position.

        :raises AccessLost: when they may not listen any more.
        """
        (proof,) = self._proofs(connection, [_Request(subscription, position)])
        if isinstance(proof, AccessLost):
            raise proof
        return proof

    def _begin(self) -> None:
        self._is_working = True
        gevent.spawn(self._work)

    def _work(self) -> None:
        try:
            while self._requests:
                batch, self._requests = self._requests[:TOGETHER], self._requests[TOGETHER:]
                self._answer(batch)
                gevent.sleep(BREATH)
        finally:
            self._is_working = False
            if self._requests:  # this greenlet was killed
                self._begin()

    def _answer(self, batch: Sequence[_Request]) -> None:
        try:
            with self._engine.connect() as connection:
                answers = [
                    proof if isinstance(proof, AccessLost) else proof.reaches(connection, request.position)
                    for request, proof in zip(batch, self._proofs(connection, batch), strict=True)
                ]
        except Exception as error:  # each stream knows best what that means for it
            for request in batch:
                request.answer.set_exception(error)
            return
        except BaseException:
            for request in batch:
                request.answer.set_exception(RuntimeError("a proof was interrupted"))
            raise
        for request, answer in zip(batch, answers, strict=True):
            request.answer.set(answer) if isinstance(answer, bool) else request.answer.set_exception(answer)

    def _proofs(self, connection: sa.Connection, batch: Sequence[_Request]) -> list[Proof | AccessLost]:
        """Prove for a batch, with as few calls of ``prove_all`` as its subscriptions have different ones: one."""
        proofs: dict[_Request, Proof | None] = {}
        for prove_all in dict.fromkeys(request.subscription.prove_all for request in batch):
            some = [request for request in batch if request.subscription.prove_all == prove_all]
            proofs |= zip(some, prove_all(connection, [request.subscription.listener for request in some]), strict=True)
        lost = {request.position for request, proof in proofs.items() if proof is None}  # mostly the same for all
        announced = {position: self._log.since(connection, position, topics={EVERYONE}) for position in lost}
        return [proofs[request] or AccessLost(announced[request.position]) for request in batch]
