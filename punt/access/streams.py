"""Who may listen to what: stream subscriptions for the current user, proved again as long as they last."""

from __future__ import annotations

from punt import access
from punt.access.listeners import Listener, prove_all
from punt.database import db
from punt.events.log import log
from punt.events.subscription import Subscription
from punt.models import topics
from punt.models.api_token import NEVER


def subscription(
    kind: str, *granted: access.Grant, everywhere: bool = False, listed: bool = False, people: bool = False
) -> Subscription:
    """Describe a stream for the current user, in plain values that outlive the request.

    :param kind: what the stream is for, as metrics name it.
    :param granted: the projects whose contents it covers.
    :param everywhere: whether it covers the contents of all projects that they may see, and ends when those change.
    :param listed: whether it covers changes in the list of projects.
    :param people: whether it covers changes of people.
    """
    credential, person = access.credential(), access.user()
    inside = access.project_ids() if everywhere else {grant.project.id for grant in granted}
    wanted = {topics.access(person.id), *map(topics.project, inside)}
    wanted |= ({topics.PROJECTS} if listed else set()) | ({topics.USERS} if people else set())
    names = topics.names_of(person.id, person.is_admin)
    listener = Listener(
        type(credential), credential.id, person.id, person.is_admin, frozenset(wanted), frozenset(inside), everywhere
    )
    since = log.head(db.session.connection())  # in the transaction that read who is asking and what they may see
    ends = credential.expires_at or NEVER
    return Subscription(kind, person.id, frozenset(wanted), names, since, ends, prove_all, listener)
