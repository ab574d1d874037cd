"""A small disk of its own, to be filled up and freed again."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.support.server import Server


class SmallDisk:
    """A file system in memory that nobody else uses."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self) -> None:
        """Use up every byte."""
        with suppress(OSError), (self.folder / "ballast").open("ab", buffering=0) as ballast:
            while True:
                ballast.write(b"x" * 4096)

    def free(self) -> None:
        """Free the space again."""
        (self.folder / "ballast").unlink()


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[SmallDisk]:
    """Mount a small disk at a folder for a while; this requires root, as in CI.

    :param size: as ``mount`` writes it.
    """
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "tmpfs", folder], check=True)
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


class OnSmallDisk(Server):
    """A PUNT whose instance folder, except for its log, is the ``PUNT_INSTANCE_PATH`` among its settings."""

    @property
    def database(self) -> Path:
        return Path(self.settings["PUNT_INSTANCE_PATH"]) / "punt.sqlite3"
