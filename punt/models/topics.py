"""The topics of the event log: each model declares what it publishes on them, ``access.streams`` who listens."""

PROJECTS = "projects"
"""Changes of projects; each event has an audience."""

USERS = "users"
"""Changes of what people show about themselves."""

SYSTEM_ADMINS = "system-admins"
"""The name that represents every system admin in an audience."""


def names_of(user_id: str, is_admin: bool) -> frozenset[str]:
    """List the names that an audience may use for a person; nobody gets the admins' name by having it as an id."""
    return frozenset(({user_id} - {SYSTEM_ADMINS}) | ({SYSTEM_ADMINS} if is_admin else set()))


def project(project_id: str) -> str:
    """What happens inside one project."""
    return f"project:{project_id}"


def access(user_id: str) -> str:
    """Internal: something that one person may do has changed."""
    return f"access:{user_id}"
