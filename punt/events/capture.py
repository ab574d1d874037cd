"""SQLAlchemy session listeners: what a transaction changed becomes rows of the log, in the same transaction.

No commit, no event; commit, event. What a savepoint or the whole transaction rolls back leaves nothing behind.
Bulk ``update()`` and ``delete()`` and the database's own cascades pass unseen, so models do not use them for
anything a board shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import Session, SessionTransaction

from punt.events.log import Origin, log
from punt.events.publication import Change, Changed, Draft, Publication
from punt.events.signals import changes_settled, events_committed
from punt.heavy.slices import breathing

_PENDING, _LAST, _COMMITTED, _ORIGIN = "punt_pending", "punt_last", "punt_committed", "punt_origin"


@dataclass
class _Seen:
    """One change seen in one flush, or a draft announced by hand, and the transactions it stands in."""

    thing: Any
    change: Change
    before: dict[str, Sequence[Any]]
    within: tuple[SessionTransaction, ...]
    drafts: list[Draft] = field(default_factory=list)


@dataclass
class _Pending:
    """What a transaction has seen so far."""

    seen: list[_Seen] = field(default_factory=list)
    deleted: list[_Seen] = field(default_factory=list)


def originate(session: Session, **known: Any) -> None:
    """Say where this session's changes come from.

    :param known: ``tab_id``, ``actor_id``, ``token_id``, as they become known.
    """
    session.info[_ORIGIN] = replace(origin(session), **known)


def origin(session: Session) -> Origin:
    """Return where this session's changes come from, as far as that was said."""
    found: Origin = session.info.get(_ORIGIN, Origin())
    return found


@contextmanager
def upkeep(session: Session) -> Iterator[None]:
    """Let what is changed meanwhile be nobody's act, whoever is asking; it has to be committed within."""
    before = session.info.pop(_ORIGIN, None)
    session.info[_ORIGIN] = Origin(is_upkeep=True)
    try:
        yield
    finally:
        session.info[_ORIGIN] = before or Origin()


def announce(session: Session, *drafts: Draft) -> None:
    """Put events into this transaction that are no change of one object."""
    _pending(session).seen.append(_Seen(object(), Change.CREATED, {}, _within(session), list(drafts)))


def watch(session: Any) -> None:
    """Capture what the sessions of a factory change; watching it again changes nothing."""
    if event.contains(session, "before_commit", _before_commit):
        return
    event.listen(session, "before_flush", _before_flush)
    event.listen(session, "after_flush", _after_flush)
    event.listen(session, "before_commit", _before_commit)
    event.listen(session, "after_commit", _after_commit)
    event.listen(session, "after_soft_rollback", _after_soft_rollback)
    event.listen(session, "after_transaction_end", _after_transaction_end)


def _before_flush(session: Session, *_: Any) -> None:
    if _LAST in session.info and any(map(_publication, (*session.new, *session.dirty, *session.deleted))):
        raise RuntimeError("nothing may change after the events of a transaction have their positions")
    _pending(session).deleted = [
        _Seen(thing, Change.DELETED, {}, _within(session), publication.drafts(thing, Change.DELETED, frozenset()))
        for thing in session.deleted
        if (publication := _publication(thing))
    ]


def _after_flush(session: Session, *_: Any) -> None:
    pending, within = _pending(session), _within(session)
    for thing in session.new:
        if _publication(thing):
            pending.seen.append(_Seen(thing, Change.CREATED, {}, within))
    for thing in session.dirty:
        if _publication(thing) and thing not in session.deleted and (changed := _changed(thing)):
            pending.seen.append(_Seen(thing, Change.UPDATED, changed, within))
    pending.seen += pending.deleted
    pending.deleted = []


def _before_commit(session: Session) -> None:
    if session.in_nested_transaction():  # a savepoint is only being released
        return
    session.flush()
    things = _things(session.info.pop(_PENDING, None))
    drafts = _drafts(things)
    if settled := [whole for changes in breathing(things) if (whole := _whole(changes))]:
        changes_settled.send(session, changes=settled, origin=origin(session))
    if first := next(drafts, None):
        session.info[_LAST] = log.append(session.connection(), chain([first], drafts), origin(session))


def _after_commit(session: Session) -> None:
    if _LAST in session.info:  # positions are only taken by the root's commit, so this is it
        session.info[_COMMITTED] = session.info.pop(_LAST)


def _after_soft_rollback(session: Session, transaction: SessionTransaction) -> None:
    while transaction.parent and not transaction.nested:  # a failed flush takes the savepoint around it along
        transaction = transaction.parent
    session.info.pop(_LAST, None)
    pending = _pending(session)
    pending.seen = [seen for seen in pending.seen if transaction not in seen.within]


def _after_transaction_end(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is not None:
        return
    session.info.pop(_PENDING, None)  # closing a session is no rollback, but ends what was pending
    if _COMMITTED in session.info:  # connection and locks are given back
        events_committed.send(log, last=session.info.pop(_COMMITTED))


def _things(pending: _Pending | None) -> list[list[_Seen]]:
    """Take each object's changes together, in the order the objects were first changed."""
    things: dict[int, list[_Seen]] = {}
    for seen in pending.seen if pending else ():
        things.setdefault(id(seen.thing), []).append(seen)
    return list(things.values())


def _whole(changes: list[_Seen]) -> Changed | None:
    """Say what became of one object; nothing when it came and went, or is none."""
    first, last = changes[0], changes[-1]
    if _publication(first.thing) is None or (first.change is Change.CREATED and last.change is Change.DELETED):
        return None
    if first.change is Change.CREATED or last.change is Change.DELETED:
        return Changed(first.thing, first.change if first.change is Change.CREATED else last.change, {})
    before: dict[str, Sequence[Any]] = {}
    for seen in reversed(changes):
        before |= seen.before
    return Changed(first.thing, Change.UPDATED, before)


def _drafts(things: list[list[_Seen]]) -> Iterator[Draft]:
    """Turn what became of each object into events; of those that may be many, each at the moment when it is asked for.

    What takes access away comes before all else, so that the rest of its transaction is not told to who lost it.
    """
    told = [(changes, None if _is_one_of_many(changes) else _together(changes)) for changes in breathing(things)]
    told.sort(key=lambda each: not any(draft.rechecks for draft in each[1] or ()))
    return _flowing(told)


def _flowing(told: list[tuple[list[_Seen], Sequence[Draft] | None]]) -> Iterator[Draft]:
    many: dict[type[Any], list[Any]] = {}
    for changes, drafts in told:
        if drafts is None:
            many.setdefault(type(changes[0].thing), []).append(changes[0].thing)
    payloads = {kind: kind.__publication__.several(things) for kind, things in many.items()}
    for changes, drafts in told:
        yield from _together(changes, next(payloads[type(changes[0].thing)])) if drafts is None else drafts


def _is_one_of_many(changes: list[_Seen]) -> bool:
    """Tell whether the payload is looked up together with that of others; such things take no access away."""
    publication = _publication(changes[0].thing)
    if publication is None or publication.several is None or changes[-1].change is Change.DELETED:
        return False
    return publication.tells(changes[0].change, _attributes(changes))


def _together(changes: list[_Seen], data: dict[str, Any] | None = None) -> Sequence[Draft]:
    first, last = changes[0], changes[-1]
    if last.change is Change.DELETED:
        return [] if first.change is Change.CREATED else last.drafts
    if first.drafts:
        return first.drafts
    publication: Publication = type(first.thing).__publication__
    return publication.drafts(first.thing, first.change, _attributes(changes), data)


def _attributes(changes: list[_Seen]) -> frozenset[str]:
    return frozenset().union(*(seen.before for seen in changes))


def _changed(thing: Any) -> dict[str, Sequence[Any]]:
    """Return the changed attributes with what they were, in the form of :class:`Changed`."""
    histories = ((attribute.key, attribute.history) for attribute in inspect(thing).attrs)
    return {name: history.non_added() for name, history in histories if history.has_changes()}


def _publication(thing: Any) -> Publication | None:
    return getattr(type(thing), "__publication__", None)


def _pending(session: Session) -> _Pending:
    pending: _Pending = session.info.setdefault(_PENDING, _Pending())
    return pending


def _within(session: Session) -> tuple[SessionTransaction, ...]:
    """The transactions around this moment, innermost first; rolling back any of them takes back what it saw."""
    transaction = session.get_nested_transaction() or session.get_transaction()
    around = []
    while transaction is not None:
        around.append(transaction)
        transaction = transaction.parent
    return tuple(around)
