"""The table: each way to lose access, whose streams it ends, and the response to reconnecting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import product

import sqlalchemy as sa
from sqlalchemy.orm import Session

from punt.database import now
from punt.models import ApiToken, Role, UserSession
from punt.models.wipe import wipe_everything, wipe_projects
from tests.revocation.scene import PATHS, WHO, Scene, pass_time
from tests.support.cast import PASSWORD

SAME, LATER = "in the same transaction", "in the next transaction"
SOON = 4.0
"""Seconds within which ten or more streams can be opened, even on a busy machine."""


def of(*who: str, kinds: tuple[str, ...] = tuple(PATHS)) -> frozenset[tuple[str, str]]:
    """Name streams: of these people, of these kinds."""
    return frozenset(product(who, kinds))


@dataclass(frozen=True)
class Row:
    """One row of the table.

    :param act: takes the access away; if it can, it also writes something else in the same transaction.
    :param ends: the streams that end; all others continue.
    :param back: by kind, the response to those who reconnect.
    :param last: the event that even an ended stream delivers, as its last.
    :param before: what is done right before the streams that end are opened.
    """

    name: str
    act: Callable[[Scene], None]
    ends: frozenset[tuple[str, str]]
    back: dict[str, int]
    last: str | None = None
    before: Callable[[Scene], None] = lambda _: None


def remove_member(scene: Scene) -> None:
    with scene.server.writing() as session:
        scene.mark(session, SAME)
        session.delete(scene.membership(session))


def make_viewer(scene: Scene) -> None:
    with scene.server.writing() as session:
        scene.membership(session).role = Role.VIEWER.value
        scene.mark(session, SAME)


def sign_out(scene: Scene) -> None:
    assert scene.browser("here").post("/api/auth/logout").status_code == 204


def change_password(scene: Scene) -> None:
    change = {"currentPassword": PASSWORD, "newPassword": "another fine sentence"}
    assert scene.browser("here").patch("/api/me/password", json=change).status_code == 204


def end_token(scene: Scene) -> None:
    assert scene.browser("here").delete(f"/api/me/tokens/{scene.ids['token']}").status_code == 204


def deactivate(scene: Scene) -> None:
    with scene.server.writing() as session:
        scene.mark(session, SAME)
        scene.mia(session).is_active = False


def demote(scene: Scene) -> None:
    with scene.server.writing() as session:
        scene.mark(session, SAME)
        scene.admin(session).is_admin = False


def disable(scene: Scene) -> None:
    change = {"isActive": False}
    assert scene.browser("admin").patch(f"/api/admin/users/{scene.ids['here']}", json=change).status_code == 200


def reset_password(scene: Scene) -> None:
    path, proof = f"/api/admin/users/{scene.ids['here']}/password", {"yourPassword": PASSWORD}
    assert scene.browser("admin").post(path, json=proof).status_code == 200


def delete_person(scene: Scene) -> None:
    path, proof = f"/api/admin/users/{scene.ids['here']}", {"yourPassword": PASSWORD}
    assert scene.browser("admin").request("DELETE", path, json=proof).status_code == 204


def delete_project(scene: Scene) -> None:
    assert scene.browser("owner").delete(f"/api/projects/{scene.key}").status_code == 204


def wipe_all_projects(scene: Scene) -> None:
    with scene.server.writing() as session:
        scene.mark(session, SAME)
        session.flush()
        wipe_projects(session)


def wipe_all(scene: Scene) -> None:
    with scene.server.writing() as session:
        wipe_everything(session)


def shorten_session(scene: Scene) -> None:
    """Let Mia's session here, the older one, expire soon; streams notice that only when they are opened."""
    with scene.server.writing() as session:
        _session_here(scene, session).expires_at = now() + timedelta(seconds=SOON)


def let_session_expire(scene: Scene) -> None:
    """Wait for the expiry that ``shorten_session`` has set."""
    with scene.server.writing() as session:
        moment = _session_here(scene, session).expires_at
    pass_time(moment.timestamp())


def shorten_token(scene: Scene) -> None:
    """Let Mia's API token expire soon; streams notice that only when they are opened."""
    with scene.server.writing() as session:
        session.get_one(ApiToken, scene.ids["token"]).expires_at = now() + timedelta(seconds=SOON)


def let_token_expire(scene: Scene) -> None:
    """Wait for the expiry that ``shorten_token`` has set."""
    with scene.server.writing() as session:
        moment = session.get_one(ApiToken, scene.ids["token"]).expires_at
    assert moment
    pass_time(moment.timestamp())


def _session_here(scene: Scene, session: Session) -> UserSession:
    hers = sa.select(UserSession).where(UserSession.user_id == scene.ids["here"])
    return session.scalars(hers.order_by(UserSession.created_at)).first()  # type: ignore[return-value]


_GONE = {"project": 404, "all": 404, "other": 200}
_OUT = dict.fromkeys(PATHS, 401)
_INSIDE = ("project", "all")

TABLE = [
    Row("removed from the project", remove_member, of("here", "elsewhere", "program", kinds=_INSIDE), _GONE),
    Row("made a viewer", make_viewer, frozenset(), {}),
    Row("signed out", sign_out, of("here"), _OUT),
    Row("API token ended", end_token, of("program"), _OUT),
    Row("password changed", change_password, of("elsewhere", "program"), _OUT),
    Row("disabled by an admin", disable, of("here", "elsewhere", "program"), _OUT),
    Row("password reset by an admin", reset_password, of("here", "elsewhere", "program"), _OUT),
    Row("deleted by an admin", delete_person, of("here", "elsewhere", "program"), _OUT),
    Row("deactivated", deactivate, of("here", "elsewhere", "program"), _OUT),
    Row(
        "system admin demoted",
        demote,
        of("admin"),
        {"project": 404, "other": 404, "all": 404, "projects": 200, "users": 200},
    ),
    Row("project deleted", delete_project, of(*WHO, kinds=_INSIDE), _GONE),
    Row(
        "projects wiped",
        wipe_all_projects,
        of(*WHO, kinds=("project", "other", "all")),
        {**_GONE, "other": 404},
        "database.projects.wiped",
    ),
    Row("everything wiped", wipe_all, of(*WHO), _OUT, "database.wiped"),
]
EXPIRY = [
    Row("session expired", let_session_expire, of("here"), _OUT, before=shorten_session),
    Row("API token expired", let_token_expire, of("program"), _OUT, before=shorten_token),
]
