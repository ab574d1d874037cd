"""One thing that breaks a rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

Mend = Callable[[], str]
"""Mends what was found, through the models, so that screens and audit hear of it; says in a sentence what it did."""


@dataclass(frozen=True)
class Finding:
    """Something that breaks a rule.

    :param sentence: what is wrong, in one line.
    :param mend: mends it; None where somebody has to decide.
    :param advice: what they can do then.
    """

    sentence: str
    mend: Mend | None = None
    advice: str = ""


Check = Callable[[], Iterator[Finding]]
"""Looks at one rule, in the transaction that has begun."""
