"""Reading a board of Trello or a table, whichever it is."""

from __future__ import annotations

import logging

from punt.elsewhere import Failed, elsewhere
from punt.transfer.cards import Plan
from punt.transfer.refusal import Refusal
from punt.transfer.sheet import read_csv
from punt.transfer.trello import read_trello
from punt.turns import Turns

SMALL = 64 * 1024
"""Bytes of a file that is read right here, within some 30 ms; a larger one is read elsewhere."""
PATIENCE = 60
"""Seconds that reading may take."""

logger = logging.getLogger(__name__)
TURNS = Turns(line=50, patience=PATIENCE)
"""One large file at a time for each worker."""


def read_foreign(content: bytes) -> Plan:
    """Turn a file into what it brings.

    :raises Refusal: when it is neither, or cannot be taken.
    """
    found = plan_or_refusal(content) if len(content) <= SMALL else _read_elsewhere(content)
    if isinstance(found, Refusal):
        raise found
    return found


def plan_or_refusal(content: bytes) -> Plan | Refusal:
    """Read a file by its beginning, for a board of Trello is one JSON object; the refusal is an answer, too."""
    read = read_trello if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{" else read_csv
    try:
        return read(content)
    except Refusal as refusal:
        return refusal


def _read_elsewhere(content: bytes) -> Plan | Refusal:
    with TURNS.one():
        try:
            return elsewhere(PATIENCE, plan_or_refusal, content)
        except Failed as failed:
            logger.warning("a file of %d bytes was not read: %s", len(content), failed)
            return Refusal("It takes too much time or memory to read. Import it in parts.")
