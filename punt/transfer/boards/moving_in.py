"""Importing all projects of a backup of the original PUNT at once, with the people who belong to them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from punt.database import db
from punt.language import _
from punt.models import Column, Membership, Project, Role, User
from punt.models.merging import remove_column
from punt.models.texts import key_of, shows_anything
from punt.transfer.boards.cards import hex_color, one_line
from punt.transfer.boards.carrying import Carriage, Report
from punt.transfer.boards.trackers.original import plan_of
from punt.transfer.boards.trackers.original_file import OldData, OldMember, OldProject, OldUser
from punt.transfer.refusal import Refusal

ORDER = (Role.OWNER, Role.ADMIN, Role.MEMBER, Role.VIEWER)
_KEY = re.compile(r"[A-Z][A-Z0-9]{1,9}")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,189}")
_OWNS = re.compile(r"project.*(delete|own)|(delete|own).*project", re.IGNORECASE)
_MANAGES = re.compile(r"member|setting|board|column|role|project.*(edit|manage|update)", re.IGNORECASE)
_WORKS = re.compile(r"create|edit|manage|update|move|delete|write", re.IGNORECASE)


@dataclass
class Arrival:
    """The import of a whole backup; the caller has begun to write, and commits.

    :param owner: who owns a project without members.
    :param nobodys: the hash of a password that nobody knows, for people who are added.
    :ivar reports: the result of each project, by its key.
    :ivar left: what is left out or changed, except inside projects.
    """

    data: OldData
    owner: User | None
    nobodys: str
    reports: dict[str, Report] = field(default_factory=dict)
    left: Counter[str] = field(default_factory=Counter)
    _people: dict[str, User] = field(default_factory=dict)

    def steps(self) -> Iterator[str]:
        """Carry it out, reporting progress.

        :raises Refusal: when a project cannot be imported; nothing of the backup may be kept then.
        """
        for project in self.data.projects:
            self._refuse(project)
        self._people = {old.id: self._person(old) for old in self.data.users}
        for project in self.data.projects:
            yield from self._bring(project)

    def _refuse(self, project: OldProject) -> None:
        key = project.key.upper()
        if not _KEY.fullmatch(key):
            raise Refusal(_("The key “%(key)s” of a project cannot be one here.", key=one_line(project.key, 20)))
        if db.session.scalar(db.select(Project.id).where(Project.key == key)):
            raise Refusal(
                _(
                    "There is a project %(key)s already. Import its tickets there: flask project import %(key)s …",
                    key=key,
                )
            )

    def _person(self, old: OldUser) -> User:
        """Find a person by user name or email, or add them, without a password."""
        email = old.email.strip().lower() if _EMAIL.fullmatch(old.email.strip()) else None
        known = User.named(old.username) or (User.known_as(email) if email else None)
        self.left[_("Administrators of the old server, who are none here")] += old.is_system_admin
        if known:
            return known
        name = self._username(old.username)
        self.left[_("People without a password, until an administrator gives them one")] += 1
        shown = one_line(old.name, 80) if shows_anything(old.name) else name
        return User.enrol(username=name, name=shown, email=email, password_hash=self.nobodys)

    def _username(self, wanted: str) -> str:
        """Make a free user name of what is wanted, from permitted characters."""
        plain = re.sub(r"[^A-Za-z0-9_-]", "-", wanted)[:26].ljust(3, "-")
        names = (plain, *(f"{plain}-{nth}" for nth in range(2, 999)))
        found = next(name for name in names if User.named(name) is None)
        self.left[_("User names that had to be changed")] += found != wanted
        return found

    def _bring(self, old: OldProject) -> Iterator[str]:
        roles = self._roles(old)
        owner = next((person for person, role in roles.items() if role is Role.OWNER), self.owner)
        if owner is None:
            raise Refusal(_("Nobody belongs to the project %(key)s. Say who owns it then: --as NAME", key=old.key))
        project = Project.create(
            owner,
            key=old.key.upper(),
            name=one_line(old.name, 80) or old.key.upper(),
            description=old.description[:2000],
            color=hex_color(old.color.strip()),
        )
        for person, role in roles.items():
            if person is not owner:
                Membership.add(project, person, role)
        plan = plan_of(self.data, old.key or old.id, bounded=False)
        carriage = Carriage(project, plan, None, history=True)
        for done in carriage.steps():
            yield f"{project.key}: {done:,} of {len(plan.cards):,}"
        _keep_only(project, plan.columns)
        self.reports[project.key] = carriage.report

    def _roles(self, old: OldProject) -> dict[User, Role]:
        """Return everybody's role in a project; without an owner, whoever may do most becomes one."""
        found: dict[User, Role] = {}
        for member in self.data.project_members:
            person = self._people.get(member.user_id)
            if member.project_id == old.id and person and person not in found:
                found[person] = self._role(member)
        if found and Role.OWNER not in found.values():
            self.left[_("Projects that nobody owned, and that have an owner now")] += 1
            found[min(found, key=lambda person: ORDER.index(found[person]))] = Role.OWNER
        return found

    def _role(self, member: OldMember) -> Role:
        """Derive a role from what it allows; or from its name, if it does not say."""
        role = next((each for each in self.data.roles if each.id == member.role_id), None)
        if role is None:
            return Role.MEMBER
        if not role.permissions:
            return next((each for each in ORDER if each.value == role.name.strip().casefold()), Role.VIEWER)
        tests = ((_OWNS, Role.OWNER), (_MANAGES, Role.ADMIN), (_WORKS, Role.MEMBER))
        return next((each for test, each in tests if any(map(test.search, role.permissions))), Role.VIEWER)


def _keep_only(project: Project, names: list[str]) -> None:
    """Remove a new project's own columns if the backup has others, and put all in the backup's order."""
    if not names:
        return
    positions = {key_of(name): position for position, name in enumerate(names)}
    for column in project.columns():
        if key_of(column.name) not in positions:
            remove_column(column, project, None)
    columns = project.columns_to_change()
    Column.arrange(columns, [each.id for each in sorted(columns, key=lambda each: positions[key_of(each.name)])])
