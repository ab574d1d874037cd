"""Compiled templates that all apps of a run share: each app would compile them anew."""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache

FOLDER = "PUNT_TEST_TEMPLATES"
"""The variable that names the folder to the processes of a run."""


class Compiled(BytecodeCache):
    """Keeps them in a folder, apart by the settings of Jinja that they were compiled with."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load_bytecode(self, bucket: Bucket) -> None:
        with suppress(FileNotFoundError), self._path(bucket).open("rb") as file:
            bucket.load_bytecode(file)

    def dump_bytecode(self, bucket: Bucket) -> None:
        with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as file:
            bucket.write_bytecode(file)
        Path(file.name).replace(self._path(bucket))

    def _path(self, bucket: Bucket) -> Path:
        environment = bucket.environment
        prefix = environment.globals.get("prefix")
        decides = (
            bucket.key,
            prefix,
            sorted(environment.extensions),
            environment.trim_blocks,
            environment.lstrip_blocks,
        )
        return self._folder / hashlib.sha256(repr(decides).encode()).hexdigest()


def share_compiled() -> None:
    """Let all apps of this process, and of those that it starts, share what they compile."""
    if FOLDER not in os.environ:
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="punt-templates-")
        atexit.register(shutil.rmtree, os.environ[FOLDER], ignore_errors=True)
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Compiled(Path(os.environ[FOLDER]))}
