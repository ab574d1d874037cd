"""What operators and their monitoring ask for: liveness, readiness and metrics."""

from __future__ import annotations

import hmac
import time
from typing import Any

from flask import Blueprint, Response, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError

from punt import access
from punt.database import db
from punt.errors import Forbidden
from punt.events import metrics as figures
from punt.events.pipeline import pipeline
from punt.language import _

blueprint = Blueprint("health", __name__)

DEAF_AFTER = 5.0
"""Seconds without reading the log after which a worker counts as not ready."""


@blueprint.get("/healthz")
def alive() -> Any:
    """Return that this process responds."""
    return {"status": "ok"}


@blueprint.get("/readyz")
def ready() -> Any:
    """Return whether this worker can serve: the database responds, and the feed follows the log."""
    events = pipeline()
    events.feed.start()
    try:
        events.feed.take_place()
        lag = events.log.head(db.session.connection()).position - events.hub.ring.position
        database = "ok"
    except SQLAlchemyError:
        db.session.rollback()
        lag, database = None, "away"
    deaf = events.feed.age > DEAF_AFTER
    found = {
        "database": database,
        "feed": "deaf" if deaf else "ok",
        "feedAgeSeconds": round(events.feed.age, 3),
        "lag": lag,
    }
    is_ready = database == "ok" and not deaf
    return {"status": "ready" if is_ready else "not ready", **found}, 200 if is_ready else 503


@blueprint.get("/metrics")
def metrics() -> Response:
    """Return the metrics of all workers, to system admins or with ``Authorization: Bearer <PUNT_METRICS_TOKEN>``."""
    _require_operator()
    return Response(figures.exposition() + _feed_age(), content_type=CONTENT_TYPE_LATEST)


def _feed_age() -> bytes:
    """Return the age of the most outdated worker's feed; a feed that died cannot report it itself."""
    checked = figures.registry.get_sample_value("punt_feed_checked_timestamp_seconds") or 0
    age = abs(time.time() - checked) if checked else 0  # a time in the future is as wrong as one long ago
    help_ = "# HELP punt_feed_age_seconds Time since the slowest feed last read the log.\n"
    return f"{help_}# TYPE punt_feed_age_seconds gauge\npunt_feed_age_seconds {age:.3f}\n".encode()


def _require_operator() -> None:
    token = current_app.config["METRICS_TOKEN"]
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(given.encode(), token.encode()):
        return
    if not access.user().is_admin:
        raise Forbidden(_("Only system admins may see this."))
