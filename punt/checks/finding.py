"""One thing that breaks a rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

Fix = Callable[[], str]
"""Fixes a finding through the models, so that screens and audit trail follow; returns a sentence about what it did."""


@dataclass(frozen=True)
class Finding:
    """Something that breaks a rule.

    :param sentence: what is wrong, in one line.
    :param fix: fixes it; None if somebody has to decide.
    :param advice: what they can do then.
    """

    sentence: str
    fix: Fix | None = None
    advice: str = ""


Check = Callable[[], Iterator[Finding]]
"""Checks one rule, in the current transaction."""
