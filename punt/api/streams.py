"""The event streams: Server-Sent Events for one project, the project list, people, or all on one connection."""

from __future__ import annotations

import logging
import random

from flask import Blueprint, Response, g, request
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from punt import access
from punt.access import streams
from punt.api.describe import STREAM, answers
from punt.database import db
from punt.errors import Invalid
from punt.events import sse
from punt.events.pipeline import pipeline
from punt.events.subscription import Subscription
from punt.language import _

blueprint = Blueprint("api_streams", __name__, url_prefix="/api")

logger = logging.getLogger(__name__)

BUSY_RETRY_MS = (20_000, 60_000)
MOST_PROJECTS = 20
"""Projects that one connection may name."""
EVERYWHERE = "*"
"""Means every project that a person may see, now or later."""
DOOR_PATIENCE = 30.0
"""Seconds that a client waits to be admitted before it is sent away for a while."""
PLACE = ("Last-Event-ID",)
TEXT = {"type": "string", "pattern": r"^[^\x00]*$"}
CURSOR = {"lastEventId": TEXT}
NAMED = {
    "project": {"type": "array", "items": TEXT, "maxItems": MOST_PROJECTS},
    "person": TEXT,
}


@blueprint.before_request
def _enter() -> Response | None:
    """Let few streams open at once: when everybody reconnects after a restart, other requests go in between."""
    g.entered = pipeline().door.acquire(timeout=DOOR_PATIENCE)
    return None if g.entered else _come_back_later()


@blueprint.teardown_request
def _leave_the_door(_: BaseException | None) -> None:
    if g.pop("entered", False):
        pipeline().door.release()


@blueprint.get("/projects/<reference>/events")
@answers(STREAM, query=CURSOR, headers=PLACE)
def project(reference: str) -> Response:
    """Stream what happens inside a project."""
    return _stream(streams.subscription("project", access.project(reference)))


@blueprint.get("/projects/events")
@answers(STREAM, query=CURSOR, headers=PLACE)
def projects() -> Response:
    """Stream the changes of the project list."""
    return _stream(streams.subscription("projects", listed=True))


@blueprint.get("/users/events")
@answers(STREAM, query=CURSOR, headers=PLACE)
def users() -> Response:
    """Stream the changes of people."""
    return _stream(streams.subscription("users", people=True))


@blueprint.get("/events")
@answers(STREAM, query=NAMED | CURSOR, headers=PLACE, also={404: None})
def everything() -> Response:
    """Stream projects named by ``?project=``, the project list and people on one connection."""
    if "person" in request.args:
        access.require_to_be(request.args["person"])
    references = request.args.getlist("project")
    if len(references) > MOST_PROJECTS:
        raise Invalid.field("project", _("At most %(most)s projects on one connection.", most=MOST_PROJECTS))
    if EVERYWHERE in references:
        return _stream(streams.subscription("all", everywhere=True, listed=True, people=True))
    granted = [access.project(reference) for reference in references]
    return _stream(streams.subscription("all", *granted, listed=True, people=True))


def _stream(subscription: Subscription) -> Response:
    """Answer with a stream; the database connection is released before it begins."""
    db.session.remove()
    if request.method == "HEAD":
        return Response(headers=sse.HEADERS)
    cursor = request.headers.get("Last-Event-ID") or request.args.get("lastEventId")
    connection, protocol = request.environ.get("gunicorn.socket"), request.environ.get("SERVER_PROTOCOL")
    stream = pipeline().stream(subscription, connection, cursor, protocol)
    if stream is None:
        return _come_back_later()
    response = Response(iter(stream), headers=sse.HEADERS)
    response.call_on_close(stream.close)
    return response


@blueprint.errorhandler(OperationalError)
@blueprint.errorhandler(PoolTimeout)
def _database_away(error: Exception) -> Response:
    logger.warning("a stream could not be opened: the database is away: %s", error)
    return _come_back_later()


def _come_back_later() -> Response:
    """Answer 200 and a long, jittered hint: any error would close a browser's EventSource for good."""
    return Response(sse.busy(random.randint(*BUSY_RETRY_MS)), headers=sse.HEADERS)
