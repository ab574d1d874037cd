"""Importing files into the project HARB through its pages."""

from __future__ import annotations

import io
from typing import Any

from flask.testing import FlaskClient

PAGE = "/projects/HARB/import"


def upload(client: FlaskClient, content: bytes | str, name: str = "file") -> Any:
    """Upload a file to be shown."""
    raw = content.encode() if isinstance(content, str) else content
    return client.post(PAGE, data={"file": (io.BytesIO(raw), name)}, content_type="multipart/form-data")


def take(client: FlaskClient, address: str, **columns: str) -> Any:
    """Import what was shown, and follow to the result; a refusal is the response."""
    answer = client.post(address, data={"do": "take"} | columns)
    answer.get_data()  # of a page that shows progress, whose end is the end of the work
    return client.get(address) if answer.status_code in {200, 303} else answer


def send(client: FlaskClient, content: bytes | str) -> Any:
    """Upload a file, and import it as it was understood; a refusal on the way is the response."""
    answer = upload(client, content)
    return take(client, answer.location) if answer.status_code == 303 else answer
