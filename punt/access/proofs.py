"""Whoever writes must still be allowed to when the write ends.

On SQLite there is one writer at a time, so what was allowed at the beginning stays allowed. On PostgreSQL somebody may
be removed from the project in between, so permissions are checked again right before the events are written.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

_PROOFS = "punt_proofs"

Proof = Callable[[], Any]
"""Raises a domain error when something is no longer allowed."""


def until_the_commit(session: Session, proof: Proof) -> None:
    """Repeat a proof before this session's transaction commits its changes."""
    if session.get_bind().dialect.name != "sqlite":
        session.info.setdefault(_PROOFS, []).append(proof)


def prove_again(session: Session, **_: Any) -> None:
    """Repeat the proofs; a receiver of ``changes_settled``, so what one raises rolls back the transaction."""
    for proof in session.info.pop(_PROOFS, ()):
        proof()
