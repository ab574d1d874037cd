"""The content of the sample's files, checked against the same rules as what people type."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from punt.inputs.base import Color, Name50, Name80
from punt.inputs.boards import Key, Text2000, WipLimit
from punt.inputs.people import NewPassword, Username
from punt.inputs.tickets import Estimate, Markdown, Points, Title
from punt.models import Priority, Role, TicketType

FOLDER = Path(__file__).parent
PROJECTS = ("harbour", "bakery", "radio")


class Said(BaseModel):
    """A part of the files; a misspelt name in them is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SamplePerson(Said):
    username: Username
    name: Name80
    avatar_color: Color


class SampleColumn(Said):
    name: Name50
    color: Color | None = None
    wip_limit: WipLimit | None = None


class SampleTicket(Said):
    """A ticket: people by user name, its parent by title, days counted from today."""

    title: Title
    column: str
    description: Markdown = ""
    type: TicketType = TicketType.TASK
    priority: Priority = Priority.MEDIUM
    who: str | None = None
    labels: tuple[str, ...] = ()
    parent: str | None = None
    points: Points | None = None
    estimate: Estimate | None = None
    start: int | None = None
    due: int | None = None
    top: bool = False


class SampleProject(Said):
    """A project; its owner is the first of its members."""

    key: Key
    name: Name80
    description: Text2000
    color: Color
    members: dict[str, Role]
    columns: tuple[SampleColumn, ...] = Field(min_length=4)
    labels: dict[Name50, Color]
    tickets: tuple[SampleTicket, ...]


class Sample(Said):
    """Everything that ``flask demo`` loads."""

    password: NewPassword
    people: tuple[SamplePerson, ...]
    projects: tuple[SampleProject, ...]


def read() -> Sample:
    """Read the sample from its files."""
    return Sample.model_validate({**_file("people"), "projects": [_file(name) for name in PROJECTS]})


def _file(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
