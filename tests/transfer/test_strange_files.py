"""Any file is imported or refused with a reason, all or nothing, and no rule of a board is broken."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.board import nothing_changes
from tests.support.importing import take, upload
from tests.support.strange_files import STRANGE


@pytest.mark.parametrize("kind", STRANGE)
def test_a_strange_file_is_taken_or_refused(
    app: Flask, alice: FlaskClient, tmp_path: Path, capfd: pytest.CaptureFixture[str], kind: str
) -> None:
    for name, content in STRANGE[kind].items():
        with nothing_changes(app):
            answer = upload(alice, content, f"{name}.csv")
        if answer.status_code == 400:
            assert "field__error" in answer.text, name
            continue
        assert alice.get(answer.location).status_code == 200, name
        done = take(alice, answer.location)
        said = "Imported: " if done.status_code == 200 else 'role="alert"'
        assert (done.status_code in {200, 400}, said in done.text) == (True, True), name

    assert "Traceback" not in capfd.readouterr().err
    assert alice.get("/projects/HARB/board").status_code == 200
    shell, file = app.test_cli_runner(), str(tmp_path / "all.punt")
    for words in (["db", "check"], ["db", "export", file], ["db", "import", file, "--yes"]):
        result = shell.invoke(args=words)
        assert result.exit_code == 0, result.output
