"""A label of a project."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from punt.database import Base, db, new_id
from punt.errors import Conflict, Detail, Missing
from punt.events.publication import Publication
from punt.language import _
from punt.models import topics, wire
from punt.models.palette import LABELS
from punt.models.texts import key_of


class Label(Base):
    """A label; its name is unique in the project, see :func:`punt.models.texts.key_of`.

    Deleting one removes it from its tickets by the database's own cascade; screens infer that from ``label.deleted``.
    """

    __tablename__ = "label"
    __table_args__ = (sa.UniqueConstraint("project_id", "name_key"),)
    __publication__ = Publication(
        noun="label",
        topic=lambda label: topics.project(label.project_id),
        data=wire.label,
        project=lambda label: label.project_id,
        silent=frozenset({"name_key"}),
    )

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(sa.ForeignKey("project.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(sa.String(50))
    name_key: Mapped[str] = mapped_column(sa.String(150))
    color: Mapped[str] = mapped_column(sa.String(7))

    @classmethod
    def of(cls, project_id: str) -> Sequence[Label]:
        """List a project's labels by name."""
        return db.session.scalars(_OF, {"project_id": project_id}).all()

    @classmethod
    def named(cls, project_id: str, name: str) -> Label | None:
        """Find a project's label by name."""
        return db.session.scalar(sa.select(cls).where(cls.project_id == project_id, cls.name_key == key_of(name)))

    @classmethod
    def create(cls, project_id: str, name: str, color: str | None = None) -> Label:
        """Add a label; without a colour it gets the next one of the palette.

        :raises Conflict: when the project has one with that name.
        """
        _refuse_taken_name(project_id, name, None)
        count = db.session.scalar(sa.select(sa.func.count()).where(cls.project_id == project_id)) or 0
        label = cls(
            project_id=project_id,
            name=name,
            name_key=key_of(name),
            color=color or LABELS[count % len(LABELS)],
        )
        db.session.add(label)
        db.session.flush()
        return label

    def revise(self, *, name: str | None = None, color: str | None = None) -> None:
        """Change name or colour.

        :raises Conflict: when the project has another one with that name.
        """
        if name is not None:
            _refuse_taken_name(self.project_id, name, self.id)
            self.name, self.name_key = name, key_of(name)
        self.color = color or self.color

    def remove(self) -> None:
        """Delete the label.

        :raises Missing: when somebody else has just done so.
        """
        held = sa.select(Label.id).where(Label.id == self.id).with_for_update()
        if db.session.scalar(held) is None:  # otherwise its end would be published twice
            raise Missing("Label")
        db.session.delete(self)


_OF = sa.select(Label).where(Label.project_id == sa.bindparam("project_id")).order_by(Label.name_key)


def settle_keys(connection: sa.Connection) -> None:
    """Give labels of an older PUNT the keys by which they are found now.

    If two now count as the same, one keeps its old key until ``flask db check --repair`` merges them.
    """
    query = sa.select(Label.id, Label.project_id, Label.name, Label.name_key).order_by(Label.id)
    rows = connection.execute(query).all()
    taken = {(row.project_id, row.name_key) for row in rows}
    for row in rows:
        key = row.project_id, key_of(row.name)
        if key not in taken:
            taken.add(key)
            connection.execute(sa.update(Label).where(Label.id == row.id).values(name_key=key[1]))


def _refuse_taken_name(project_id: str, name: str, own_id: str | None) -> None:
    taken = Label.named(project_id, name)
    if taken and taken.id != own_id:
        raise Conflict(
            _("There is a label “%(taken)s” already.", taken=taken.name), Detail("name", _("This name is taken."))
        )
