"""Where tickets are: in a column of their project, at a rank, with labels of their project."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import partial

import sqlalchemy as sa

from punt.checks.finding import Finding
from punt.database import db
from punt.models import Column, Label, Project, Ticket
from punt.models.rank import several_between
from punt.models.ticket import ticket_label
from punt.transfer.export.rules import wrong_with_rank


def ranks() -> Iterator[Finding]:
    """Find columns with tickets beside which no other can be placed."""
    broken = defaultdict[str, int](int)
    for column_id, rank in db.session.execute(sa.select(Ticket.column_id, Ticket.rank)):
        broken[column_id] += wrong_with_rank(rank) is not None
    for column_id, number in sorted(broken.items()):
        if number:
            yield Finding(
                f"Column {_name(column_id)}: {number} tickets have no proper rank.", partial(_spread, column_id)
            )


def homeless() -> Iterator[Finding]:
    """Find tickets in a column that does not exist, or belongs to another project."""
    home = sa.and_(Column.id == Ticket.column_id, Column.project_id == Ticket.project_id)
    lost = sa.select(Ticket).outerjoin(Column, home).where(Column.id.is_(None)).order_by(Ticket.number)
    for ticket in db.session.scalars(lost):
        yield Finding(f"{ticket.key}: it is in no column of its project.", partial(_take_home, ticket))


def labels() -> Iterator[Finding]:
    """Find tickets with a label of another project."""
    pairs = sa.select(Ticket, Label).join(ticket_label, ticket_label.c.ticket_id == Ticket.id)
    foreign = pairs.join(Label, Label.id == ticket_label.c.label_id).where(Label.project_id != Ticket.project_id)
    for ticket, label in db.session.execute(foreign.order_by(Ticket.number, Label.id)):
        sentence = f"{ticket.key}: its label {label.name} is another project's."
        yield Finding(sentence, partial(_take_off, ticket, label))


def _spread(column_id: str) -> str:
    """Give new ranks to a whole column, in its order; none is one that a ticket there has or had."""
    present = Ticket.in_column(column_id)
    had = {ticket.rank for ticket in present}
    fresh = (rank for rank in several_between(None, None, 2 * len(present)) if rank not in had)
    for ticket, rank in zip(present, fresh, strict=False):
        ticket.rank = rank
    return "All there have new ones, in the same order."


def _take_home(ticket: Ticket) -> str:
    column = db.session.get_one(Project, ticket.project_id).first_column()
    ticket.move_to(column)
    return f"It is in {column.name} now."


def _take_off(ticket: Ticket, label: Label) -> str:
    ticket.edit({"labels": [each for each in ticket.labels if each is not label]})
    return "It is taken off."


def _name(column_id: str) -> str:
    found = db.session.execute(
        sa.select(Project.key, Column.name).join(Column, Column.project_id == Project.id).where(Column.id == column_id)
    ).one_or_none()
    return f"{found.name} of {found.key}" if found else column_id
