"""How many streams a person may have open, counted across all workers of a machine.

Each place is one byte of a small file per person, held by a lock that the kernel releases when its process dies,
however it dies. So the count is exact, and nobody has to clean up after a crash. Where the files cannot be made,
because the disk is full or read-only, each process counts for itself: people see their boards, the log says so once.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
from dataclasses import dataclass, field
from pathlib import Path

logger = logging.getLogger(__name__)


@dataclass
class _Held:
    """One person's file in this process, if it could be opened.

    Closing it would drop every lock of this process on it, so it is shared.
    """

    handle: int | None
    bytes: set[int] = field(default_factory=set)


class Places:
    """Gives out places and takes them back.

    :param folder: where the files are; all workers of the machine share it.
    :param each: places of one person.
    :param worker: places of this process.
    """

    def __init__(self, folder: Path, each: int, worker: int) -> None:
        self._folder, self._each, self._worker = folder, each, worker
        self._held: dict[str, _Held] = {}
        self._taken = 0
        self._complained = False

    def __len__(self) -> int:
        return self._taken

    def take(self, person: str) -> int | None:
        """Take a place for a person; None if they, or this worker, have none left."""
        if len(self) >= self._worker:
            return None
        held = self._held.get(person) or self._open(person)
        for place in range(self._each):
            if place not in held.bytes and _lock(held.handle, place):
                held.bytes.add(place)
                self._taken += 1
                return place
        self._close_if_unused(person)
        return None

    def give_back(self, person: str, place: int) -> None:
        """Give a place back; safe to call twice."""
        held = self._held.get(person)
        if held and place in held.bytes:
            if held.handle is not None:
                fcntl.lockf(held.handle, fcntl.LOCK_UN, 1, place)
            held.bytes.discard(place)
            self._taken -= 1
            self._close_if_unused(person)

    def _open(self, person: str) -> _Held:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._folder / _name(person), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            self._complain(error)
            handle = None
        return self._held.setdefault(person, _Held(handle))

    def _close_if_unused(self, person: str) -> None:
        if not self._held[person].bytes:
            handle = self._held.pop(person).handle
            if handle is not None:
                os.close(handle)

    def _complain(self, error: OSError) -> None:
        if not self._complained:
            logger.warning("streams of a person are counted per worker only, not across all: %s", error)
        self._complained = True


def _name(person: str) -> str:
    """Name a person's file such that it is in the folder, whatever the id."""
    return hashlib.sha256(person.encode()).hexdigest()[:32]


def _lock(handle: int | None, place: int) -> bool:
    if handle is None:
        return True
    try:
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
    except (BlockingIOError, PermissionError):
        return False
    return True
