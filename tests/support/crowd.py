"""Tickets by the thousand, inserted as rows: creating them one by one would take too long."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from punt.database import db, new_id, now
from punt.models import Priority, Project, Ticket
from punt.models.rank import several_between
from punt.models.ticket import ticket_label

BATCH = 1000
DESCRIPTION = "Twelve berths, each with *water* and power; the pilot says which. " * 4


def crowd(project: Project, count: int, *, column_id: str, person_id: str, label_id: str | None = None) -> None:
    """Fill a column with tickets that one person created and is assigned to; no two sort orders agree."""
    moment, priorities = now(), list(Priority)
    rows = [
        {
            "id": new_id(),
            "project_id": project.id,
            "project_key": project.key,
            "column_id": column_id,
            "creator_id": person_id,
            "assignee_id": person_id,
            "number": nth,
            "title": f"Berth {nth}",
            "description": DESCRIPTION,
            "type": "Task",
            "priority": priorities[nth * 7919 % len(priorities)].value,
            "due_date": moment.date() + timedelta(days=nth * 104_729 % 365),
            "rank": rank,
            "version": 1,
            "created_at": moment,
            "updated_at": moment,
        }
        for nth, rank in enumerate(several_between(None, None, count), 1)
    ]
    for start in range(0, count, BATCH):
        batch = rows[start : start + BATCH]
        db.session.execute(sa.insert(Ticket), batch)
        if label_id:
            marks = [{"ticket_id": row["id"], "label_id": label_id} for row in batch]
            db.session.execute(sa.insert(ticket_label), marks)
    db.session.execute(sa.update(Project).where(Project.id == project.id).values(last_number=count))
