"""A disk that is full: told once, however many writes find it so, in whatever worker."""

from __future__ import annotations

import logging
import time

from punt.events import metrics

QUIET = 60.0
"""Seconds after which it is told again, if no write has found the disk full meanwhile."""

logger = logging.getLogger(__name__)


def note_full() -> None:
    """Note that a write found no room; the log is told by the first of all workers."""
    last = metrics.registry.get_sample_value("punt_disk_full_timestamp_seconds") or 0
    metrics.disk_full.set_to_current_time()
    if not 0 <= time.time() - last < QUIET:
        logger.error("the disk is full: reading goes on, and writing when there is room")
