"""Projects: their columns, and the numbers of their tickets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import partial

import sqlalchemy as sa

from punt.checks.finding import Finding
from punt.database import Base, db
from punt.models import BinnedTicket, Column, Project, Ticket
from punt.models.project import DEFAULT_COLUMNS


def columns() -> Iterator[Finding]:
    """Find projects without a column."""
    some = sa.select(Column.project_id)
    for project in db.session.scalars(sa.select(Project).where(Project.id.not_in(some)).order_by(Project.key)):
        yield Finding(f"{project.key}: it has no column.", partial(_furnish, project))


def column_order() -> Iterator[Finding]:
    """Find boards whose columns are not numbered from 0 without gaps."""
    boards = defaultdict[str, list[Column]](list)
    for column in db.session.scalars(sa.select(Column).order_by(Column.position, Column.id)):
        boards[column.project_id].append(column)
    for project_id, own in boards.items():
        if [column.position for column in own] != list(range(len(own))):
            yield Finding(f"{_key(project_id)}: its columns are not counted from 0.", partial(_arrange, own))


def ticket_counts() -> Iterator[Finding]:
    """Find columns that have another number of tickets than the database's triggers have counted."""
    counted = sa.select(sa.func.count()).where(Ticket.column_id == Column.id).scalar_subquery()
    wrong = sa.select(Column.id, Column.project_id, Column.name, Column.ticket_count, counted.label("tickets"))
    for row in db.session.execute(wrong.where(Column.ticket_count != counted).order_by(Column.id)):
        sentence = f"{_key(row.project_id)}: {row.name} counts {row.ticket_count} tickets and has {row.tickets}."
        yield Finding(sentence, partial(_count_again, row.id))


def numbers() -> Iterator[Finding]:
    """Find tickets whose number their project has not or cannot have assigned, or whose key is another's."""
    for ticket in db.session.scalars(sa.select(Ticket).where(Ticket.number < 1).order_by(Ticket.id)):
        yield Finding(f"Ticket {ticket.id}: it has the number {ticket.number}.", partial(_number, ticket))
    for project, greatest in db.session.execute(_ahead()):
        sentence = f"{project.key}: it has tickets up to {greatest}, and would give {project.last_number + 1} next."
        yield Finding(sentence, partial(_count_on, project, greatest))
    strays = sa.select(Ticket, Project.key).join(Project, Project.id == Ticket.project_id)
    for ticket, key in db.session.execute(strays.where(Ticket.project_key != Project.key).order_by(Ticket.id)):
        sentence = f"{ticket.key}: its project is {key}."
        yield Finding(sentence, partial(_give_key, ticket, key))


def binned() -> Iterator[Finding]:
    """Find deleted tickets that still exist, or whose number another one has."""
    alike = sa.or_(
        Ticket.id == BinnedTicket.id,
        sa.and_(Ticket.project_id == BinnedTicket.project_id, Ticket.number == BinnedTicket.number),
    )
    for kept, ticket in db.session.execute(
        sa.select(BinnedTicket, Ticket).join(Ticket, alike).order_by(BinnedTicket.id)
    ):
        sentence = f"Deleted ticket {kept.id}: {ticket.key} is there under its id or number."
        yield Finding(sentence, partial(_take_out, kept) if kept.id == ticket.id else partial(_renumber, kept))


def _ahead() -> sa.Select[Project, int]:
    given = sa.union_all(
        sa.select(Ticket.project_id, Ticket.number), sa.select(BinnedTicket.project_id, BinnedTicket.number)
    ).subquery()
    greatest = sa.select(given.c.project_id, sa.func.max(given.c.number).label("greatest")).group_by(given.c.project_id)
    found = greatest.subquery()
    ahead = sa.select(Project, found.c.greatest).join(found, found.c.project_id == Project.id)
    return ahead.where(found.c.greatest > Project.last_number).order_by(Project.key)


def _key(project_id: str) -> str:
    return db.session.scalar(sa.select(Project.key).where(Project.id == project_id)) or project_id


def _furnish(project: Project) -> str:
    made = list[Column]()
    for name in DEFAULT_COLUMNS:
        made.append(Column.append_to(made, project.id, name=name, color=None, wip_limit=None))
    return "It has the usual ones now."


def _arrange(own: Sequence[Column]) -> str:
    Column.arrange(own, [column.id for column in own])
    return "They are now."


def _count_again(column_id: str) -> str:
    table = Base.metadata.tables["column"]
    counted = sa.select(sa.func.count()).where(Ticket.column_id == column_id).scalar_subquery()
    change = sa.update(table).where(table.c.id == column_id).values(ticket_count=counted)
    db.session.connection().execute(change)
    return "They are counted again."


def _number(ticket: Ticket) -> str:
    ticket.number = db.session.get_one(Project, ticket.project_id).next_number()
    return f"It is {ticket.key} now."


def _count_on(project: Project, greatest: int) -> str:
    project.last_number = greatest
    return f"It will give {greatest + 1}."


def _give_key(ticket: Ticket, key: str) -> str:
    ticket.project_key = key
    return f"It is {key}-{ticket.number} now."


def _take_out(kept: BinnedTicket) -> str:
    db.session.delete(kept)
    return "It is taken out of the bin."


def _renumber(kept: BinnedTicket) -> str:
    project = db.session.get_one(Project, kept.project_id)
    number = project.next_number()
    kept.number, kept.content = number, kept.content | {"number": number, "key": f"{project.key}-{number}"}
    return f"It will come back as {project.key}-{number}."
