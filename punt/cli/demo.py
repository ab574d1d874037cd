"""``flask demo``: sample data to explore."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from punt.database import writing
from punt.demo.load import load
from punt.demo.sample import read
from punt.errors import Problem
from punt.heavy.passwords import hash_password


@click.command("demo")
@with_appcontext
def command() -> None:
    """Load sample data: 3 projects, 6 people, 150 tickets."""
    sample = read()
    password_hash = hash_password(sample.password)
    try:
        with writing():
            for step in load(sample, password_hash):
                click.echo(f"  {step}")
    except Problem as problem:
        raise click.ClickException(problem.message) from None
    names = ", ".join(person.username for person in sample.people)
    click.echo("This is for trying out only: everybody can know this password. To begin for real: flask db wipe")
    click.echo(f"Sign in as {names}; everybody's password is: {sample.password}")
