"""What each column type writes and reads, including types that no table uses today."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from punt.database import Timestamp
from punt.transfer.export.values import codec_for

GOOD: list[tuple[Any, Any]] = [
    (sa.String(5), "a\tü😀"),
    (sa.Text(), "x" * 100_000),
    (sa.Boolean(), True),
    (sa.Boolean(), False),
    (sa.Integer(), -(1 << 31)),
    (sa.BigInteger(), (1 << 63) - 1),
    (sa.BigInteger().with_variant(sa.Integer(), "sqlite"), 1 << 40),
    (sa.Date(), date(1, 1, 1)),
    (Timestamp(), datetime(2026, 1, 15, 10, 30, 0, 123_456, UTC)),
    (sa.JSON(), {"a": [1, None, {"b": "ü"}]}),
    (sa.JSON(), None),
    (sa.LargeBinary(), bytes(range(256))),
    (sa.LargeBinary(), b""),
]
BAD: list[tuple[Any, Any]] = [
    (sa.String(5), "longer"),
    (sa.Integer(), 1.0),
    (sa.Integer(), 1 << 31),
    (sa.BigInteger(), 1 << 63),
    (sa.Boolean(), 0),
    (sa.Date(), "20260115"),
    (sa.Date(), "2026-1-5"),
    (Timestamp(), "2026-01-15T10:30:00+00:00"),
    (Timestamp(), "Z"),
    (sa.JSON(), {"a\0": 1}),
    (sa.JSON(), ["\ud800"]),
    (sa.LargeBinary(), "not base64!"),
    (sa.LargeBinary(), "a"),
    (sa.LargeBinary(), 5),
    (sa.LargeBinary(), "ü"),
]


@pytest.mark.parametrize(("kind", "value"), GOOD, ids=repr)
def test_what_is_written_is_read_as_it_was(kind: Any, value: Any) -> None:
    codec = codec_for(sa.Column("x", kind))

    assert codec.revive(codec.check(codec.write(value))) == value


@pytest.mark.parametrize(("kind", "value"), BAD, ids=repr)
def test_what_is_no_such_value_is_refused_with_a_sentence(kind: Any, value: Any) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        codec_for(sa.Column("x", kind)).check(value)
