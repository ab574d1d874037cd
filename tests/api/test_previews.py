"""Rendered Markdown, before it is saved."""

from __future__ import annotations

from flask.testing import FlaskClient

from punt.heavy.markdown import render
from tests.support.board import HARB


def test_a_preview_is_what_the_page_will_show(alice: FlaskClient) -> None:
    text = "- [x] *Red*\n- [ ] White"

    answer = alice.post(f"{HARB}/preview", json={"text": text})

    assert answer.json == {"html": render(text)}
    assert '<span role="img" aria-label="Done">' in (answer.json or {})["html"]
