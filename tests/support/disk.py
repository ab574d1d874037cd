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
        """Leave not a byte free."""
        with suppress(OSError), (self.folder / "ballast").open("ab", buffering=0) as ballast:
            while True:
                ballast.write(b"x" * 4096)

    def free(self) -> None:
        """Make room again."""
        (self.folder / "ballast").unlink()


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[SmallDisk]:
    """Mount a small disk at a folder for a while; this takes the rights of root, as CI has them.

    :param size: as ``mount`` writes it.
    """
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "tmpfs", folder], check=True)
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


class OnSmallDisk(Server):
    """A PUNT whose instance folder, but not its log, lies where ``PUNT_INSTANCE_PATH`` among its settings says."""

    @property
    def database(self) -> Path:
        return Path(self.settings["PUNT_INSTANCE_PATH"]) / "punt.sqlite3"
