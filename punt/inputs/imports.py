"""What is submitted with an import into a project."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from punt.inputs.base import Input


class ImportFields(Input):
    """Beside the file: which field each column is, as ``COLUMN=FIELD``, and which project of a backup to import."""

    part: Annotated[str, Field(max_length=100)] = ""
    map: Annotated[list[str], Field(max_length=2000)] = []


class ImportQuery(Input):
    """Whether a file is only to be shown."""

    dry_run: bool = False
