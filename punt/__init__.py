"""PUNT: a self-hosted kanban ticket tracker whose boards never go stale."""
