"""The registry of attacks. A module of this package adds its own, and ``__main__`` imports it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import httpx

from bench.attacks.ground import Ground

Act = Callable[[Ground, httpx.Client, int], object]
Prepare = Callable[[Ground], object]


@dataclass(frozen=True)
class Attack:
    """One attack.

    :param act: what each attacker does again and again until the time is over; it gets a client of its own, signed in
        as Alice, and the attacker's number from 0. One that takes long checks ``place.over`` itself.
    :param attackers: how many do so at once.
    :param prepare: what is done before anything is measured.
    """

    name: str
    act: Act
    attackers: int
    prepare: Prepare


ATTACKS: dict[str, Attack] = {}


def attack(name: str, *, attackers: int = 1, prepare: Prepare = lambda _: None) -> Callable[[Act], Act]:
    """Register an attack."""

    def add(act: Act) -> Act:
        ATTACKS[name] = Attack(name, act, attackers, prepare)
        return act

    return add
