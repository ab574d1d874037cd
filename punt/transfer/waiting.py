"""Uploaded exports that wait until somebody confirms that they are to replace everything."""

from __future__ import annotations

import re
import secrets
import shutil
import time
from pathlib import Path
from typing import BinaryIO

from punt.errors import Missing

KEPT = 3600
"""Seconds that a file waits."""


class WaitingRoom:
    """A folder of the instance; every worker of the machine sees the same files.

    :param instance: the instance folder.
    """

    def __init__(self, instance: Path) -> None:
        self._folder = instance / "imports"

    def admit(self, upload: BinaryIO) -> str:
        """Keep a file and return its name; those that waited too long go."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._sweep()
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
        if not re.fullmatch("[0-9a-f]{32}", name) or not path.is_file():
            raise Missing("Uploaded file")
        return path

    def dismiss(self, name: str) -> None:
        """Remove a file."""
        self.path(name).unlink(missing_ok=True)

    def _sweep(self) -> None:
        for path in self._folder.iterdir():
            if path.stat().st_mtime < time.time() - KEPT:
                path.unlink(missing_ok=True)
