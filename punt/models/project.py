"""A project: a board with its columns, labels, tickets and members."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from punt.database import Base, Timestamp, db, new_id, now
from punt.errors import Conflict, Detail, Missing
from punt.events.publication import Change, Draft, Publication, recheck
from punt.heavy.deadlines import unhurried
from punt.language import _
from punt.models import topics, wire
from punt.models.column import Column
from punt.models.emptying import delete_slowly
from punt.models.membership import Membership, Role
from punt.models.palette import PROJECTS, pick
from punt.models.user import User

DEFAULT_COLUMNS = ("To Do", "In Progress", "Review", "Done")


def _audience(project: Project) -> tuple[str, ...]:
    members = db.session.scalars(
        # locked until the commit: whoever is being removed must not receive what comes after
        sa.select(Membership.user_id).where(Membership.project_id == project.id).with_for_update(read=True)
    )
    return (topics.SYSTEM_ADMINS, *members)


def _recheck_its_streams(project: Project, change: Change, _: frozenset[str]) -> Iterable[Draft]:
    """Its listeners no longer may; those who listen everywhere learn of members from their memberships."""
    if change is Change.CREATED:
        yield recheck(topics.PROJECTS, [topics.SYSTEM_ADMINS])
    if change is Change.DELETED:
        yield recheck(topics.project(project.id))


class Project(Base):
    """A project. Its key never changes."""

    __tablename__ = "project"
    __publication__ = Publication(
        noun="project",
        topic=lambda _: topics.PROJECTS,
        data=wire.project,
        project=lambda project: project.id,
        audience=_audience,
        silent=frozenset({"updated_at", "last_number"}),
        also=_recheck_its_streams,
    )

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(sa.String(10), unique=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    description: Mapped[str] = mapped_column(sa.String(2000), default="")
    color: Mapped[str] = mapped_column(sa.String(7))
    last_number: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Timestamp, default=now)
    updated_at: Mapped[datetime] = mapped_column(Timestamp, default=now, onupdate=now)

    @classmethod
    def create(cls, owner: User, *, key: str, name: str, description: str = "", color: str | None = None) -> Project:
        """Create a project with the default columns; its founder owns it.

        :raises Conflict: when the key is taken.
        """
        if db.session.scalar(sa.select(cls.id).where(cls.key == key)):
            raise Conflict(_("The key %(key)s is taken.", key=key), Detail("key", _("This key is taken.")))
        project = cls(key=key, name=name, description=description, color=color or pick(PROJECTS, key))
        db.session.add(project)
        Membership.add(project, owner, Role.OWNER, founding=True)
        db.session.flush()
        for position, column_name in enumerate(DEFAULT_COLUMNS):
            db.session.add(Column(project_id=project.id, name=column_name, position=position))
        db.session.flush()
        return project

    def revise(self, **fields: str) -> None:
        """Change name, description or colour."""
        for field, value in fields.items():
            setattr(self, field, value)

    def remove(self) -> None:
        """Delete the project with everything in it.

        :raises Missing: when somebody else has just done so.
        """
        from punt.models.bin import BinnedTicket  # which import their project
        from punt.models.ticket import Ticket

        unhurried(db.session())  # it cannot be split into smaller parts
        held = sa.select(Project.id).where(Project.id == self.id).with_for_update()
        if db.session.scalar(held) is None:  # otherwise its end would be published twice
            raise Missing("Project")
        for model in (Ticket, BinnedTicket):
            delete_slowly(db.session.connection(), model, model.project_id == self.id)
        db.session.delete(self)

    def next_number(self, count: int = 1) -> int:
        """Take the next ticket number, or the first of several; none is given twice. The project does not change."""
        taken = db.session.connection().execute(TAKE_NUMBERS, {"project_id": self.id, "count": count})
        return int(taken.scalar_one()) - count + 1

    def first_column(self, *, hold: bool = False) -> Column:
        """Return the leftmost column.

        :param hold: whether to lock it, because a ticket will be placed there.
        :raises Conflict: when there is none, as while the project is being deleted.
        """
        found = Column.first_held(self.id) if hold else next(iter(self.columns()), None)
        if found is None:
            raise Conflict(_("This project has no column any more."))
        return found

    def columns(self) -> Sequence[Column]:
        """List the columns in board order."""
        return Column.of(self.id)

    def columns_to_change(self) -> Sequence[Column]:
        """List the columns, and prevent others from adding, moving or removing any until the commit."""
        held = sa.select(Column.id).where(Column.project_id == self.id).order_by(Column.id)
        db.session.execute(held.with_for_update())
        db.session.execute(sa.select(Project.id).where(Project.id == self.id).with_for_update(key_share=True))
        query = sa.select(Column).where(Column.project_id == self.id).order_by(Column.position)
        return db.session.scalars(query.execution_options(populate_existing=True)).all()

    def hold_members(self) -> None:
        """Prevent others from changing the members until the commit, and reload those that are loaded.

        The project's row stands for them, so that everybody locks it before them and nobody deadlocks.
        """
        db.session.execute(sa.select(Project.id).where(Project.id == self.id).with_for_update(key_share=True))
        members = sa.select(Membership).where(Membership.project_id == self.id)
        db.session.scalars(members.execution_options(populate_existing=True)).all()

    def members(self) -> Sequence[Membership]:
        """List the members, by name."""
        return db.session.scalars(_MEMBERS, {"project_id": self.id}).all()


_MEMBERS = sa.select(Membership).join(User).where(Membership.project_id == sa.bindparam("project_id"))
_MEMBERS = _MEMBERS.order_by(User.name, User.id)
_TABLE = Base.metadata.tables["project"]
TAKE_NUMBERS = (
    sa.update(_TABLE)
    .where(_TABLE.c.id == sa.bindparam("project_id"))
    .values(last_number=_TABLE.c.last_number + sa.bindparam("count"), updated_at=_TABLE.c.updated_at)
    .returning(_TABLE.c.last_number)
)
