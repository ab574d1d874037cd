"""PUNT: a self-hosted kanban ticket tracker whose boards are always true."""
