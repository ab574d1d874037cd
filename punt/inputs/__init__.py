"""What was requested: one pydantic model for each body, the same for JSON and plain forms."""
