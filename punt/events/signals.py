"""The blinker signals of the event pipeline."""

from __future__ import annotations

from blinker import Namespace

_namespace = Namespace()

events_committed = _namespace.signal("events-committed")
"""Sent once after each commit that wrote events, when its connection and locks have been released.

:sender: the :class:`punt.events.log.EventLog` that was written.
:param last: position of the last event of that transaction, an int.

Receivers run in the writer's greenlet: they must not block, and must not raise. They learn only *that* the log grew;
whoever wants the events reads the log, so that there is one order and one way for all.
Connect with ``weak=False`` when the receiver is a bound method that nothing else holds.
"""

changes_settled = _namespace.signal("changes-settled")
"""Sent before each commit that changes published objects, when all of them are flushed.

:sender: the :class:`sqlalchemy.orm.Session` that is about to commit.
:param changes: what happens to each object, a list of :class:`punt.events.publication.Changed`.
:param origin: where the changes come from, an :class:`punt.events.log.Origin`.

What a receiver writes on the session's connection belongs to the same transaction; an error that it raises rolls it
back. It must not change objects, because the events have already been decided.
"""
