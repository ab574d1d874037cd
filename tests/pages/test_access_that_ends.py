"""If somebody's access ends during slow work for them, they are told so, and nothing is changed."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from punt.database import writing
from punt.models import User, UserSession, roster
from punt.transfer.boards.foreign import understood
from tests.support.cast import PASSWORD
from tests.support.export_file import everything

Send = Callable[[FlaskClient], Any]
NEW = "another long sentence"
WIPE = {"yourPassword": PASSWORD, "phrase": "wipe everything"}
PERSON = {"username": "zoe", "name": "Zoe", "password": NEW}
SLOW: dict[str, Send] = {
    "a file comes into a project": lambda client: client.post(
        "/projects/HARB/import", data={"file": (io.BytesIO(b"Title\nOne\n"), "table.csv")}
    ),
    "a file that is none comes": lambda client: client.post(
        "/projects/HARB/import", data={"file": (io.BytesIO(b"nothing"), "table.csv")}
    ),
    "a person is added": lambda client: client.post("/admin/people", data=PERSON),
    "a person is added by REST": lambda client: client.post("/api/admin/users", json=PERSON),
    "everything is wiped": lambda client: client.post("/admin/database/wipe", data=WIPE),
    "everything is wiped with a wrong password": lambda client: client.post(
        "/admin/database/wipe", data=WIPE | {"yourPassword": "wrong"}
    ),
    "a password is changed": lambda client: client.post(
        "/profile/password", data={"currentPassword": PASSWORD, "newPassword": NEW}
    ),
}
ENDS: dict[str, Callable[[User], Any]] = {
    "signed out": UserSession.end_all,
    "disabled": lambda sue: roster.set_active(sue, False),
}


def named(username: str) -> User:
    found = User.named(username)
    assert found
    return found


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("slow", SLOW)
def test_nothing_is_done_for_who_is_no_longer_let_in(
    app: Flask, sign_in: Callable[[str], FlaskClient], monkeypatch: pytest.MonkeyPatch, slow: str, end: str
) -> None:
    sue, left = sign_in("sue"), list[Any]()

    def apart(work: Callable[..., Any], *arguments: Any) -> Any:
        if not left:
            with app.app_context(), writing():
                roster.make_admin(named("bob"), True)
                ENDS[end](named("sue"))
            left.append(everything(app))
        return work(*arguments)

    monkeypatch.setattr("punt.heavy.passwords.in_background_thread", apart)
    monkeypatch.setattr("punt.pages.transfer.understood", lambda *given: apart(understood, *given))

    answer = SLOW[slow](sue)

    assert (answer.status_code, "/login" in (answer.location or "/login")) == (401 if "REST" in slow else 302, True)
    assert [everything(app)] == left
