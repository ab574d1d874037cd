"""What ``flask db backup`` says on a database that it is not meant for."""

from __future__ import annotations

from pathlib import Path

from flask import Flask


def test_a_backup_of_postgresql_is_left_to_pg_dump(inside: Flask, tmp_path: Path) -> None:
    answer = inside.test_cli_runner().invoke(args=["db", "backup", str(tmp_path / "copy")])

    assert (answer.exit_code, list(tmp_path.glob("copy*"))) == (1, [])
    assert "pg_dump" in answer.output
