"""How a model declares, beside itself, which events its changes make.

A model sets ``__publication__``; nothing else in the application speaks of events. Everything here is plain
values and decisions: no session, no database, no request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

EVERYONE = "everyone"
"""The topic that every stream of every kind listens to."""


class Change(Enum):
    """What happened to an object in a transaction, taken as a whole."""

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"


@dataclass(frozen=True)
class Changed:
    """What a transaction did to one object, taken as a whole.

    :param thing: the object as it is at the commit.
    :param before: of an update, the changed attributes with what they were: one value, several of a collection, or
        none where that was never read.
    """

    thing: Any
    change: Change
    before: Mapping[str, Sequence[Any]]


@dataclass(frozen=True)
class Draft:
    """An event that has no position in the log yet.

    :param type: the event's name, such as ``ticket.moved``; a name that starts with ``_`` is internal and never sent.
    :param topic: who listens: subscribers name topics.
    :param data: the payload, ready for JSON.
    :param project_id: the project it belongs to, if any.
    :param audience: ids of those among the topic's listeners who may have it; None means all.
    :param changed: names of the changed fields, as on the wire.
    :param rechecks: whether each listener must prove afterwards that it may still listen.
    """

    type: str
    topic: str
    data: dict[str, Any]
    project_id: str | None = None
    audience: tuple[str, ...] | None = None
    changed: tuple[str, ...] = ()
    rechecks: bool = False


def recheck(topic: str, audience: Iterable[str] | None = None) -> Draft:
    """Make the internal event after which each listener of a topic proves that it may still listen."""
    return Draft("_recheck", topic, {}, audience=None if audience is None else tuple(audience), rechecks=True)


@dataclass(frozen=True)
class Publication:
    """The events of one model.

    :param noun: the first half of the event names: ``ticket`` gives ``ticket.created`` and so on. None: no events
        of its own, only those of ``also``.
    :param topic: from the object, the topic of its events.
    :param data: from the object, its payload; the same shape as in REST.
    :param several: from many objects, the payload of each, in their order, where looking them up together costs less.
    :param project: from the object, the id of its project.
    :param audience: from the object, who may have its events; None for all listeners of the topic.
    :param moving: attributes whose change is a ``moved`` event instead of an ``updated`` one.
    :param silent: attributes whose change alone is no event.
    :param told: the changes that are events at all.
    :param names: attributes whose name on the wire is another than their own in camelCase.
    :param first: further drafts made of a change, that come before its own.
    :param also: further drafts made of a change, for other topics.
    """

    noun: str | None
    topic: Callable[[Any], str] = lambda _: EVERYONE
    data: Callable[[Any], dict[str, Any]] = lambda _: {}
    several: Callable[[Sequence[Any]], Iterator[dict[str, Any]]] | None = None
    project: Callable[[Any], str | None] = lambda _: None
    audience: Callable[[Any], tuple[str, ...] | None] = lambda _: None
    moving: frozenset[str] = frozenset()
    silent: frozenset[str] = frozenset({"updated_at", "version"})
    told: frozenset[Change] = frozenset(Change)
    names: Mapping[str, str] = field(default_factory=dict)
    first: Callable[[Any, Change, frozenset[str]], Iterable[Draft]] = field(default=lambda *_: ())
    also: Callable[[Any, Change, frozenset[str]], Iterable[Draft]] = field(default=lambda *_: ())

    def verbs(self, change: Change, attributes: frozenset[str]) -> tuple[str, ...]:
        """Decide which events a change is: a change that moves and edits is two, one of silent attributes none."""
        if change not in self.told:
            return ()
        if change is not Change.UPDATED:
            return (change.value,)
        moved, edited = attributes & self.moving, attributes - self.moving - self.silent
        return tuple(verb for verb, happened in (("moved", moved), ("updated", edited)) if happened)

    def drafts(
        self, thing: Any, change: Change, attributes: frozenset[str], data: dict[str, Any] | None = None
    ) -> list[Draft]:
        """Turn one change of one object into events.

        :param data: their payload, where that is known already.
        """
        own = [self._draft(thing, verb, change, attributes, data) for verb in self._own_verbs(change, attributes)]
        return [*self.first(thing, change, attributes), *own, *self.also(thing, change, attributes)]

    def tells(self, change: Change, attributes: frozenset[str]) -> bool:
        """Decide whether a change makes an event that has the object's payload."""
        return change is not Change.DELETED and bool(self._own_verbs(change, attributes))

    def _own_verbs(self, change: Change, attributes: frozenset[str]) -> tuple[str, ...]:
        return self.verbs(change, attributes) if self.noun else ()

    def _draft(
        self, thing: Any, verb: str, change: Change, attributes: frozenset[str], data: dict[str, Any] | None
    ) -> Draft:
        told = attributes & self.moving if verb == "moved" else attributes - self.moving - self.silent
        return Draft(
            type=f"{self.noun}.{verb}",
            topic=self.topic(thing),
            data={"id": thing.id} if change is Change.DELETED else data or self.data(thing),
            project_id=self.project(thing),
            audience=self.audience(thing),
            changed=self._on_the_wire(told) if change is Change.UPDATED else (),
        )

    def _on_the_wire(self, attributes: frozenset[str]) -> tuple[str, ...]:
        return tuple(sorted(self.names.get(name, camel(name)) for name in attributes))


def camel(name: str) -> str:
    """Write an attribute's name as it is on the wire: ``column_id`` → ``columnId``."""
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)
