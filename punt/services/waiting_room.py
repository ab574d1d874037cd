"""Uploads that wait until somebody confirms what to do with them."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import time
from pathlib import Path
from typing import BinaryIO

from punt.database import ID_PATTERN, SKEW, random_text
from punt.errors import Busy, Missing
from punt.transfer.export.staging import STAGING

KEPT = 3600
"""Seconds that a file waits."""
LONGEST = 86_400
"""Seconds after which no import is still running."""
OF_ONE = 5
"""Files of one person that may wait at once."""
CROWD = 1 << 30
"""Bytes of everybody's files for projects; beyond that, the server is busy."""
NOTE, CLAIMED = "note", "claimed"
_NAME = re.compile(ID_PATTERN)
"""A file's name: in the form of an id, because the audit trail may contain it, and of 130 random bits."""


class WaitingRoom:
    """A folder of the instance; every worker of the machine sees the same files.

    :param instance: the instance folder.
    :param owner: whose files they are, as ids joined by a dot, a person's first; others do not find them.
    """

    def __init__(self, instance: Path, owner: str = "") -> None:
        self._instance, self._folder, self._owner = instance, instance / "imports", owner

    def admit(self, upload: BinaryIO) -> str:
        """Store a file and return its name.

        :raises Busy: when files of too many people are waiting.
        """
        self._folder.mkdir(mode=0o700, exist_ok=True)
        if self._owner:
            self._make_room()
        name = random_text(26)
        path = self._path_of(name)
        path.touch(mode=0o600, exist_ok=False)
        try:
            with path.open("wb") as kept:
                shutil.copyfileobj(upload, kept, 256 * 1024)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return name

    def path(self, name: str) -> Path:
        """Find a file that is waiting.

        :raises Missing: when there is none with that name, or no longer.
        """
        if not self.has(name):
            raise Missing("Uploaded file")
        return self._path_of(name)

    def has(self, name: str) -> bool:
        """Tell whether a file is waiting."""
        return bool(_NAME.fullmatch(name)) and self._path_of(name).is_file()

    def claim(self, name: str) -> Path | None:
        """Take a file out of the room to work on it; return its new path, or None when somebody else has it.

        Whoever claims it removes it.

        :raises Missing: when there is none with that name, or no longer.
        """
        try:
            return self.path(name).rename(self._path_of(name, CLAIMED))
        except (FileNotFoundError, Missing):
            if _NAME.fullmatch(name) and self._path_of(name, CLAIMED).is_file():
                return None
            raise Missing("Uploaded file") from None

    def dismiss(self, name: str) -> None:
        """Remove a file, unless somebody has done so; its note stays for as long as it may."""
        if _NAME.fullmatch(name):
            self._path_of(name).unlink(missing_ok=True)

    def write_note(self, name: str, text: str) -> None:
        """Store a note about a file, replacing the previous one."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        draft = self._path_of(name, f"{NOTE}-{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_text(text)
        draft.replace(self._path_of(name, NOTE))

    def note(self, name: str) -> str | None:
        """Return the note about a file, if there is one."""
        path = self._path_of(name, NOTE)
        return path.read_text() if _NAME.fullmatch(name) and path.is_file() else None

    def _path_of(self, name: str, note: str = "") -> Path:
        return self._folder / ".".join(filter(None, (name, self._owner, note)))

    def _make_room(self) -> None:
        """Remove the oldest files of a person who has many."""
        owned = [path for path in self._folder.glob("*.*.*") if NOTE not in path.name]
        if sum(_size(path) for path in owned) > CROWD:
            raise Busy
        person = self._owner.partition(".")[0]
        own = sorted((path for path in owned if path.name.split(".")[1] == person), key=_made)
        for path in own[: max(len(own) + 1 - OF_ONE, 0)]:
            path.unlink(missing_ok=True)

    def sweep(self) -> int:
        """Remove what has waited too long, and what a killed import has left; return how many those were."""
        over = [path for path in self._folder.glob("*") if _older(path, KEPT)]
        for path in over:
            path.unlink(missing_ok=True)
        left = [path for path in self._instance.glob(f"{STAGING}*") if _older(path, LONGEST)]
        for path in left:
            shutil.rmtree(path, ignore_errors=True)
        return len(over) + len(left)


def _older(path: Path, seconds: float) -> bool:
    """Tell whether something has waited for longer; if a clock that was ahead created it, it waits from now on."""
    present = time.time()
    try:
        age = present - path.stat().st_mtime
        if age < -SKEW.total_seconds():
            os.utime(path, (present, present))
        return age > seconds
    except FileNotFoundError:  # another worker sweeps, too
        return False


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _made(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0
