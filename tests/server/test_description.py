"""A running server against its own description: no 5xx, every response as described, whatever is requested."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.fuzzing import FAST, cases, fuzz, fuzz_administration
from tests.support.server import Server


@pytest.mark.parametrize(("ask", "least"), [(fuzz, 100), (fuzz_administration, 20)])
def test_whatever_is_asked_the_answer_is_as_described(
    serve: Callable[..., Server], tmp_path: Path, ask: Callable[..., tuple[int, str]], least: int
) -> None:
    server = serve(workers=2, **{name.removeprefix("PUNT_"): value for name, value in FAST.items()})

    few = ("--phases", "fuzzing", "--max-examples", "3", "--seed", "1", "--exclude-path-regex", "events")
    status, report = ask(server, tmp_path, *few)

    assert status == 0, report
    assert cases(report) > least
    assert "Traceback" not in server.log
    assert server.client("sue").get("/api/admin/settings").status_code == 200
