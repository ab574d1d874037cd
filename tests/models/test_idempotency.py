"""Keys of creations."""

from __future__ import annotations

from datetime import timedelta

from punt.database import now, writing
from punt.models import IdempotencyKey
from punt.models.idempotency import KEPT
from tests.models.conftest import Harbour


def test_a_key_is_forgotten_after_a_day(harbour: Harbour) -> None:
    with writing() as session:
        bob = harbour.person("bob").id
        for key, age in (("old", KEPT + timedelta(minutes=1)), ("young", KEPT - timedelta(minutes=1))):
            session.add(IdempotencyKey(user_id=bob, key=key, request_hash="x", ticket_id="t", created_at=now() - age))

    with writing():
        found = [IdempotencyKey.of(bob, key) for key in ("old", "young", "other")]

    assert [each.key if each else None for each in found] == [None, "young", None]


def test_a_key_is_its_persons_own(harbour: Harbour) -> None:
    with writing() as session:
        session.add(IdempotencyKey(user_id=harbour.person("bob").id, key="k", request_hash="x", ticket_id="t"))

    with writing():
        found = IdempotencyKey.of(harbour.person("alice").id, "k")

    assert found is None
