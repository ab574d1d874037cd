"""Uploaded exports that wait until somebody confirms that they are to replace everything."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import time
from pathlib import Path
from typing import BinaryIO

from punt.database import SKEW
from punt.errors import Missing
from punt.transfer.staging import STAGING

KEPT = 3600
"""Seconds that a file waits."""
LONGEST = 86_400
"""Seconds after which no import is under way any more."""
_NAME = re.compile("[0-9a-f]{32}")


class WaitingRoom:
    """A folder of the instance; every worker of the machine sees the same files.

    :param instance: the instance folder.
    """

    def __init__(self, instance: Path) -> None:
        self._instance, self._folder = instance, instance / "imports"

    def admit(self, upload: BinaryIO) -> str:
        """Keep a file and return its name."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        name = secrets.token_hex(16)
        path = self._folder / name
        path.touch(mode=0o600, exist_ok=False)
        try:
            with path.open("wb") as kept:
                shutil.copyfileobj(upload, kept, 256 * 1024)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return name

    def path(self, name: str) -> Path:
        """Find a file that waits.

        :raises Missing: when there is none of that name, or no longer.
        """
        path = self._folder / name
        if not _NAME.fullmatch(name) or not path.is_file():
            raise Missing("Uploaded file")
        return path

    def dismiss(self, name: str) -> None:
        """Remove a file, unless somebody has done so."""
        if _NAME.fullmatch(name):
            (self._folder / name).unlink(missing_ok=True)

    def sweep(self) -> int:
        """Remove what waited too long, and what an import that was killed has left; return how many those were."""
        over = [path for path in self._folder.glob("*") if _older(path, KEPT)]
        for path in over:
            path.unlink(missing_ok=True)
        left = [path for path in self._instance.glob(f"{STAGING}*") if _older(path, LONGEST)]
        for path in left:
            shutil.rmtree(path, ignore_errors=True)
        return len(over) + len(left)


def _older(path: Path, seconds: float) -> bool:
    """Tell whether something has waited for longer; it waits from now on where a clock that was ahead has made it."""
    present = time.time()
    try:
        age = present - path.stat().st_mtime
        if age < -SKEW.total_seconds():
            os.utime(path, (present, present))
        return age > seconds
    except FileNotFoundError:  # another worker sweeps, too
        return False
