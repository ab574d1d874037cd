"""Searches through much text, made so that comparing takes long."""

from __future__ import annotations

import httpx
import sqlalchemy as sa

from bench.attacks.ground import ATTACKED, Ground
from bench.attacks.registry import attack
from punt.app import create_app
from punt.database import db, writing
from punt.models import Ticket
from punt.settings import Settings

TICKETS = f"/api/projects/{ATTACKED}/tickets"
LETTERS = "a" * 50_000
QUESTIONS = ("a" * 199 + "b", "b" + "a" * 199, "a" * 100 + "b" + "a" * 99)
"""Each nearly matches, from every letter on: at its beginning, its end or its middle."""


def write_long_texts(place: Ground) -> None:
    """Let every ticket of the attacked project have the longest title and description that may be."""
    app = create_app(Settings.model_validate(place.server.environ))
    with app.app_context():
        with writing():
            texts = {"description": LETTERS, "title": LETTERS[:200]}
            db.session.execute(sa.update(Ticket).where(Ticket.project_key == ATTACKED).values(texts))
        db.session.remove()
        db.engine.dispose()


@attack("search", attackers=4, prepare=write_long_texts)
def search(place: Ground, client: httpx.Client, nth: int) -> None:
    """Search for a text in descriptions."""
    place.ask(client, "GET", TICKETS, params={"q": QUESTIONS[nth % len(QUESTIONS)]})


@attack("switcher", attackers=4, prepare=write_long_texts)
def switch(place: Ground, client: httpx.Client, nth: int) -> None:
    """Search for a text in titles, across projects; every other query matches every ticket."""
    place.ask(client, "GET", "/api/search", params={"q": "a" if nth % 2 else QUESTIONS[0]})
