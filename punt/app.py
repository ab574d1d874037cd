"""The application factory."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask
from flask.json.provider import DefaultJSONProvider
from flask_migrate import Migrate

from punt import api, cli, database, pages
from punt.access import last_used, proofs
from punt.database import db
from punt.events.pipeline import EventPipeline
from punt.events.signals import changes_settled
from punt.models import AuditEntry, BinnedTicket, RateCounter, Submission, moments
from punt.models.audit import recording
from punt.services import sign_in
from punt.services.waiting_room import WaitingRoom
from punt.settings import ROOT, Settings, instance_folder, secret_key
from punt.web import assets, compression, languages, long_answers, prefix, replies, security, submissions
from punt.web.retries import RetryingFlask
from punt.web.rules import LazyRule

SERVER_PATIENCE = {
    "connect_timeout": 5,
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}
"""How long PostgreSQL may be silent before it counts as down, by libpq's names; in seconds, but one in milliseconds."""


def create_app(settings: Settings | None = None) -> Flask:
    """Build the app.

    :param settings: by default those of the environment.
    :raises SettingsError: when a setting is invalid.
    """
    settings = settings or Settings.from_environ()
    folder = str(instance_folder(settings))
    app = RetryingFlask("punt", template_folder=str(ROOT / "templates"), static_folder=None, instance_path=folder)
    app.url_rule_class = LazyRule
    app.config.update(SECRET_KEY=secret_key(settings), SQLALCHEMY_DATABASE_URI=settings.database, **_engine(settings))
    line, moment = "%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%d %H:%M:%S %z"
    logging.basicConfig(level=settings.log_level.upper(), format=line, datefmt=moment)
    logging.getLogger("alembic").setLevel(logging.WARNING)

    app.json = _Json(app)
    database.init_app(app, settings.statement_patience)
    # a package and not a path: Alembic would interpret a % in the name of PUNT's folder
    Migrate(app, db, directory="punt:migrations", render_as_batch=True, compare_type=True)
    with app.app_context():
        pipeline = EventPipeline(db.engine, settings)
        pipeline.init_app(app, db.session)
        pipeline.keeper.also("moments", moments.correct)  # before anything that is measured from this moment
        pipeline.keeper.also("bin", BinnedTicket.forget_old)
        pipeline.keeper.also("forms that were sent", Submission.forget_old)
        pipeline.keeper.also("counts of tries", RateCounter.forget_over)
        pipeline.keeper.also("audit log", AuditEntry.forgetting(settings.audit_retention))
        uploads = WaitingRoom(settings.instance_path)
        pipeline.keeper.also("files that wait to be imported", lambda *_: uploads.sweep())
    for receiver in (proofs.prove_again, submissions.note, recording.record):
        changes_settled.connect(receiver)
    prefix.init_app(app, settings.url_prefix)
    languages.init_app(app)  # before whatever may refuse a request with a message
    for part in (security, sign_in):
        part.init_app(app, settings)
    for part in (submissions, last_used, long_answers, compression, replies, assets, api, pages, cli):
        part.init_app(app)
    return app


class _Json(DefaultJSONProvider):
    sort_keys = False  # keys stay in the order in which wire writes them


def _engine(settings: Settings) -> dict[str, Any]:
    # the connection used last has its pages of the database still in memory, unless somebody has written since
    options: dict[str, Any] = {"pool_size": 20, "max_overflow": 20, "pool_use_lifo": True}
    if not settings.database.startswith("sqlite"):  # a server has a hundred in all, and may go away
        options = {"pool_size": 10, "max_overflow": 5, "pool_pre_ping": True, "connect_args": SERVER_PATIENCE}
    return {"SQLALCHEMY_ENGINE_OPTIONS": options | {"hide_parameters": True}}  # what people typed must not be logged
