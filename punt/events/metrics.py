"""What the pipeline counts, for Prometheus; workers share their figures through files (see gunicorn.conf.py)."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

streams_open = Gauge("punt_streams_open", "Open streams.", ["kind"], multiprocess_mode="livesum")
delivered = Counter("punt_events_delivered", "Events written to streams as they happened.")
replayed = Counter("punt_events_replayed", "Events written to streams from the log, to catch up.")
resets = Counter("punt_stream_resets", "Streams whose cursor could not be continued.", ["reason"])
overflows = Counter("punt_stream_overflows", "Queues that were full and sent their stream back to the log.")
refused = Counter("punt_streams_refused", "Streams refused because a person or a worker had no place left.")
slow_cut = Counter("punt_slow_clients_cut", "Clients cut off because they did not read.")
ended = Counter("punt_streams_ended", "Streams that ended.", ["reason"])
log_lag = Gauge("punt_log_lag_seconds", "Age of the oldest event the feed found unread.", multiprocess_mode="livemax")
feed_checked = Gauge(
    "punt_feed_checked_timestamp_seconds", "When the feed last read the log, Unix time.", multiprocess_mode="livemin"
)
commit_to_write = Histogram(
    "punt_commit_to_write_seconds",
    "From an event's commit until it was written to a stream's socket.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
