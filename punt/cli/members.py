"""``flask member``: members of projects, from the shell."""

from __future__ import annotations

import click
import sqlalchemy as sa
from flask.cli import AppGroup

from punt.database import db, writing
from punt.errors import Problem
from punt.models import Membership, Project, Role, User

group = AppGroup("member", help="Members of projects.")


@group.command()
@click.argument("key")
@click.argument("username")
@click.argument("role", type=click.Choice([role.value for role in Role]), default=Role.MEMBER.value)
def add(key: str, username: str, role: str) -> None:
    """Add a person to a project, or change their role there."""
    with writing():
        project = db.session.scalar(sa.select(Project).where(Project.key == key.upper()))
        person = User.named(username)
        if project is None:
            raise click.ClickException(f"There is no project {key.upper()}.")
        if person is None:
            raise click.ClickException(f"There is nobody called {username}.")
        try:
            Membership.add(project, person, Role(role))
        except Problem as problem:
            raise click.ClickException(problem.message) from None
    click.echo(f"{person.username} is {role} of {project.key} now.")
