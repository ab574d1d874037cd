"""A whole backup of the original PUNT, with its people: from the shell, all or nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from punt.transfer.boards.cards import MOST
from tests.support.board import nothing_changes
from tests.support.cast import signed_in
from tests.support.strange_files import STRANGE

SAMPLE = Path(__file__).with_name("samples") / "punt-original.json"


def backup(**changes: Any) -> dict[str, Any]:
    """Make a backup of the sample, its project HARB called QUAY, because one here is called HARB already."""
    text = SAMPLE.read_text().replace('"key": "HARB"', '"key": "QUAY"')
    found: dict[str, Any] = json.loads(text)
    found["data"] |= changes
    return found


def bring(app: Flask, folder: Path, found: Any, *options: str) -> Any:
    file = folder / "backup.json"
    file.write_text(json.dumps(found))
    return app.test_cli_runner().invoke(args=["project", "import-backup", str(file), *options])


def test_projects_come_with_their_people(app: Flask, tmp_path: Path) -> None:
    done = bring(app, tmp_path, backup(), "--as", "bob")

    assert done.exit_code == 0, done.output
    sue = signed_in(app, "sue")
    columns = {each["id"]: each["name"] for each in sue.get("/api/projects/QUAY/columns").json or ()}
    tickets = {each["title"]: each for each in sue.get("/api/projects/QUAY/tickets").json or ()}
    assert list(columns.values()) == ["Backlog", "Doing"]
    assert columns[tickets["Booking form"]["columnId"]] == "Doing"
    assert tickets["Booking form"]["parentId"] == tickets["Berths"]["id"]
    roles = {
        key: {each["user"]["username"]: each["role"] for each in sue.get(f"/api/projects/{key}/members").json or ()}
        for key in ("QUAY", "BAKE")
    }
    assert roles == {"QUAY": {"alice": "owner"}, "BAKE": {"bob": "owner"}}
    zoe = next(each for each in sue.get("/api/admin/users?q=zoe").json or () if each["username"] == "zoe")
    assert (zoe["isAdmin"], zoe["isActive"]) == (False, True)
    for said in ("QUAY: 2 new tickets", "People without a password", "Administrators of the old server"):
        assert said in done.output, said


def test_what_was_done_there_stands_in_the_history(app: Flask, tmp_path: Path) -> None:
    bring(app, tmp_path, backup(), "--as", "bob")
    alice = signed_in(app, "alice")

    ticket = next(
        each for each in alice.get("/api/projects/QUAY/tickets").json or () if each["title"] == "Booking form"
    )
    history = alice.get(f"/api/projects/QUAY/tickets/{ticket['id']}/history").json or []

    assert [(each["verb"], each["at"][:10]) for each in history][1:] == [("updated", "2026-05-02")]
    assert history[1]["changes"] == [{"field": "priority", "from": "low", "to": "high"}]
    assert history[1]["actorId"] == (alice.get("/api/me").json or {})["id"]
    assert alice.get(f"/projects/QUAY/tickets/{ticket['number']}/history").status_code == 200
    assert app.test_cli_runner().invoke(args=["db", "check"]).exit_code == 0


@pytest.mark.parametrize(
    ("role", "now"),
    [
        ({"name": "Lead", "permissions": ["project.settings", "project.delete"]}, "owner"),
        ({"name": "Owner", "permissions": ["members.invite", "tickets.create"]}, "admin"),
        ({"name": "x", "permissions": ["tickets.create", "comments.create"]}, "member"),
        ({"name": "x", "permissions": ["tickets.view"]}, "viewer"),
        ({"name": "Admin", "permissions": []}, "admin"),
        ({"name": "Whatever", "permissions": []}, "viewer"),
    ],
)
def test_a_role_is_what_it_allows(app: Flask, tmp_path: Path, role: dict[str, Any], now: str) -> None:
    users = [{"id": name, "username": name, "name": name} for name in ("bob", "vera")]
    roles = [{"id": "r", "projectId": "p"} | role, {"id": "o", "name": "Owner", "permissions": [], "projectId": "p"}]
    members = [{"userId": "bob", "projectId": "p", "roleId": "r"}, {"userId": "vera", "projectId": "p", "roleId": "o"}]
    of_project = {"projects": [{"id": "p", "key": "PIER", "name": "Pier"}], "columns": [], "tickets": []}

    done = bring(app, tmp_path, backup(users=users, roles=roles, projectMembers=members, **of_project))

    assert done.exit_code == 0, done.output
    found = signed_in(app, "sue").get("/api/projects/PIER/members").json or []
    assert {each["user"]["username"]: each["role"] for each in found} == {"bob": now, "vera": "owner"}


def test_a_project_that_nobody_owns_has_an_owner(app: Flask, tmp_path: Path) -> None:
    members = [{"userId": "clxu00000000000000000002", "projectId": "clxp00000000000000000002", "roleId": "none"}]

    done = bring(app, tmp_path, backup(projectMembers=members), "--as", "alice")

    found = signed_in(app, "sue").get("/api/projects/BAKE/members").json or []
    assert {each["user"]["username"]: each["role"] for each in found} == {"zoe": "owner"}
    assert "Projects that nobody owned" in done.output


def test_names_that_cannot_be_here_are_changed(app: Flask, tmp_path: Path, alice: FlaskClient) -> None:
    odd = ["", "é", "a" * 60, "zoe smith", "zoe-smith", "<b>", "ALICE"]
    users = [{"id": f"u{nth}", "username": name, "name": "\u200b", "email": "no"} for nth, name in enumerate(odd)]

    done = bring(app, tmp_path, backup(users=users), "--as", "alice")

    assert done.exit_code == 0, done.output
    assert "User names that had to be changed: 5" in done.output
    assert app.test_cli_runner().invoke(args=["db", "check"]).exit_code == 0


@pytest.mark.parametrize(
    ("found", "options", "said"),
    [
        (json.loads(SAMPLE.read_text()), (), "There is a project HARB already"),
        (backup(), (), "Nobody belongs to the project BAKE"),
        (backup(), ("--as", "nobody"), "There is nobody called nobody"),
        (backup(projects=[{"id": "p", "key": "no key", "name": "x"}]), (), "cannot be one here"),
        (backup(projects=[{"id": "p", "key": "AB"}, {"id": "q", "key": "ab"}]), ("--as", "bob"), "The key AB is taken"),
        ({"encrypted": True, "version": "1.4.0", "exportedAt": "x"}, (), "is encrypted"),
        ({"version": "1.4.0", "exportedAt": "x", "data": {}}, (), "data.projects is missing"),
        ([], (), "This is no backup of the original PUNT"),
    ],
)
def test_what_cannot_come_in_changes_nothing(
    app: Flask, tmp_path: Path, found: Any, options: tuple[str, ...], said: str
) -> None:
    with nothing_changes(app):
        done = bring(app, tmp_path, found, *options)

    assert (done.exit_code, said in done.output) == (1, True), done.output


def test_a_strange_file_is_brought_in_or_refused(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "strange"
    for name, content in (STRANGE["bytes"] | STRANGE["JSON"]).items():
        file.write_bytes(content.replace(b'"HARB"', b'"PIER"'))

        done = app.test_cli_runner().invoke(args=["project", "import-backup", str(file), "--as", "bob", "--dry-run"])

        assert done.exception is None or isinstance(done.exception, SystemExit), f"{name}: {done.exception!r}"
        assert done.exit_code == 0 or "Error: " in done.output, name


def test_a_backup_may_hold_more_than_one_request_may_bring(app: Flask, tmp_path: Path) -> None:
    place = {"projectId": "clxp00000000000000000002", "columnId": "clxc00000000000000000003"}
    tickets = [{"id": f"t{nth}", "title": f"Loaf {nth}"} | place for nth in range(MOST + 1)]

    done = bring(app, tmp_path, backup(tickets=tickets), "--as", "bob", "--dry-run")

    assert f"BAKE: {MOST + 1:,} new tickets" in done.output


def test_a_backup_can_be_looked_at(app: Flask, tmp_path: Path) -> None:
    with nothing_changes(app):
        done = bring(app, tmp_path, backup(), "--as", "bob", "--dry-run")

    assert "QUAY: 2 new tickets" in done.output
    assert "Nothing is imported yet." in done.output
