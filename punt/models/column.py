"""A column of a board."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from punt.database import Base, db, innermost_transaction, new_id
from punt.errors import Conflict, Invalid
from punt.events.publication import Publication
from punt.language import _
from punt.models import topics, wire
from punt.models.rank import Crowded


class Column(Base):
    """A column; ``position`` counts from 0 without gaps and is the wire's ``order``."""

    __tablename__ = "column"
    __publication__ = Publication(
        noun="column",
        topic=lambda column: topics.project(column.project_id),
        data=wire.column,
        project=lambda column: column.project_id,
        names={"position": "order"},
    )

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(sa.ForeignKey("project.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(sa.String(50))
    color: Mapped[str | None] = mapped_column(sa.String(7))
    wip_limit: Mapped[int | None]
    position: Mapped[int]
    ticket_count: Mapped[int] = mapped_column(default=0, server_default="0", deferred=True, info={"derived": True})
    """Kept by triggers of the database, so objects do not know it: see :mod:`punt.models.orders`."""

    @classmethod
    def append_to(
        cls, siblings: Sequence[Column], project_id: str, *, name: str, color: str | None, wip_limit: int | None
    ) -> Column:
        """Add a column as the rightmost of a board."""
        column = cls(project_id=project_id, name=name, color=color, wip_limit=wip_limit, position=len(siblings))
        db.session.add(column)
        db.session.flush()
        return column

    @staticmethod
    def arrange(columns: Sequence[Column], ids: Sequence[str]) -> list[Column]:
        """Put a board's columns into the order of their ids.

        :raises Invalid: unless every column is named exactly once.
        """
        by_id = {column.id: column for column in columns}
        if sorted(ids) != sorted(by_id):
            raise Invalid.field("columnIds", _("Name every column of the project exactly once."))
        for position, column_id in enumerate(ids):
            by_id[column_id].position = position
        return [by_id[column_id] for column_id in ids]

    @staticmethod
    def of(project_id: str) -> Sequence[Column]:
        """List the columns of a board from left to right."""
        return db.session.scalars(_ALL, {"project_id": project_id}).all()

    @staticmethod
    def first_held(project_id: str) -> Column | None:
        """Load the leftmost column of a board, and lock it as :meth:`hold` does."""
        return next(iter(_note_held(db.session.scalars(_FIRST, {"project_id": project_id}).all())), None)

    @staticmethod
    def held(project_id: str, column_id: str, *sources: str) -> Column | None:
        """Load a column of a project, and lock it as :meth:`hold` does.

        :param sources: columns from which tickets will come.
        """
        wanted = {"project_id": project_id, "ids": sorted({column_id, *sources})}
        found = {column.id: column for column in _note_held(db.session.scalars(_SOME, wanted).all())}
        return found.get(column_id)

    def hold(self, *sources: str) -> None:
        """Prevent others from placing tickets here until the commit, so that each rank is given once.

        :param sources: columns from which tickets will come: they have fewer then, and are held, too.
        :raises Conflict: when the column was deleted meanwhile.
        """
        hold_columns([self.id, *sources])
        if self.id not in _held():
            raise Conflict(_("Somebody else deleted this column meanwhile."))

    @contextmanager
    def placing(self, *sources: str) -> Iterator[None]:
        """Lock columns as :meth:`hold` does while tickets are placed; if there is no room, report where."""
        self.hold(*sources)
        try:
            yield
        except Crowded as crowded:
            crowded.column_id = self.id
            raise

    def revise(self, siblings: Sequence[Column], *, order: int | None = None, **fields: str | int | None) -> None:
        """Change name, colour or limit, and move the column to an order on its board.

        :raises Conflict: when it was deleted meanwhile.
        """
        if self not in siblings:
            raise Conflict(_("Somebody else deleted this column meanwhile."))
        for field, value in fields.items():
            setattr(self, field, value)
        if order is not None:
            others = [column.id for column in siblings if column is not self]
            others.insert(order, self.id)
            Column.arrange(siblings, others)


_ON_BOARD = sa.select(Column).where(Column.project_id == sa.bindparam("project_id"))
_ALL = _ON_BOARD.order_by(Column.position)
_FRESH = _ON_BOARD.with_for_update(key_share=True).execution_options(populate_existing=True)
_FIRST = _FRESH.order_by(Column.position).limit(1)
_THESE = Column.id.in_(sa.bindparam("ids", expanding=True))
_SOME = _FRESH.where(_THESE).order_by(Column.id)
_HOLD = sa.select(Column.id).where(_THESE).order_by(Column.id).with_for_update(key_share=True)
_HELD = "punt_columns_held"


def hold_columns(ids: Iterable[str]) -> None:
    """Prevent others from placing tickets in some columns, and from taking any away, until the commit."""
    if missing := {*ids} - _held():
        found = db.session.scalars(_HOLD, {"ids": sorted(missing)}).all()
        _held().update(found)


def is_held(column_id: str) -> bool:
    """Tell whether this transaction has locked a column."""
    return column_id in _held()


def _note_held(columns: Sequence[Column]) -> Sequence[Column]:
    _held().update(column.id for column in columns)
    return columns


def _held() -> set[str]:
    """The columns that are locked; a savepoint that is rolled back gives back what it locked."""
    session = db.session()
    transaction = innermost_transaction(session)
    known: tuple[object, set[str]] = session.info.get(_HELD, (None, set()))
    if known[0] is not transaction or transaction is None:
        known = session.info[_HELD] = transaction, set()
    return known[1]
