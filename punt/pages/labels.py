"""A label's own page, and the plain forms that add, change, merge and delete labels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, render_template, request

from punt import access
from punt.access import Grant, May
from punt.database import db
from punt.errors import Problem
from punt.inputs.base import form
from punt.inputs.boards import LabelChange, LabelMerge, NewLabel
from punt.language import _
from punt.models import Label, wire
from punt.models.merging import count_carriers, merge_labels
from punt.models.palette import LABELS, choices
from punt.pages.forms import NOT_KEPT, again, saved
from punt.pages.settings import again_at, back_to

blueprint = Blueprint("labels", __name__, url_prefix="/projects/<key>/labels")


@blueprint.post("")
def create(key: str) -> Any:
    """Add a label."""
    grant = access.project(key, May.LABEL)
    with saved(again_at("labels", key)):
        asked = form(NewLabel, request.form)
        label = Label.create(grant.project.id, asked.name, asked.color)
    return back_to("labels", grant, _("Added the label %(label)s.", label=label.name))


@blueprint.get("/<label_id>")
def show(key: str, label_id: str) -> Any:
    """Show a label's settings."""
    grant = access.project(key, May.LABEL)
    label = grant.label(label_id)
    page = render_template("labels/show.html", values=wire.label(label), errors={}, **_around(grant, label))
    return page, NOT_KEPT


@blueprint.post("/<label_id>")
def update(key: str, label_id: str) -> Any:
    """Change name and colour."""
    grant = access.project(key, May.LABEL)
    label = grant.label(label_id)
    with saved(_again(key, label_id)):
        label.revise(**form(LabelChange, request.form).given())
    return back_to("labels", grant, _("Saved the label %(label)s.", label=label.name))


@blueprint.post("/<label_id>/merge")
def merge(key: str, label_id: str) -> Any:
    """Replace this label with another one."""
    grant = access.project(key, May.LABEL)
    label = grant.label(label_id)
    name = label.name
    with saved(_again(key, label_id)):
        heir = access.named("into", grant.label, form(LabelMerge, request.form).into)
        merge_labels(label, heir)
    return back_to("labels", grant, _("Merged %(name)s into %(heir)s.", name=name, heir=heir.name))


@blueprint.post("/<label_id>/delete")
def delete(key: str, label_id: str) -> Any:
    """Delete a label, removing it from all tickets."""
    grant = access.project(key, May.LABEL)
    label = grant.label(label_id)
    label.remove()
    db.session.commit()
    return back_to("labels", grant, _("Deleted the label %(label)s.", label=label.name))


def _again(key: str, label_id: str) -> Callable[[Problem], str]:
    def around() -> dict[str, Any]:
        grant = access.project(key)
        return _around(grant, grant.label(label_id))

    return again("labels/show.html", around)


def _around(grant: Grant, label: Label) -> dict[str, Any]:
    return {
        "project": wire.project(grant.project),
        "palette": choices(LABELS),
        "label": wire.label(label),
        "others": [wire.label(each) for each in Label.of(grant.project.id) if each is not label],
        "ticket_count": count_carriers(label),
    }
