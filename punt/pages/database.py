"""The page “Database” of system admins."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from sqlalchemy.exc import SQLAlchemyError

from punt import access
from punt.database import db, end_read
from punt.errors import Problem
from punt.events.pipeline import cursor
from punt.inputs.base import form
from punt.inputs.database import Overhaul, OwnPassword
from punt.language import _, later
from punt.pages.forms import errors_of, saved, typed
from punt.pages.progress import progressing
from punt.services import database
from punt.transfer.export.words import PHRASES, size_in_words, summary
from punt.transfer.sizes import size, table_sizes
from punt.transfer.trouble import TROUBLE, reason, unsure
from punt.web.replies import attached
from punt.web.security import begins_itself, reads_body_itself

UNDER_WAY = later("This file was confirmed twice, and is being taken already.")
logger = logging.getLogger(__name__)
blueprint = Blueprint("database", __name__, url_prefix="/admin/database")


@blueprint.get("")
def show() -> str:
    """Show the sizes, and the forms for the whole database."""
    access.admin()
    return _page()


@blueprint.post("/export")
@begins_itself
def export() -> Any:
    """Send everything in one file."""
    access.admin()
    with saved(_again("export")):
        database.prove(form(OwnPassword, request.form).your_password)
    return attached(database.exported())


@blueprint.post("/import")
@reads_body_itself
def upload() -> Any:
    """Upload an export, to be shown; nothing is changed yet."""
    with saved(_again("import")):
        room = database.waiting_room()
        name = room.admit(database.received())
        access.admin_anew()
    return redirect(url_for("database.look", name=name))


@blueprint.get("/import/<name>")
def look(name: str) -> Any:
    """Check an uploaded export and show its contents."""
    access.admin()
    coming = database.Import(database.waiting_room().path(name))
    return _running(coming, name)


@blueprint.post("/import/<name>")
@begins_itself
def confirm(name: str) -> Any:
    """Replace everything with an uploaded export."""
    replacing = _epoch()  # before the user is verified: the replacement signs out whoever comes after it
    access.admin_anew()
    room = database.waiting_room()

    def again(problem: Problem) -> Any:
        access.admin()
        return _running(database.Import(room.path(name)), name, errors=errors_of(problem), values=typed())

    with saved(again):
        database.confirm("import", form(Overhaul, request.form))
    claimed = room.claim(name)
    if claimed is None:
        outcome = {"problem": _(UNDER_WAY), "unsure": True}
        return render_template("admin/import.html", lines=(), outcome=outcome, asks=False)
    return _running(database.Import(claimed), name, replacing)


@blueprint.post("/<any(wipe, 'wipe-projects'):what>")
@begins_itself
def wipe(what: str) -> Any:
    """Delete everything, or all projects."""
    access.admin()
    with saved(_again(what)):
        database.confirm(what, form(Overhaul, request.form))
    database.wipe(what)
    if what == "wipe":
        session.clear()
        return redirect(url_for("auth.setup"))
    flash(_("All projects are gone."), "success")
    return redirect(url_for("projects.index"))


def _running(coming: database.Import, name: str, replacing: str | None = None, **again: Any) -> Any:
    """Stream a page that shows progress, and at its end the result, whatever goes wrong on the way.

    :param name: of the uploaded file.
    :param replacing: the epoch of the database that the file replaces; None while it is checked, to be confirmed.
    """
    outcome: dict[str, Any] = {"said": None, "warnings": [], "problem": None, "unsure": False}

    def lines() -> Generator[str]:
        try:
            yield from coming.take() if replacing else coming.look()
            outcome.update(said=summary(coming.contents), warnings=coming.contents.warnings)
        except Problem as problem:
            outcome.update(problem=problem.message, unsure=_may_be_replaced(replacing, problem))
        except TROUBLE as error:
            logger.exception("an import failed")
            outcome.update(problem=reason(error), unsure=_may_be_replaced(replacing, error))
        finally:
            if replacing or outcome["problem"]:  # whoever left while it was checked may come back
                coming.path.unlink(missing_ok=True)

    known: dict[str, Any] = {"errors": {}, "values": {}, "name": name, "phrase": PHRASES["import"]}
    return progressing("admin/import.html", lines(), outcome=outcome, asks=replacing is None, **known | again)


def _may_be_replaced(epoch: str | None, error: Exception) -> bool:
    """Tell whether the database may have been replaced despite an error: by the same form sent twice, or a lost commit.

    :param epoch: the database's; None if nothing was to be replaced.
    """
    end_read()
    try:
        return epoch is not None and (unsure(error) or _epoch() != epoch)
    except SQLAlchemyError:
        return True
    finally:
        end_read()


def _epoch() -> str:
    """Identify this database: an import makes another one of it."""
    return cursor().partition("-")[0]


def _again(part: str) -> Callable[[Problem], str]:
    """Show the page again, with the errors in one of its parts."""

    def page(problem: Problem) -> str:
        access.admin()
        return _page(wrong={part: errors_of(problem)}, values={part: typed()})

    return page


def _page(**said: Any) -> str:
    connection = db.session.connection()
    known: dict[str, Any] = {"wrong": {}, "values": {}} | said
    return render_template(
        "admin/database.html",
        table_sizes=table_sizes(connection),
        size=size_in_words(size(connection)),
        size_in_words=size_in_words,
        phrases=PHRASES,
        **known,
    )
