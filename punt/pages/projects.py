"""The project list, and creating a project."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from punt import access
from punt.events.pipeline import cursor
from punt.inputs.base import form
from punt.inputs.boards import NewProject
from punt.language import _
from punt.models import Project, User, wire
from punt.models.palette import PROJECTS, choices
from punt.pages.forms import again, saved

blueprint = Blueprint("projects", __name__)


@blueprint.get("/")
def index() -> Any:
    """List the projects that you may see; the very first visitor sets up instead."""
    if not current_user.is_authenticated and not User.any_exist():
        return redirect(url_for("auth.setup"))
    access.user()
    since = cursor()
    return render_template(
        "projects/index.html", projects=[wire.project(each) for each in access.projects()], cursor=since
    )


@blueprint.get("/projects/new")
def new() -> Any:
    """Show the form for a project."""
    access.user()
    return render_template("projects/new.html", values={}, errors={}, palette=choices(PROJECTS))


@blueprint.post("/projects/new")
def create() -> Any:
    """Create a project and go to its board."""
    person = access.user()
    with saved(again("projects/new.html", lambda: {"palette": choices(PROJECTS)})):
        asked = form(NewProject, request.form)
        project = Project.create(person, **asked.model_dump())
    flash(_("%(project)s is ready. Add its first ticket.", project=project.name), "success")
    return redirect(url_for("board.show", key=project.key))
