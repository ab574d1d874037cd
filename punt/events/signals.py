"""The blinker signals of the event pipeline."""

from __future__ import annotations

from blinker import Namespace

_namespace = Namespace()

events_committed = _namespace.signal("events-committed")
"""Sent once after each commit that wrote events, when connection and locks are given back.

:sender: the :class:`punt.events.log.EventLog` that was written.
:param last: position of the last event of that transaction, an int.

Receivers run in the writer's greenlet: they must not block, and must not raise. They learn only *that* the log grew;
whoever wants the events reads the log, so that there is one order and one path for all.
Connect with ``weak=False`` when the receiver is a bound method that nothing else holds.
"""
