"""Who is asking, what they may do, how often, and whether they still may.

Things are loaded only through here, so that to an outsider a forbidden one and a missing one look the same.
"""

from punt.access.grants import PERMISSIONS, Grant, May, named, project, project_ids, projects
from punt.access.identity import (
    admin,
    admin_anew,
    authenticate_again,
    credential,
    hold_as_admin,
    own_session,
    own_sign_in,
    own_token,
    person,
    person_to_change,
    require_to_be,
    user,
    user_anew,
)

__all__ = [
    "PERMISSIONS",
    "Grant",
    "May",
    "admin",
    "admin_anew",
    "authenticate_again",
    "credential",
    "hold_as_admin",
    "named",
    "own_session",
    "own_sign_in",
    "own_token",
    "person",
    "person_to_change",
    "project",
    "project_ids",
    "projects",
    "require_to_be",
    "user",
    "user_anew",
]
