"""The pages that import a file of another tracker into a project: it is shown first, then imported once."""

from __future__ import annotations

import logging
from collections.abc import Generator
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from punt import access
from punt.access import Grant, May
from punt.database import db, end_read
from punt.errors import Problem
from punt.language import _, later
from punt.models import wire
from punt.pages.forms import errors_of, saved
from punt.pages.progress import progressing
from punt.services.imports import Incoming, foreseen, said
from punt.transfer.boards.choice import Choice
from punt.transfer.boards.fields import FIELDS
from punt.transfer.boards.foreign import Reading, understood
from punt.transfer.trouble import TROUBLE, reason, unsure
from punt.web.security import FILE_LIMIT, begins_itself, takes_at_most
from punt.web.uploads import uploaded

logger = logging.getLogger(__name__)
blueprint = Blueprint("transfer", __name__, url_prefix="/projects/<key>/import")

FEW = 500
"""Tickets that are imported so soon that no progress has to be shown."""
SHOWN = 300
"""Columns of a file that can be changed on the page."""
GONE = later("This file is no longer here. Please choose it again.")


@blueprint.get("")
def show(key: str) -> str:
    """Show the form."""
    return _form(access.project(key, May.MANAGE))


@blueprint.post("")
@begins_itself
@takes_at_most(FILE_LIMIT)
def create(key: str) -> Any:
    """Store a file and show its contents; nothing is changed yet."""
    access.project(key, May.MANAGE)
    end_read()
    with saved(lambda problem: _form(access.project(key, May.MANAGE), errors_of(problem))):
        upload = uploaded(FILE_LIMIT)
        reading = understood(upload.read(), Choice(into=key.upper()))
        grant = _anew(key)
        upload.seek(0)
        incoming = Incoming.admit(grant, upload, request.files["file"].filename or "", foreseen(grant.project, reading))
    return redirect(_address(key, incoming), 303)


@blueprint.get("/<name>")
def look(key: str, name: str) -> Any:
    """Show the contents of a file, or the result of its import."""
    grant = access.project(key, May.MANAGE)
    incoming = Incoming(grant, name)
    if receipt := incoming.receipt():
        return _page("imported", grant, file=receipt.subject, said=said(receipt), look=incoming.look)
    return _look(grant, incoming)


@blueprint.post("/<name>")
@begins_itself
def take(key: str, name: str) -> Any:
    """Show a file again with other columns, or import it; one that is imported already is not imported again."""
    incoming = Incoming(access.project(key, May.MANAGE), name)
    if incoming.receipt():
        end_read()
        return redirect(_address(key, incoming), 303)
    if not incoming.waits():
        return _form(access.project(key, May.MANAGE), {"file": _(GONE)}), 404
    end_read()
    with saved(lambda problem: _look(access.project(key, May.MANAGE), incoming, errors_of(problem))):
        reading = understood(incoming.content(), _chosen(key))
        grant = _anew(key)
        incoming.show(foreseen(grant.project, reading))
        if request.form.get("do") == "look":
            return redirect(_address(key, incoming), 303)
        many = len(reading.planned().cards) > FEW
        end_read()
        for _step in () if many else incoming.take(reading):
            pass
    return _running(key, incoming, reading) if many else redirect(_address(key, incoming), 303)


def _anew(key: str) -> Grant:
    """Look up again who is asking and what they may do, once a transaction has ended."""
    access.user_anew()
    return access.project(key, May.MANAGE)


def _chosen(key: str) -> Choice:
    """Read which field each column is to be, by its number, and which project of the file to import."""
    given = ((name.partition("column-"), field) for name, field in request.form.items())
    columns = tuple((f"#{number}", field) for (before, sign, number), field in given if sign and not before)
    return Choice(columns, request.form.get("part", ""), key.upper())


def _running(key: str, incoming: Incoming, reading: Reading) -> Any:
    """Stream a page that shows progress, and then leads to the result; leaving it does not stop the import."""
    outcome: dict[str, Any] = {"problem": None, "unsure": False}
    steps = incoming.take(reading)

    def lines() -> Generator[str]:
        try:
            for step in steps:  # noqa: UP028 - which would be closed when this is
                yield step
        except Problem as problem:
            db.session.rollback()
            outcome["problem"] = problem.message
        except TROUBLE as error:
            db.session.rollback()
            logger.exception("an import failed")
            outcome.update(problem=reason(error), unsure=unsure(error))
        finally:
            for _step in steps:  # the client has gone
                pass

    known: dict[str, Any] = {"project": wire.project(access.project(key).project), "address": _address(key, incoming)}
    return progressing("projects/import_running.html", lines(), outcome=outcome, **known)


def _look(grant: Grant, incoming: Incoming, errors: dict[str, str] | None = None) -> Any:
    seen = incoming.look if incoming.waits() else None
    if seen is None:
        return _form(grant, {"file": _(GONE)}), 404
    fields = {"": later("Not taken"), **{field_id: field.label for field_id, field in FIELDS.items()}}
    told: dict[str, Any] = {"file": incoming.file, "name": incoming.name, "look": seen, "fields": fields}
    return _page("import_look", grant, most=SHOWN, errors=errors or {}, **told)


def _form(grant: Grant, errors: dict[str, str] | None = None) -> str:
    return _page("import", grant, errors=errors or {})


def _page(template: str, grant: Grant, **told: Any) -> str:
    return render_template(f"projects/{template}.html", project=wire.project(grant.project), **told)


def _address(key: str, incoming: Incoming) -> str:
    return url_for("transfer.look", key=key, name=incoming.name)
