"""The event pipeline: publication → capture → log → feed → hub → stream → sse.

It knows no concrete model, no view and no request; ``docs/architecture.md`` tells its two journeys.
"""
