"""The event streams: Server-Sent Events for one project, the project list, people, or all on one connection."""

from __future__ import annotations

from flask import Blueprint, Response, request

from punt import access
from punt.database import db
from punt.errors import Invalid
from punt.events import sse
from punt.events.pipeline import pipeline
from punt.events.stream import Subscription

blueprint = Blueprint("api_streams", __name__, url_prefix="/api")

MOST_PROJECTS = 20
"""Projects that one connection may tell of."""


@blueprint.get("/projects/<reference>/events")
def project(reference: str) -> Response:
    """Stream what happens inside a project."""
    return _stream(access.subscription(access.project(reference)))


@blueprint.get("/projects/events")
def projects() -> Response:
    """Stream the changes of the project list."""
    return _stream(access.subscription(listed=True))


@blueprint.get("/users/events")
def users() -> Response:
    """Stream the changes of people."""
    return _stream(access.subscription(people=True))


@blueprint.get("/events")
def everything() -> Response:
    """Stream projects named by ``?project=``, the project list and people on one connection."""
    references = request.args.getlist("project")
    if len(references) > MOST_PROJECTS:
        raise Invalid.field("project", f"At most {MOST_PROJECTS} projects on one connection.")
    granted = [access.project(reference) for reference in references]
    return _stream(access.subscription(*granted, listed=True, people=True))


def _stream(subscription: Subscription) -> Response:
    """Answer with a stream; the database connection is given back before it begins."""
    db.session.remove()
    if request.method == "HEAD":
        return Response(headers=sse.HEADERS)
    cursor = request.headers.get("Last-Event-ID") or request.args.get("lastEventId")
    stream = pipeline().stream(subscription, cursor)
    response = Response(iter(stream), headers=sse.HEADERS)
    response.call_on_close(stream.close)
    return response
