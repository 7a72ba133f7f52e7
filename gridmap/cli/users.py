"""Commands about who may sign in: users add, list, grant, revoke, password, disable, enable, sign-out."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from gridmap import settings
from gridmap.access import OF_THE_WHOLE, accounts, givable_roles, role_named
from gridmap.access.sessions import SESSIONS
from gridmap.cli import caller, output, serving
from gridmap.cli.options import DAY, as_day, format_option, opened, speaking, store_option
from gridmap.errors import UsageError

_ROLE = click.Choice(givable_roles())
role_option = click.option("--role", type=_ROLE, default=None, help="Role to give.")
region_option = click.option("--region", default=None, metavar="CODE",
                             help="Region whose inside it is for; everything when omitted.")  # fmt: skip


@click.group()
def users() -> None:
    """Say who may sign in, in which role, for which part of the map."""


@users.command()
@click.argument("name")
@click.option("--title", default="", help="What people call them, such as the name of their post.")
@role_option
@region_option
@click.option("--no-password", is_flag=True, help="A proxy or an identity provider vouches for them.")
@store_option
@speaking
def add(
    name: str, title: str, role: str | None, region: str | None, no_password: bool, store: Path | None
) -> None:
    """Make an account; the password is asked for, or read from the input."""
    with opened(store) as db:  # asked for inside: where a server has the store open, the server asks
        password = None if no_password else _new_password()
        accounts.add(db, name, title=title, password=password, role=role, region=region, by=_by())
    serving.claim()
    output.say(f"Account '{name}' made{f' as {role}' if role else ', without rights so far'}.")
    _say_what_stays_closed(role, region)


@users.command("list")
@format_option
@store_option
@speaking
def list_users(output_format: str, store: Path | None) -> None:
    """List the accounts and the rights they have or had."""
    with opened(store) as db:
        output.table(accounts.listed(db), output_format)


@users.command()
@click.argument("name")
@click.argument("role", type=_ROLE)
@region_option
@click.option("--since", type=DAY, default=None, help="First day; today when omitted.")
@click.option("--until", type=DAY, default=None, help="First day no longer.")
@store_option
@speaking
def grant(
    name: str,
    role: str,
    region: str | None,
    since: datetime | None,
    until: datetime | None,
    store: Path | None,
) -> None:
    """Give an account a role, in a region and for a time."""
    with opened(store) as db:
        accounts.grant(db, name, role, region=region, since=as_day(since), until=as_day(until), by=_by())
    output.say(f"'{name}' is {role} {f'in {region}' if region else 'everywhere'}.")
    _say_what_stays_closed(role, region)


@users.command()
@click.argument("name")
@click.argument("role", type=_ROLE)
@store_option
@speaking
def revoke(name: str, role: str, store: Path | None) -> None:
    """Take a role away from an account, at once."""
    with opened(store) as db:
        ended = accounts.revoke(db, name, role)
    SESSIONS.end_all(name)
    output.say(f"{ended} rights of '{name}' ended.")


@users.command()
@click.argument("name")
@store_option
@speaking
def password(name: str, store: Path | None) -> None:
    """Give an account another password; its sessions end."""
    with opened(store) as db:
        accounts.known(db, name)
        accounts.set_password(db, name, _new_password())
    SESSIONS.end_all(name)
    output.say(f"The password of '{name}' is changed.")


@users.command()
@click.argument("name")
@store_option
@speaking
def disable(name: str, store: Path | None) -> None:
    """Take an account out of use; its sessions end at once."""
    with opened(store) as db:
        accounts.disable(db, name)
    SESSIONS.end_all(name)
    output.say(f"'{name}' cannot sign in any more.")


@users.command()
@click.argument("name")
@store_option
@speaking
def enable(name: str, store: Path | None) -> None:
    """Put an account back into use."""
    with opened(store) as db:
        accounts.disable(db, name, disabled=False)
    output.say(f"'{name}' can sign in again.")


@users.command("sign-out")
@click.argument("name")
@store_option
@speaking
def sign_out(name: str, store: Path | None) -> None:
    """End the sessions of an account on the running server."""
    with opened(store) as db:
        accounts.known(db, name)
    output.say(f"{SESSIONS.end_all(name)} sessions of '{name}' ended.")


def _new_password() -> str:
    """Ask for a new password twice at a terminal, once where a program gives it."""
    first = caller.secret("New password")
    if caller.is_interactive() and caller.secret("Once more") != first:
        raise UsageError("The two were not the same. Nothing was changed.")
    return first


def _say_what_stays_closed(role: str | None, region: str | None) -> None:
    """Say which rights of a role open nothing when they are given for a part of the map."""
    closed = sorted(OF_THE_WHOLE & role_named(role).rights) if role and region else []
    if closed:
        output.say(f"In a region this role cannot {', '.join(closed)}: leave out --region for that.")


def _by() -> str:
    return caller.account() or settings.from_environment().author


COMMANDS = (users,)
