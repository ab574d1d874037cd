"""Somebody who stops being a system admin, or is signed out, while their import is checked replaces nothing."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from punt.database import db, writing
from punt.models import User, UserSession, roster
from punt.services import database
from punt.transfer.export.words import PHRASES
from tests.conftest import app_on
from tests.support.cast import PASSWORD, signed_in
from tests.support.export_file import everything
from tests.support.postgres import Postgres

PAGE, ROOT = "/admin/database", "/api/admin/database"
Act = Callable[[User], Any]
ACTS: dict[str, tuple[Act, int, str]] = {
    "demoted": (lambda sue: roster.make_admin(sue, False), 403, "Only administrators"),
    "disabled": (lambda sue: roster.set_active(sue, False), 401, "Please sign in"),
    "signed out": (UserSession.end_all, 401, "Please sign in"),
}


def done_to_sue(app: Flask, act: Act) -> dict[str, Any]:
    """Do something to Sue, and return all data then; Bob is an admin as well."""
    with app.app_context(), writing():
        for username, do in (("bob", lambda bob: roster.make_admin(bob, True)), ("sue", act)):
            person = User.named(username)
            assert person
            do(person)
            db.session.flush()
    return everything(app)


@pytest.fixture(params=ACTS)
def meanwhile(request: pytest.FixtureRequest, harbour: Flask, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let something be done to Sue after she has confirmed her password; the list gets all data then."""
    act, status, said = ACTS[request.param]
    left: list[dict[str, Any]] = []

    def act_at(module: Any, name: str, *, before: bool = False) -> None:
        real = getattr(module, name)

        def wrapped(*arguments: Any) -> Any:
            if before:
                left.append(done_to_sue(harbour, act))
            answer = real(*arguments)
            if not before:
                left.append(done_to_sue(harbour, act))
            return answer

        monkeypatch.setattr(module, name, wrapped)

    return act_at, left, status, said


def send(sue: FlaskClient, address: str, exported: bytes) -> Any:
    data = {"yourPassword": PASSWORD, "phrase": "replace everything", "file": (io.BytesIO(exported), "all.punt")}
    sent = sue.post(address, data=data, content_type="multipart/form-data")
    return sue.get(sent.location, buffered=True) if sent.location else sent


def test_an_import_by_rest_is_refused(harbour: Flask, exported: bytes, meanwhile: Any) -> None:
    sue, (act_at, left, status, said) = signed_in(harbour, "sue"), meanwhile
    act_at(database, "checked")

    answer = send(sue, f"{ROOT}/import", exported)

    assert (answer.status_code, said in answer.json["error"]) == (status, True)
    assert [everything(harbour)] == left


def test_an_import_by_the_page_is_refused(harbour: Flask, exported: bytes, meanwhile: Any) -> None:
    sue, (act_at, left, _, said) = signed_in(harbour, "sue"), meanwhile
    action = re.search(r'action="(/admin/database/import/\w+)"', send(sue, f"{PAGE}/import", exported).text)
    assert action
    act_at(database, "checked")

    answer = sue.post(action[1], data={"yourPassword": PASSWORD, "phrase": "replace everything"}, buffered=True)

    assert "Nothing was changed" in answer.text
    assert said in answer.text
    assert [everything(harbour)] == left


@pytest.mark.parametrize("what", ["wipe", "wipe-projects"])
@pytest.mark.parametrize("root", [ROOT, PAGE])
def test_a_wipe_is_refused(harbour: Flask, meanwhile: Any, root: str, what: str) -> None:
    sue, (act_at, left, status, _) = signed_in(harbour, "sue"), meanwhile
    act_at(database, "wipe", before=True)
    asked = {"yourPassword": PASSWORD, "phrase": PHRASES[what]}

    answer = sue.post(f"{root}/{what}", **{"json" if root == ROOT else "data": asked})

    assert answer.status_code == (302 if (root, status) == (PAGE, 401) else status)
    assert [everything(harbour)] == left


@pytest.mark.parametrize("what", ["import", "wipe-projects", "wipe"])
def test_on_postgresql_a_system_admin_may(
    postgres: Postgres, populated: str, exported: bytes, tmp_path: Path, what: str
) -> None:
    with app_on(postgres.database(like=populated), tmp_path / "postgres") as other:
        sue = signed_in(other, "sue")
        asked = {"yourPassword": PASSWORD, "phrase": PHRASES[what]}

        answer = send(sue, f"{ROOT}/import", exported) if what == "import" else sue.post(f"{ROOT}/{what}", json=asked)
        left = everything(other)

    assert answer.status_code == (200 if what == "import" else 204)
    assert (len(left["user"]), len(left["project"])) == {"import": (6, 2), "wipe-projects": (6, 0), "wipe": (0, 0)}[
        what
    ]
