"""Projects."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from punt import access
from punt.access import May
from punt.api import shapes
from punt.api.describe import answers
from punt.database import db
from punt.inputs.base import body
from punt.inputs.boards import NewProject, ProjectChange
from punt.models import Project, wire
from punt.web.replies import nothing

blueprint = Blueprint("api_projects", __name__, url_prefix="/api/projects")


@blueprint.get("")
@answers(list[shapes.Project])
def index() -> Any:
    """List the projects that you may see."""
    return [wire.project(project) for project in access.projects()]


@blueprint.post("")
@answers(shapes.Project, 201, body=NewProject)
def create() -> Any:
    """Create a project; its founder owns it."""
    person, asked = access.user(), body(NewProject)
    project = Project.create(person, **asked.model_dump())
    db.session.commit()
    return wire.project(project), 201


@blueprint.get("/<reference>")
@answers(shapes.Project)
def show(reference: str) -> Any:
    """Return a project."""
    return wire.project(access.project(reference).project)


@blueprint.patch("/<reference>")
@answers(shapes.Project, body=ProjectChange)
def update(reference: str) -> Any:
    """Change a project."""
    project, asked = access.project(reference, May.MANAGE).project, body(ProjectChange)
    project.revise(**asked.given())
    db.session.commit()
    return wire.project(project)


@blueprint.delete("/<reference>")
@answers(None, 204)
def delete(reference: str) -> Any:
    """Delete a project with everything in it."""
    access.project(reference).project_to_delete().remove()
    db.session.commit()
    return nothing()
