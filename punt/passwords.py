"""Hashing passwords: slow on purpose, so never on the event loop and never inside a write lock."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from werkzeug.security import check_password_hash, generate_password_hash

from punt.threads import apart

COMMON = Path(__file__).with_name("common_passwords.txt")


def hash_password(password: str) -> str:
    """Hash a password with scrypt; takes about 60 ms of another thread."""
    return apart(generate_password_hash, password)


def matches(password_hash: str | None, password: str) -> bool:
    """Compare a password with a hash; without a hash it takes as long and is false, so that time tells nothing."""
    right = apart(check_password_hash, password_hash or _nobodys_hash(), password)
    return right and password_hash is not None


def weakness(password: str) -> str | None:
    """Say what is wrong with a new password, or None."""
    folded = password.lower()
    if folded in _common() or len(set(folded)) < 5:
        return "This password is too common. A few unrelated words make a good one."
    return None


@cache
def _nobodys_hash() -> str:
    return apart(generate_password_hash, "nobody has this password")


@cache
def _common() -> frozenset[str]:
    return frozenset(COMMON.read_text().split())
