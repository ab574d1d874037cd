"""The setting of an attack: a server with two workers, a large project to attack, and a small one to read meanwhile."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import flask_migrate
import httpx
import sqlalchemy as sa

from punt.app import create_app
from punt.database import db, writing
from punt.models import Label, Membership, Project, Role, User
from punt.settings import Settings
from tests.support import cast
from tests.support.crowd import crowd
from tests.support.server import Server

CARDS, QUIET_CARDS = 6000, 20
ATTACKED, READ = "HARB", "QUAY"
"""Alice attacks the one project; Bob, who is a member of both, reads the other."""


@dataclass
class Ground:
    """The setting of an attack.

    :ivar column: the id of the attacked project's first column, with all its cards.
    :ivar label: the id of the label that all of them carry.
    :ivar over: set when the attack has lasted long enough.
    :ivar answers: how often each status was returned, or each kind of failure happened.
    """

    server: Server
    column: str
    label: str
    over: threading.Event = field(default_factory=threading.Event)
    answers: Counter[str] = field(default_factory=Counter)

    def ask(self, client: httpx.Client, method: str, path: str, **options: object) -> httpx.Response | None:
        """Send a request of an attack and count the result; None if there is none."""
        try:
            answer = client.request(method, path, **options)  # type: ignore[arg-type]
        except httpx.TransportError as error:
            self.answers[type(error).__name__] += 1
            return None
        self.answers[str(answer.status_code)] += 1
        return answer

    def forget_peaks(self) -> None:
        """Reset each worker's peak of memory."""
        for worker in self.server.worker_ids():
            Path(f"/proc/{worker}/clear_refs").write_text("5")

    def peak(self) -> float:
        """Return the most resident memory that any worker had, in MB."""
        return max(map(_peak_of, self.server.worker_ids()))


@contextmanager
def ground(*, postgres: bool) -> Iterator[Ground]:
    """Fill a fresh instance and start a server on it."""
    with TemporaryDirectory(prefix="punt-attacks-") as folder, ExitStack() as stack:
        settings = {"PUNT_LOG_LEVEL": "warning"}
        if postgres:
            from tests.support.postgres import postgres_server  # which prints something whenever it is imported

            settings["PUNT_DATABASE_URL"] = stack.enter_context(postgres_server()).database()
        server = Server(Path(folder), 2, settings)
        column, label = _move_in(server)
        stack.callback(server.end)
        yield Ground(server.start(), column, label)


def _move_in(server: Server) -> tuple[str, str]:
    app = create_app(Settings.model_validate(server.environ))
    with app.app_context():
        flask_migrate.upgrade()
        cast.move_in()
        with writing():
            found = _fill()
        if db.engine.dialect.name == "postgresql":  # as autovacuum does within a minute of so much
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(sa.text("ANALYZE"))
        db.session.remove()
        db.engine.dispose()
    return found


def _fill() -> tuple[str, str]:
    alice, bob = User.named("alice"), User.named("bob")
    assert alice
    assert bob
    quiet = Project.create(alice, key=READ, name="Quay walls")
    Membership.add(quiet, bob, Role.MEMBER)
    project = db.session.scalars(sa.select(Project).where(Project.key == ATTACKED)).one()
    label, column = Label.create(project.id, "tide"), project.columns()[0]
    db.session.flush()
    crowd(quiet, QUIET_CARDS, column_id=quiet.columns()[0].id, person_id=alice.id)
    crowd(project, CARDS, column_id=column.id, person_id=alice.id, label_id=label.id)
    return column.id, label.id


def _peak_of(process: int) -> float:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    [peak] = [line for line in lines if line.startswith("VmHWM:")]
    return int(peak.split()[1]) / 1000
