"""What admins configure for the whole server, kept in the database so that every worker has it at once."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from punt.database import Base, db
from punt.events.publication import Publication


@dataclass(frozen=True)
class Site:
    """The current settings, each with its default.

    :param name: what the header and every title show.
    :param registration: whether anybody may create an account.
    """

    name: str = "PUNT"
    registration: bool = False


class SiteSetting(Base):
    """One setting that was changed; one that never was has no row."""

    __tablename__ = "site_setting"
    __publication__ = Publication(noun=None)

    name: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    value: Mapped[Any] = mapped_column(sa.JSON)

    @classmethod
    def site(cls) -> Site:
        """Read the current settings."""
        known = {each.name for each in fields(Site)}
        rows: Any = db.session.execute(sa.select(cls.name, cls.value)).all()
        return Site(**{row.name: row.value for row in rows if row.name in known})

    @classmethod
    def decide(cls, **values: Any) -> Site:
        """Change some settings."""
        for name, value in values.items():
            setting = db.session.get(cls, name, with_for_update=True)
            if setting is not None:
                setting.value = value
            elif value != getattr(Site(), name):
                db.session.add(cls(name=name, value=value))
        db.session.flush()
        return cls.site()
