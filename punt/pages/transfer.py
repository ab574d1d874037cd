"""The page that takes a board of Trello, or a table, into a project."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template

from punt import access
from punt.access import Grant, May
from punt.database import begin_write, db, end_read
from punt.deadlines import unhurried
from punt.errors import Problem
from punt.models import wire
from punt.pages.forms import errors_of
from punt.security import FILE_LIMIT, begins_itself, takes_at_most
from punt.transfer.carrying import Report, carry_out
from punt.transfer.foreign import read_foreign
from punt.uploads import uploaded

blueprint = Blueprint("transfer", __name__, url_prefix="/projects/<key>/import")


@blueprint.get("")
def show(key: str) -> str:
    """Show the form."""
    return _page(access.project(key, May.MANAGE))


@blueprint.post("")
@begins_itself
@takes_at_most(FILE_LIMIT)
def create(key: str) -> Any:
    """Carry a file into the project, all of it or nothing, and show what was taken and what was not."""
    access.project(key, May.MANAGE)
    end_read()
    try:
        plan = read_foreign(uploaded(FILE_LIMIT).read())
        begin_write()
        unhurried(db.session())
        access.user_anew()
        grant = access.project(key, May.MANAGE)
        report = carry_out(grant.project, plan, grant.user.id)
        db.session.commit()
    except Problem as problem:
        db.session.rollback()
        access.user_anew()
        return _page(access.project(key, May.MANAGE), errors=errors_of(problem)), problem.status
    return _page(grant, report=report)


def _page(grant: Grant, report: Report | None = None, errors: dict[str, str] | None = None) -> str:
    project = wire.project(grant.project)
    return render_template("projects/import.html", project=project, report=report, errors=errors or {})
