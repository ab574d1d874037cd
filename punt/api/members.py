"""The members of a project."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from punt import access
from punt.access import May
from punt.api import shapes
from punt.api.describe import answers
from punt.database import db
from punt.inputs.base import body
from punt.inputs.people import MemberChange, NewMember
from punt.models import Membership, wire
from punt.web.replies import nothing

blueprint = Blueprint("api_members", __name__, url_prefix="/api/projects/<reference>/members")


@blueprint.get("")
@answers(list[shapes.Member])
def index(reference: str) -> Any:
    """List the members of a project."""
    return [wire.membership(membership) for membership in access.project(reference).project.members()]


@blueprint.post("")
@answers(shapes.Member, 201, body=NewMember)
def create(reference: str) -> Any:
    """Add a member."""
    grant = access.project(reference).lock_members().require(May.MEMBERS)
    asked = body(NewMember)
    grant.require_to_manage(asked.role)
    membership = Membership.invite(grant.project, asked.username, asked.role)
    db.session.commit()
    return wire.membership(membership), 201


@blueprint.patch("/<member_id>")
@answers(shapes.Member, body=MemberChange)
def update(reference: str, member_id: str) -> Any:
    """Change a member's role."""
    grant = access.project(reference).lock_members().require(May.MEMBERS)
    membership, asked = grant.membership(member_id), body(MemberChange)
    grant.require_to_manage(membership.role, asked.role)
    membership.become(asked.role)
    db.session.commit()
    return wire.membership(membership)


@blueprint.delete("/<member_id>")
@answers(None, 204)
def delete(reference: str, member_id: str) -> Any:
    """Remove a member, or leave."""
    grant = access.project(reference).lock_members()
    membership = grant.membership(member_id)
    grant.require_removal(membership)
    membership.end()
    db.session.commit()
    return nothing()
