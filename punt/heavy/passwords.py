"""Hashing passwords: slow on purpose, so never on the event loop, never inside a write lock, and at low priority."""

from __future__ import annotations

import threading
from functools import cache
from pathlib import Path

from werkzeug.security import check_password_hash, generate_password_hash

from punt.heavy.threads import in_background_thread
from punt.language import _

COMMON = Path(__file__).with_name("common_passwords.txt")

_turn = threading.Semaphore()
"""One worker hashes one password at a time: a storm of sign-ins must leave processors to everybody else."""


def hash_password(password: str) -> str:
    """Hash a password with scrypt; takes about 60 ms of another thread."""
    with _turn:
        return in_background_thread(generate_password_hash, password)


def matches(password_hash: str | None, password: str) -> bool:
    """Compare a password with a hash; without a hash it takes as long and is false, so that timing reveals nothing."""
    with _turn:
        nobodys = _nobodys_hash()
        right = in_background_thread(check_password_hash, password_hash or nobodys, password)
    return right and password_hash is not None


def weakness(password: str) -> str | None:
    """Say what is wrong with a new password, or None."""
    folded = password.lower()
    if folded in _common() or len(set(folded)) < 5:
        return _("This password is too common. A few unrelated words make a good one.")
    return None


@cache
def _nobodys_hash() -> str:
    return in_background_thread(generate_password_hash, "nobody has this password")


@cache
def _common() -> frozenset[str]:
    return frozenset(COMMON.read_text().split())
