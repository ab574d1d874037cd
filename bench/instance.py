"""Fresh instances to measure on: the cast of the tests, and a board with as many cards as asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import flask_migrate
import sqlalchemy as sa
from flask import Flask

from punt.app import create_app
from punt.database import db, now, writing
from punt.demo.sample import read
from punt.models import Label, Project, Ticket
from punt.settings import Settings
from tests.support import cast
from tests.support.server import Server


@contextmanager
def app_with(cards: int) -> Iterator[Flask]:
    """Build an app whose project HARB has so many cards, on an instance that goes away afterwards."""
    with TemporaryDirectory(prefix="punt-bench-") as folder:
        settings = {"PUNT_INSTANCE_PATH": Path(folder), "PUNT_RATE_LIMITS": "off", "PUNT_LOG_LEVEL": "warning"}
        app = create_app(Settings.model_validate(settings))
        with app.app_context():
            flask_migrate.upgrade()
            cast.move_in()
            with writing():
                crowd(cards)
        yield app
        with app.app_context():
            db.engine.dispose()


@contextmanager
def server_with(cards: int) -> Iterator[Server]:
    """Start a real server with two workers whose project HARB has so many cards."""
    with app_with(cards) as app:
        server = Server(Path(app.instance_path)).start()
        try:
            yield server
        finally:
            server.stop()


def crowd(cards: int) -> None:
    """Fill the columns of HARB evenly with cards like those of the sample, again and again."""
    sample = read().projects[0]
    project = db.session.scalars(sa.select(Project).where(Project.key == "HARB")).one()
    people = [membership.user_id for membership in project.members()]
    labels = {name: Label.create(project.id, name, color) for name, color in sample.labels.items()}
    columns, today = project.columns(), now().date()
    for number in range(cards):
        like = sample.tickets[number % len(sample.tickets)]
        fields = {
            "title": like.title,
            "description": like.description,
            "type": like.type,
            "priority": like.priority,
            "assignee_id": people[number % len(people)] if like.who else None,
            "labels": [labels[name] for name in like.labels],
            "story_points": like.points,
            "due_date": None if like.due is None else today + timedelta(days=like.due),
        }
        Ticket.create(project, columns[number % len(columns)], people[0], fields)
