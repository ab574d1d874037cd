"""The domain: things, their rules, and the verbs that change them. Importing this registers every table."""

from punt.models.api_token import ApiToken
from punt.models.audit.entry import AuditEntry
from punt.models.bin import BinnedTicket
from punt.models.column import Column
from punt.models.idempotency import IdempotencyKey
from punt.models.label import Label
from punt.models.membership import Membership, Role
from punt.models.picture import Picture
from punt.models.presence import PresenceLease
from punt.models.project import Project
from punt.models.rate import RateCounter
from punt.models.site import SiteSetting
from punt.models.submission import Submission
from punt.models.ticket import Priority, Ticket, TicketType
from punt.models.user import User
from punt.models.user_session import UserSession

__all__ = [
    "ApiToken",
    "AuditEntry",
    "BinnedTicket",
    "Column",
    "IdempotencyKey",
    "Label",
    "Membership",
    "Picture",
    "PresenceLease",
    "Priority",
    "Project",
    "RateCounter",
    "Role",
    "SiteSetting",
    "Submission",
    "Ticket",
    "TicketType",
    "User",
    "UserSession",
]
