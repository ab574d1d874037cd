"""A project's settings: its name, members, columns and labels, and its deletion."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from punt import access
from punt.access import Grant, May
from punt.errors import Invalid, Problem
from punt.events.pipeline import cursor
from punt.inputs.base import form
from punt.inputs.boards import ProjectChange, ProjectRemoval
from punt.language import _
from punt.models import Label, Membership, Role, wire
from punt.models.palette import PROJECTS, choices
from punt.pages.forms import errors_of, saved, typed

blueprint = Blueprint("settings", __name__, url_prefix="/projects/<key>/settings")


@blueprint.get("")
def show(key: str) -> Any:
    """Show them to every member, with forms for what they may change."""
    access.user()
    since = cursor()
    return _page(access.project(key), cursor=since)


@blueprint.post("")
def update(key: str) -> Any:
    """Change name, description and colour."""
    grant = access.project(key, May.MANAGE)
    with saved(again_at("project", key)):
        grant.project.revise(**form(ProjectChange, request.form).given())
    return back_to("project", grant, _("Saved the project."))


@blueprint.post("/delete")
def delete(key: str) -> Any:
    """Delete the project, if its key was typed."""
    project = access.project(key).project_to_delete()
    with saved(again_at("danger", key)):
        if form(ProjectRemoval, request.form).key != project.key:
            raise Invalid.field("key", _("Type %(key)s here to delete the project.", key=project.key))
        project.remove()
    flash(_("Deleted %(project)s.", project=project.name), "success")
    return redirect(url_for("projects.index"))


def again_at(section: str, key: str) -> Callable[[Problem], str]:
    """Make a page for :func:`saved` with the errors in one of its sections."""

    def page(problem: Problem) -> str:
        return _page(access.project(key), errors={section: errors_of(problem)}, values={section: typed()})

    return page


def back_to(section: str, grant: Grant, done: str) -> Any:
    """Show a section after an action there."""
    flash(done, "success")
    return redirect(url_for("settings.show", key=grant.project.key, _anchor=section))


def _page(
    grant: Grant,
    *,
    errors: dict[str, dict[str, str]] | None = None,
    values: dict[str, dict[str, Any]] | None = None,
    **context: Any,
) -> str:
    nothing: dict[str, dict[str, Any]] = {name: {} for name in ("project", "members", "labels", "danger")}
    project = grant.project
    return render_template(
        "settings/show.html",
        project=wire.project(project),
        members=[_member(grant, each) for each in project.members()],
        labels=[wire.label(label) for label in Label.of(project.id)],
        columns=[wire.column(column) for column in project.columns()],
        can={what.name.lower(): grant.may(what) for what in May},
        roles=_roles(grant),
        palette=choices(PROJECTS),
        errors=nothing | (errors or {}),
        values=nothing | (values or {}),
        **context,
    )


def _member(grant: Grant, membership: Membership) -> dict[str, Any]:
    """Return what the page shows of a member, with the roles that the current user may give them."""
    roles = _roles(grant) if grant.may_manage(membership.role) else []
    return wire.membership(membership) | {"mine": membership.user_id == grant.user.id, "roles": roles}


def _roles(grant: Grant) -> list[str]:
    return [role.value for role in Role if grant.may_manage(role)]
