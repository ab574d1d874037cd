"""The plain forms that add members to a project, change their roles, and remove them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for

from punt import access
from punt.access import May
from punt.inputs.base import form
from punt.inputs.people import MemberChange, NewMember
from punt.language import _
from punt.models import Membership
from punt.pages.forms import saved
from punt.pages.settings import again_at, back_to

blueprint = Blueprint("members", __name__, url_prefix="/projects/<key>/members")


@blueprint.post("")
def create(key: str) -> Any:
    """Add a member."""
    grant = access.project(key).lock_members().require(May.MEMBERS)
    with saved(again_at("members", key)):
        asked = form(NewMember, request.form)
        grant.require_to_manage(asked.role)
        membership = Membership.invite(grant.project, asked.username, asked.role)
    return back_to("members", grant, _("Added %(user)s.", user=membership.user.name))


@blueprint.post("/<member_id>")
def update(key: str, member_id: str) -> Any:
    """Change a member's role."""
    grant = access.project(key).lock_members().require(May.MEMBERS)
    membership = grant.membership(member_id)
    with saved(again_at("members", key)):
        asked = form(MemberChange, request.form)
        grant.require_to_manage(membership.role, asked.role)
        membership.become(asked.role)
    return back_to("members", grant, _("%(user)s is %(role)s now.", user=membership.user.name, role=_(membership.role)))


@blueprint.post("/<member_id>/remove")
def remove(key: str, member_id: str) -> Any:
    """Remove a member, or leave."""
    grant = access.project(key).lock_members()
    membership = grant.membership(member_id)
    grant.require_removal(membership)
    person = membership.user
    with saved(again_at("members", key)):
        membership.end()
    if person.id != grant.user.id:
        return back_to("members", grant, _("Removed %(person)s.", person=person.name))
    flash(_("You left %(project)s.", project=grant.project.name), "success")
    return redirect(url_for("projects.index"))
