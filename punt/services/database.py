"""What system admins do to the whole database: take it out, put another one in, and wipe it."""

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
"""Seconds between two reports of something that takes long."""
EXPORTS = Turns(line=5, timeout=60)
"""Those who take everything out: whoever asks twice waits for the first file, and reads the database once at a time."""
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
    """Return the file that a system admin sends; no transaction is open while it comes.

    Who they are is to be proved anew afterwards.
    """
    access.admin()
    end_read()
    return uploaded(upload_limit())


def prove(password: str) -> None:
    """Go on only for a system admin who has shown their password again; the caller commits before what comes next.

    :raises Invalid: when it is not their password.
    :raises TooMany: after too many wrong ones; they count as failed sign-ins do.
    """
    access.admin_anew()
    with shown_again(password):
        pass


def confirm(what: str, asked: Overhaul) -> None:
    """Go on only when somebody typed the phrase for what they want, and their password.

    :param what: a name in ``PHRASES``.
    :raises Invalid: naming what was not right.
    """
    if asked.phrase.casefold() != PHRASES[what]:
        raise Invalid.field("phrase", _("Type: %(phrase)s", phrase=PHRASES[what]))
    prove(asked.your_password)


def wipe(what: str) -> None:
    """Wipe everything, or all projects; every open stream is told.

    :param what: a name in ``WIPES``.
    """
    with _overhauling() as session:
        WIPES[what](session)
        submissions.note(session)


@contextmanager
def _overhauling() -> Iterator[Session]:
    """Write as :func:`writing` does, alone, and only for who is a system admin still: the look at a file takes long."""
    with writing(alone=True) as session:
        unhurried(session)
        hold_everything(session)
        access.admin_anew()
        yield session


def exported() -> BinaryIO:
    """Write an export into a file that has no name, and return it at its beginning.

    It is written before it is sent, so that a slow reader holds no snapshot of the database.
    """
    with EXPORTS.one(), ExitStack() as stack:
        access.admin_anew()  # who waited may be none any more
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
    """An export on its way in: looked at, then put in place of everything.

    :ivar path: where the file is.
    :ivar contents: what it holds, once it was looked at.
    """

    contents: Contents

    def __init__(self, path: Path) -> None:
        self.path = path

    def look(self) -> Iterator[str]:
        """Look at the whole file, telling now and then how far that is; nothing is changed."""
        with Staging(instance()) as staging:
            yield from self._check(staging)

    def take(self) -> Iterator[str]:
        """Look at the file and replace everything by what it holds, telling now and then how far that is."""
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
        job = _Apart(lambda report: checked(self.path, staging, limits, report))
        for lines in job.watched():
            yield plural("%(num)s line checked", "%(num)s lines checked", lines)
        self.contents = job.result()


class _Apart:
    """Something slow in a thread of its own, so that the event loop goes on."""

    def __init__(self, work: Callable[[Report], Contents]) -> None:
        self._work, self._lines = work, 0
        self._found: Contents | BaseException | None = None

    def watched(self) -> Iterator[int]:
        """Do it, giving now and then what it reports; whoever leaves early waits until it is done."""
        job = gevent.get_hub().threadpool.spawn(in_this_language(self._run))
        try:
            while not job.ready():
                job.wait(BEAT)
                if not job.ready():
                    yield self._lines
        finally:
            job.wait()

    def result(self) -> Contents:
        """Return what came of it, or raise it."""
        if isinstance(self._found, Contents):
            return self._found
        raise self._found or RuntimeError("it was not done")

    def _run(self) -> None:
        try:
            self._found = self._work(self._report)
        except BaseException as error:  # told where the result is asked for
            self._found = error

    def _report(self, lines: int) -> None:
        self._lines = lines
