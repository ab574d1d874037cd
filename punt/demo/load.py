"""Bringing the sample data into the database, through the same verbs as everything else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from punt.database import db, now
from punt.demo.sample import Sample, SampleColumn, SamplePerson, SampleProject, SampleTicket
from punt.errors import Conflict
from punt.models import Column, Label, Membership, Project, Role, Ticket, User

AGE = timedelta(days=60)
"""How long ago a project's first ticket was created."""

People = dict[str, User]


def load(sample: Sample, password_hash: str) -> Iterator[str]:
    """Load everything into the current transaction, reporting each step.

    :raises Conflict: before anything is added, when a user name or a project key of the sample is taken.
    """
    _refuse_taken(sample)
    people = _people(sample.people, password_hash)
    yield f"{len(people)} people"
    for wanted in sample.projects:
        _SampleLoader(wanted, people).run()
        yield f"{wanted.name} ({wanted.key}): {len(wanted.tickets)} tickets"


def _refuse_taken(sample: Sample) -> None:
    names = [person.username for person in sample.people]
    keys = [project.key for project in sample.projects]
    taken = [
        *db.session.scalars(sa.select(User.username).where(User.username_key.in_(names)).order_by(User.username_key)),
        *db.session.scalars(sa.select(Project.key).where(Project.key.in_(keys)).order_by(Project.key)),
    ]
    if taken:
        raise Conflict(f"The sample needs names that are taken here: {', '.join(taken)}. Nothing was changed.")


def _people(wanted: Iterable[SamplePerson], password_hash: str) -> People:
    """Create all accounts; if there were none yet, the first becomes system admin."""
    people: People = {}
    for person in wanted:
        people[person.username] = User.enrol(
            username=person.username,
            name=person.name,
            email=f"{person.username}@example.org",
            password_hash=password_hash,
            is_admin=not User.any_exist(),
        )
        people[person.username].present_as(avatar_color=person.avatar_color)
    return people


@dataclass
class _SampleLoader:
    """One project of the sample on its way into the database."""

    wanted: SampleProject
    people: People
    project: Project = field(init=False)
    columns: dict[str, Column] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)
    tickets: dict[str, Ticket] = field(default_factory=dict)

    def run(self) -> None:
        self.project = self._found()
        self.columns = {column.name: column for column in _columns(self.project, self.wanted.columns)}
        self.labels = {name: Label.create(self.project.id, name, color) for name, color in self.wanted.labels.items()}
        for index, ticket in enumerate(self.wanted.tickets):
            self.tickets[ticket.title] = self._create(ticket, index)

    def _found(self) -> Project:
        wanted = self.wanted
        owner = next(iter(wanted.members))
        project = Project.create(
            self.people[owner], key=wanted.key, name=wanted.name, description=wanted.description, color=wanted.color
        )
        for username, role in wanted.members.items():
            Membership.add(project, self.people[username], role)
        return project

    def _create(self, wanted: SampleTicket, index: int) -> Ticket:
        moment = now() - AGE * (1 - index / len(self.wanted.tickets))
        column = self.columns[wanted.column]
        ticket = Ticket.create(self.project, column, self._creator(index).id, self._fields(wanted, moment))
        if wanted.top:
            ticket.move_to(column, order=0)
        return ticket

    def _creator(self, index: int) -> User:
        """Everybody who may create tickets has created some."""
        writers = [username for username, role in self.wanted.members.items() if role is not Role.VIEWER]
        return self.people[writers[index % len(writers)]]

    def _fields(self, wanted: SampleTicket, moment: datetime) -> dict[str, Any]:
        return {
            "title": wanted.title,
            "description": wanted.description.strip(),
            "type": wanted.type,
            "priority": wanted.priority,
            "assignee_id": self.people[wanted.who].id if wanted.who else None,
            "parent_id": self.tickets[wanted.parent].id if wanted.parent else None,
            "labels": [self.labels[name] for name in wanted.labels],
            "story_points": wanted.points,
            "estimate": wanted.estimate,
            "start_date": _day(wanted.start),
            "due_date": _day(wanted.due),
            "created_at": moment,
            "updated_at": moment,
        }


def _columns(project: Project, wanted: tuple[SampleColumn, ...]) -> list[Column]:
    """Turn the default columns into the first ones wanted, and append the rest."""
    columns = list(project.columns())
    for column, fields in zip(columns, wanted, strict=False):
        column.revise(columns, **fields.model_dump())
    for fields in wanted[len(columns) :]:
        columns.append(Column.append_to(columns, project.id, **fields.model_dump()))
    return columns


def _day(offset: int | None) -> date | None:
    return None if offset is None else now().date() + timedelta(days=offset)
