"""Creating an account for yourself, if registration is on."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from punt.inputs.admin import Registration
from punt.inputs.base import form
from punt.pages.forms import again, saved
from punt.services.registration import refuse_where_off, register
from punt.services.sign_in import begin_session, remember
from punt.web.security import begins_itself
from punt.web.submissions import by_anybody

blueprint = Blueprint("register", __name__, url_prefix="/register")


@blueprint.get("")
def show() -> Any:
    """Show the form."""
    refuse_where_off()
    return render_template("auth/register.html", values={}, errors={})


@blueprint.post("")
@begins_itself
@by_anybody
def create() -> Any:
    """Create the account and sign in."""
    refuse_where_off()
    with saved(again("auth/register.html")):
        signed_in = begin_session(register(form(Registration, request.form)))
    remember(signed_in)
    return redirect(url_for("projects.index"))
