"""Showing a plain form again with its input and the errors."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from punt.database import db
from punt.errors import Problem

NOT_KEPT = {"Cache-Control": "no-store"}
"""For a page with values that others may change and that does not follow events: going back requests it again.

Firefox shows any other page as it was, and saving it would overwrite the new values with the old ones.
"""


def errors_of(problem: Problem) -> dict[str, str]:
    """Return the errors by field; those without a field are under ``form``."""
    return {detail.field.split(".")[0]: detail.message for detail in problem.details} or {"form": problem.message}


def typed() -> dict[str, Any]:
    """Return the input without passwords; a field that was not sent is not included."""
    fields: dict[str, Any] = {name: value for name, value in request.form.items() if "password" not in name.lower()}
    labels = {"labelIds": [value for value in request.form.getlist("labelIds") if value]}
    return fields | (labels if "labelIds" in fields else {})


def again(template: str, problem: Problem, **context: Any) -> tuple[str, int]:
    """Show a form again; nothing was changed."""
    db.session.rollback()
    return render_template(template, values=typed(), errors=errors_of(problem), **context), problem.status
