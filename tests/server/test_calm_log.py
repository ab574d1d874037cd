"""What the network does to a client is one calm line in the log; an error in PUNT stays a traceback."""

from __future__ import annotations

import errno
import logging
import runpy
from pathlib import Path

import pytest

from punt.settings import ROOT


@pytest.mark.parametrize("error", [TimeoutError("timed out"), OSError(errno.EHOSTUNREACH, "No route to host")])
def test_a_client_that_did_not_read_or_vanished_is_told_of_without_a_traceback(
    error: OSError, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    record = filtered(error, monkeypatch, tmp_path)

    assert (record.levelname, record.exc_info) == ("INFO", None)
    assert record.getMessage() == f"A client was cut off: {error}"


def test_any_other_trouble_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    error = OSError(errno.ENOSPC, "No space left on device")

    record = filtered(error, monkeypatch, tmp_path)

    assert (record.levelname, record.getMessage()) == ("ERROR", "Socket error processing request.")
    assert record.exc_info
    assert record.exc_info[1] is error


def filtered(error: OSError, monkeypatch: pytest.MonkeyPatch, folder: Path) -> logging.LogRecord:
    """Let an error pass the filter as gunicorn logs it."""
    monkeypatch.setenv("PUNT_INSTANCE_PATH", str(folder))
    text = "Socket error processing request."
    record = logging.LogRecord("gunicorn.error", logging.ERROR, "", 0, text, (), (type(error), error, None))
    assert runpy.run_path(str(ROOT / "gunicorn.conf.py"))["_calm"](record)
    return record
