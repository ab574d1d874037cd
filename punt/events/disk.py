"""A full disk is logged once, however many writes fail because of it, in whichever worker."""

from __future__ import annotations

import logging
import time

from punt.events import metrics

QUIET = 60.0
"""Seconds without such a failure after which it is logged again."""

logger = logging.getLogger(__name__)


def note_full() -> None:
    """Note that a write found no space; the first worker that notices logs it."""
    last = metrics.registry.get_sample_value("punt_disk_full_timestamp_seconds") or 0
    metrics.disk_full.set_to_current_time()
    if not 0 <= time.time() - last < QUIET:
        logger.error("the disk is full: reading goes on, and writing when there is room")
