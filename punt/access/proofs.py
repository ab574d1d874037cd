"""Whoever writes may still do so when the writing ends.

On SQLite one person writes at a time, so what was allowed at the beginning stays allowed. PostgreSQL lets a removal
from the project come in between, and what was allowed is looked at again, right before the events are written.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

_PROOFS = "punt_proofs"

Proof = Callable[[], Any]
"""Raises a domain error when something is not allowed any more."""


def until_the_commit(session: Session, proof: Proof) -> None:
    """Let a proof be given again before this session's transaction commits its changes."""
    if session.get_bind().dialect.name != "sqlite":
        session.info.setdefault(_PROOFS, []).append(proof)


def prove_again(session: Session, **_: Any) -> None:
    """Give the proofs again; a receiver of ``changes_settled``, so what one raises undoes the transaction."""
    for proof in session.info.pop(_PROOFS, ()):
        proof()
