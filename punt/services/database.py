"""What system admins do to the whole database: export it, replace it, and wipe it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO

import gevent
from flask import current_app
from sqlalchemy.orm import Session

from punt import access
from punt.database import db, end_read, writing
from punt.errors import Invalid
from punt.events.pipeline import pipeline
from punt.heavy.deadlines import unhurried
from punt.heavy.slices import breathe
from punt.heavy.turns import Turns
from punt.inputs.database import Overhaul
from punt.language import _, in_this_language, plural
from punt.models.wipe import hold_everything, wipe_everything, wipe_projects
from punt.services.passwords import shown_again
from punt.services.waiting_room import WaitingRoom
from punt.transfer.export.checking import Contents, checked
from punt.transfer.export.loading import replace_everything
from punt.transfer.export.reading import Limits, Report
from punt.transfer.export.staging import Staging
from punt.transfer.export.words import PHRASES
from punt.transfer.export.writing import note_export, write_export
from punt.web import submissions
from punt.web.uploads import uploaded

BEAT = 0.5
"""Seconds between two progress reports."""
EXPORTS = Turns(line=5, timeout=60)
"""Exports, one at a time: whoever asks twice waits for the first file, and the database is read once at a time."""
WIPES = {"wipe": wipe_everything, "wipe-projects": wipe_projects}


def instance() -> Path:
    """Return the folder of PUNT's own files."""
    return Path(current_app.instance_path)


def waiting_room() -> WaitingRoom:
    """Return where uploads wait."""
    return WaitingRoom(instance())


def upload_limit() -> int:
    """Return how many bytes an upload may have."""
    return pipeline().settings.upload_limit


def received() -> BinaryIO:
    """Return the file that a system admin uploads; no transaction is open while it arrives.

    They have to be verified again afterwards.
    """
    access.admin()
    end_read()
    return uploaded(upload_limit())


def prove(password: str) -> None:
    """Continue only for a system admin who confirms their password; the caller commits before what comes next.

    :raises Invalid: when it is not their password.
    :raises TooMany: after too many wrong ones; they count like failed sign-ins.
    """
    access.admin_anew()
    with shown_again(password):
        pass


def confirm(what: str, asked: Overhaul) -> None:
    """Continue only if somebody typed the phrase for what they want, and their password.

    :param what: a name in ``PHRASES``.
    :raises Invalid: naming what was wrong.
    """
    if asked.phrase.casefold() != PHRASES[what]:
        raise Invalid.field("phrase", _("Type: %(phrase)s", phrase=PHRASES[what]))
    prove(asked.your_password)


def wipe(what: str) -> None:
    """Wipe everything, or all projects; every open stream is notified.

    :param what: a name in ``WIPES``.
    """
    with _overhauling() as session:
        WIPES[what](session)
        submissions.note(session)


@contextmanager
def _overhauling() -> Iterator[Session]:
    """Write as :func:`writing` does, alone, for somebody who is still a system admin: checking a file takes long."""
    with writing(alone=True) as session:
        unhurried(session)
        hold_everything(session)
        access.admin_anew()
        yield session


def exported() -> BinaryIO:
    """Write an export to an unnamed file, and return it at its beginning.

    It is written before it is sent, so that a slow client holds no snapshot of the database.
    """
    with EXPORTS.one(), ExitStack() as stack:
        access.admin_anew()  # whoever waited may no longer be one
        end_read()
        note_export()
        unhurried(db.session())
        file: Any = stack.enter_context(TemporaryFile(dir=instance()))
        for _ in write_export(db.session.connection(), file):
            breathe()
        file.seek(0)
        stack.pop_all()
    end_read()
    opened: BinaryIO = file
    return opened


class Import:
    """An export being imported: checked, then put in place of everything.

    :ivar path: where the file is.
    :ivar contents: its contents, once it was checked.
    """

    contents: Contents

    def __init__(self, path: Path) -> None:
        self.path = path

    def look(self) -> Iterator[str]:
        """Check the whole file, reporting progress; nothing is changed."""
        with Staging(instance()) as staging:
            yield from self._check(staging)

    def take(self) -> Iterator[str]:
        """Check the file and replace everything with its contents, reporting progress."""
        with Staging(instance()) as staging:
            yield from self._check(staging)
            with _overhauling() as session:
                told = time.monotonic()
                for rows in replace_everything(session, staging):
                    if time.monotonic() - told > BEAT:
                        told = time.monotonic()
                        yield plural("%(num)s row taken", "%(num)s rows taken", rows)

    def _check(self, staging: Staging) -> Iterator[str]:
        end_read()
        limits = Limits(pipeline().settings.import_limit)
        job = _InThread(lambda report: checked(self.path, staging, limits, report))
        for lines in job.watched():
            yield plural("%(num)s line checked", "%(num)s lines checked", lines)
        self.contents = job.result()


class _InThread:
    """Something slow in a thread of its own, so that the event loop goes on."""

    def __init__(self, work: Callable[[Report], Contents]) -> None:
        self._work, self._lines = work, 0
        self._found: Contents | BaseException | None = None

    def watched(self) -> Iterator[int]:
        """Do it, yielding its progress reports now and then; whoever leaves early waits until it is done."""
        job = gevent.get_hub().threadpool.spawn(in_this_language(self._run))
        try:
            while not job.ready():
                job.wait(BEAT)
                if not job.ready():
                    yield self._lines
        finally:
            job.wait()

    def result(self) -> Contents:
        """Return its result, or raise its error."""
        if isinstance(self._found, Contents):
            return self._found
        raise self._found or RuntimeError("it was not done")

    def _run(self) -> None:
        try:
            self._found = self._work(self._report)
        except BaseException as error:  # raised where the result is requested
            self._found = error

    def _report(self, lines: int) -> None:
        self._lines = lines
