"""Transactions of several people at once in one process, each advanced when a test says so."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import Flask

from punt.database import db, writing
from tests.support.wait import until


class Rival:
    """A write transaction in a thread: it does its work at once, and commits when it is told to.

    :ivar pid: the PostgreSQL backend that serves it.
    """

    def __init__(self, app: Flask, work: Callable[[], Any]) -> None:
        self.pid = 0
        self._app, self._work = app, work
        self._worked, self._may_end = threading.Event(), threading.Event()
        self._outcome: Any = None
        self._rolls_back = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        until(lambda: self.pid, what="a connection")

    def wait_until_worked(self) -> Rival:
        """Return when its work is done and only the commit is missing."""
        assert self._worked.wait(20), "it is still at work"
        self._raise_what_went_wrong()
        return self

    def wait_until_blocked(self) -> Rival:
        """Return when it waits for a lock that somebody else holds."""
        until(self._waits_for_a_lock, what="it to wait for a lock")
        return self

    def begin_commit(self) -> Rival:
        """Let it commit."""
        self._may_end.set()
        return self

    def commit(self) -> Any:
        """Let it commit, and return the result of its work once it is done."""
        self._may_end.set()
        self._thread.join(20)
        assert not self._thread.is_alive(), "the commit does not end"
        self._raise_what_went_wrong()
        return self._outcome

    def roll_back(self) -> None:
        """Let it roll back."""
        self._rolls_back = True
        self._may_end.set()
        self._thread.join(20)

    def _run(self) -> None:
        try:
            with self._app.app_context(), writing() as session:
                self.pid = session.scalar(sa.text("SELECT pg_backend_pid()")) or 0
                self._outcome = self._work()
                self._worked.set()
                assert self._may_end.wait(60)
                if self._rolls_back:
                    raise _GivesUp
        except _GivesUp:
            pass
        except Exception as error:
            self._outcome = error
        finally:
            self._worked.set()

    def _raise_what_went_wrong(self) -> None:
        if isinstance(self._outcome, Exception):
            raise self._outcome

    def _waits_for_a_lock(self) -> bool:
        query = sa.text("SELECT wait_event_type FROM pg_stat_activity WHERE pid = :pid")
        with self._app.app_context(), db.engine.connect() as connection:
            return bool(connection.scalar(query, {"pid": self.pid}) == "Lock")


class _GivesUp(Exception):
    """The transaction is to be rolled back."""
