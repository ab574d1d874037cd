"""Trying a folder of files prints one line for each, whatever it contains."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from punt.settings import ROOT


def test_every_file_of_a_folder_gets_its_line(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    files = {
        "a.csv": b"Title,Status\nPaint,Doing\n",
        "below/b.bin": bytes(range(128, 256)),
        "c.json": b'{"name": "B", "lists": [], "cards": []}',
        "d": b"",
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)

    command = [sys.executable, "-m", "bench.import_corpus", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=100, check=True)

    lines = [line.rsplit(" (", 1)[0] for line in done.stdout.splitlines()]
    assert [line[:80] for line in lines] == [
        "a.csv: from a table: 1 new ticket, 1 new column",
        "below/b.bin: refused: line 1: This is not UTF-8. Save the file as “CSV UTF-8”.",
        "c.json: from Trello: 0 new tickets",
        "d: refused: line 1: No column is the title. Call one title, summary, name, subje",
    ]
    assert "Traceback" not in done.stderr
