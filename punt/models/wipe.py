"""Deleting everything, or all projects, so that every open stream learns of it."""

from __future__ import annotations

import logging

import sqlalchemy as sa
from sqlalchemy.orm import Session

from punt.database import Base, be_alone
from punt.events import capture
from punt.events.log import EventHead, log
from punt.events.publication import EVERYONE, Draft
from punt.models.audit.entry import AuditEntry
from punt.models.emptying import delete_slowly
from punt.models.idempotency import IdempotencyKey
from punt.models.project import Project
from punt.models.submission import Submission
from punt.models.ticket import Ticket
from punt.models.user import User

logger = logging.getLogger(__name__)


def wipe_everything(session: Session) -> None:
    """Empty every table; the audit trail starts again with who did it, by name: their account is deleted, too."""
    name = _name_of_actor(session)
    empty_everything(session)
    AuditEntry.note("database", "wiped", f"everything, by @{name}" if name else "everything")
    logger.warning("everything is wiped, by %s", f"@{name}" if name else "the shell")


def empty_everything(session: Session) -> None:
    """Empty every table and begin a new epoch, without an audit entry; nobody is signed in afterwards."""
    connection = session.connection()
    hold_everything(session)
    delete_slowly(connection, Ticket)
    for table in reversed(Base.metadata.sorted_tables):
        if table is not EventHead.__table__:
            connection.execute(sa.delete(table))
    log.begin_epoch(connection)
    capture.announce(session, Draft("database.wiped", EVERYONE, {}, rechecks=True))


def wipe_projects(session: Session) -> None:
    """Delete all projects with their contents, and their events from the log; people stay and stay signed in.

    The epoch continues: a screen that was up to date and disconnected for a moment gets the event when it reconnects.
    """
    connection = session.connection()
    hold_everything(session)
    connection.execute(sa.delete(IdempotencyKey))
    connection.execute(sa.delete(Submission))
    delete_slowly(connection, AuditEntry, AuditEntry.project_id.is_not(None))
    AuditEntry.note("database", "wiped", "all projects")
    delete_slowly(connection, Ticket)
    connection.execute(sa.delete(Project))  # the database's own cascades delete the rest of them
    log.clear(connection)
    capture.announce(session, Draft("database.projects.wiped", EVERYONE, {}, rechecks=True))


def _name_of_actor(session: Session) -> str | None:
    query = sa.select(User.username).where(User.id == capture.origin(session).actor_id)
    return session.connection().scalar(query)


def hold_everything(session: Session) -> None:
    """Wait until nobody is writing, and let nobody begin: what is not committed yet would be missed and stay.

    The lock that all writers share comes first: then everybody is either done, or waits without holding locks, and
    nobody deadlocks with the wipe. Then the tables, because of writers that do not ask: the keeper, and other programs.
    """
    be_alone(session)
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        quote = connection.dialect.identifier_preparer.format_table
        tables = ", ".join(quote(table) for table in Base.metadata.sorted_tables)
        connection.exec_driver_sql(f"LOCK TABLE {tables} IN EXCLUSIVE MODE")
