"""Replacing one label or column with another."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from punt.database import db
from punt.errors import Conflict, Detail, Invalid
from punt.language import _
from punt.models.bin import BinnedTicket
from punt.models.column import Column
from punt.models.label import Label
from punt.models.placing import move_together
from punt.models.project import Project
from punt.models.ticket import Ticket, ticket_label
from punt.models.together import LEAN, all_of, flushed


def merge_labels(label: Label, heir: Label) -> None:
    """Replace a label with its heir on every ticket, including deleted ones, and delete the label.

    Tickets are locked before labels, as when they are labelled; those that got the label meanwhile come afterwards.

    :raises Invalid: when the two are the same.
    :raises Conflict: when one of them was deleted meanwhile.
    """
    if label is heir:
        raise Invalid.field("into", _("Choose another label."))
    BinnedTicket.relabel(label, heir)
    _carriers(label)
    both = sa.select(Label.id).where(Label.id.in_([label.id, heir.id])).order_by(Label.id)
    if len(db.session.scalars(both.with_for_update()).all()) < 2:
        raise Conflict(_("Somebody else deleted this label meanwhile."))
    for ticket in flushed(_carriers(label)):
        ticket.edit({"labels": [heir, *(each for each in ticket.labels if each is not label)]})
    db.session.delete(label)


def remove_column(column: Column, project: Project, heir: Column | None) -> None:
    """Delete a column; its tickets move to the bottom of the heir, in their order.

    :raises Conflict: when it is the last column, has tickets and no heir, or was deleted meanwhile.
    """
    Ticket.hold(Ticket.column_id == column.id)  # before the columns: whoever moves one locks it first, too
    siblings = project.columns_to_change()
    if column not in siblings:
        raise Conflict(_("Somebody else deleted this column meanwhile."))
    if len(siblings) == 1:
        raise Conflict(_("A board keeps at least one column."))
    if tickets := Ticket.in_column(column.id):
        if heir is None or heir is column:
            message = _("This column has tickets: say which column they go to.")
            raise Conflict(message, Detail("moveTicketsTo", message))
        move_together(tickets, heir)
    db.session.delete(column)
    rest = [each for each in siblings if each is not column]
    Column.arrange(rest, [each.id for each in rest])


def count_carriers(label: Label) -> int:
    """Count the tickets that carry a label."""
    carrying = sa.select(sa.func.count()).where(ticket_label.c.label_id == label.id)
    return db.session.scalar(carrying) or 0


def _carriers(label: Label) -> Sequence[Ticket]:
    """Load the tickets that carry a label, to change them."""
    carrying = sa.select(ticket_label.c.ticket_id).where(ticket_label.c.label_id == label.id)
    held = sa.select(Ticket).where(Ticket.id.in_(carrying)).order_by(Ticket.id).with_for_update(key_share=True)
    return all_of(held.options(selectinload(Ticket.labels), LEAN).execution_options(populate_existing=True))
