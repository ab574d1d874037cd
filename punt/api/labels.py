"""The labels of a project."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from punt import access
from punt.access import May
from punt.api import shapes
from punt.api.describe import answers
from punt.database import db
from punt.inputs.base import body
from punt.inputs.boards import LabelChange, LabelMerge, NewLabel
from punt.models import Label, wire
from punt.models.merging import merge_labels
from punt.web.replies import nothing

blueprint = Blueprint("api_labels", __name__, url_prefix="/api/projects/<reference>/labels")


@blueprint.get("")
@answers(list[shapes.Label])
def index(reference: str) -> Any:
    """List the labels by name."""
    return [wire.label(label) for label in Label.of(access.project(reference).project.id)]


@blueprint.post("")
@answers(shapes.Label, 201, body=NewLabel)
def create(reference: str) -> Any:
    """Add a label."""
    project, asked = access.project(reference, May.LABEL).project, body(NewLabel)
    label = Label.create(project.id, asked.name, asked.color)
    db.session.commit()
    return wire.label(label), 201


@blueprint.patch("/<label_id>")
@answers(shapes.Label, body=LabelChange)
def update(reference: str, label_id: str) -> Any:
    """Change a label."""
    label, asked = access.project(reference, May.LABEL).label(label_id), body(LabelChange)
    label.revise(**asked.given())
    db.session.commit()
    return wire.label(label)


@blueprint.post("/<label_id>/merge")
@answers(shapes.Label, body=LabelMerge)
def merge(reference: str, label_id: str) -> Any:
    """Replace a label with another one; return the one that stays."""
    grant = access.project(reference, May.LABEL)
    label, heir = grant.label(label_id), access.named("into", grant.label, body(LabelMerge).into)
    merge_labels(label, heir)
    db.session.commit()
    return wire.label(heir)


@blueprint.delete("/<label_id>")
@answers(None, 204)
def delete(reference: str, label_id: str) -> Any:
    """Delete a label, removing it from all tickets."""
    access.project(reference, May.LABEL).label(label_id).remove()
    db.session.commit()
    return nothing()
