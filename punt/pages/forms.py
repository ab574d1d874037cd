"""Showing a plain form again with its input and the errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from flask import abort, make_response, render_template, request

from punt.access import authenticate_again
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


@contextmanager
def saved(page: Callable[[Problem], Any]) -> Iterator[None]:
    """Commit what is done inside, or answer with the form again; nothing was changed then.

    :param page: renders the form with a problem, looking up again whatever it shows and who may see it; it may
        answer with a status of its own.
    """
    try:
        yield
        db.session.commit()
    except Problem as problem:
        db.session.rollback()
        authenticate_again()
        answer = make_response(page(problem))
        if answer.status_code == HTTPStatus.OK:
            answer.status_code = problem.status
        abort(answer)


def again(template: str, context: Callable[[], dict[str, Any]] = dict) -> Callable[[Problem], str]:
    """Make a page for :func:`saved` of a template with ``values`` and ``errors``."""
    return lambda problem: render_template(template, values=typed(), errors=errors_of(problem), **context())
