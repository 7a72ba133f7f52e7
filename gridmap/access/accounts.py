"""Accounts and the rights they have: who may sign in, in which role, for which part of the map."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

import pandas as pd

from gridmap.access import passwords
from gridmap.access.rights import ROLES, givable_roles
from gridmap.access.scope import Scope
from gridmap.errors import UsageError
from gridmap.store import Database, Session

_NAME = re.compile(r"[\w.@-]{2,64}")
_EVERYTHING = 0
_OPEN_END = date(9999, 12, 31)


@dataclass(frozen=True)
class Account:
    """Hold what is known of an account."""

    name: str
    title: str
    password_hash: str | None
    disabled: bool


def add(
    db: Database,
    name: str,
    *,
    title: str = "",
    password: str | None,
    role: str | None = None,
    region: str | None = None,
    by: str,
) -> None:
    """Make an account, with a role from today on or without rights until some are given.

    Parameters
    ----------
    db : the open store
    name : what they sign in with: letters of any script, digits and . @ _ -
    title : what people call them
    password : None where a proxy or an identity provider vouches for them
    role : key of a role; None for none
    region : code of the region whose inside the role is for; None = the whole store
    by : who makes it

    Raises
    ------
    UsageError : when the name is taken or no name, the password too easy, or there is no such role or region;
        no account is made then
    """
    if not _NAME.fullmatch(name):
        raise UsageError(f"'{name}' is no account name: 2 to 64 letters, digits or . @ _ -")
    if found(db, name) is not None:
        raise UsageError(f"There is an account '{name}' already. Change it with: gridmap users password")
    hash_ = passwords.hashed(password, account=name) if password is not None else None
    where, today = _region(db, region), db.now().date()
    if role:
        _require_role(role)
    with db.noting() as tx:
        tx.run("access/account.insert", account=name, title=title or name, password_hash=hash_,
               created_at=datetime.now().replace(microsecond=0), created_by=by)  # fmt: skip
        if role:
            _give(tx, name, role, where, since=today, until=_OPEN_END, by=by)


def found(db: Database, name: str) -> Account | None:
    """Return an account, None when there is none."""
    rows = db.query("access/account", account=name)
    if rows.empty:
        return None
    row = rows.iloc[0]
    hash_ = row["password_hash"] if isinstance(row["password_hash"], str) else None
    return Account(str(row["account"]), str(row["title"]), hash_, bool(row["disabled"]))


def known(db: Database, name: str) -> Account:
    """Return an account.

    Raises
    ------
    UsageError : when there is none
    """
    account = found(db, name)
    if account is None:
        raise UsageError(f"There is no account '{name}'. List them with: gridmap users list")
    return account


def listed(db: Database) -> pd.DataFrame:
    """Return all accounts with their rights, without hashes; one row per account and right."""
    return db.query("access/accounts")


def set_password(db: Database, name: str, password: str) -> None:
    """Give an account another password."""
    hash_ = passwords.hashed(password, account=known(db, name).name)
    with db.noting() as tx:
        tx.run("access/account.password", account=name, password_hash=hash_)


def disable(db: Database, name: str, *, disabled: bool = True) -> None:
    """Take an account out of use, or put it back."""
    known(db, name)
    with db.noting() as tx:
        tx.run("access/account.disable", account=name, disabled=disabled)


def grant(
    db: Database,
    name: str,
    role: str,
    *,
    region: str | None,
    since: date | None = None,
    until: date | None = None,
    by: str,
) -> None:
    """Give an account a role.

    Parameters
    ----------
    db : the open store
    name : the account
    role : key of a role
    region : code of the region whose inside it is for; None = the whole store
    since, until : first day, and first day no longer; today and open when omitted
    by : who gives it

    Raises
    ------
    UsageError : when there is no such account, role or region, or the period is empty
    """
    known(db, name)
    _require_role(role)
    first, end = since or db.now().date(), until or _OPEN_END
    if end <= first:
        raise UsageError(f"The right would end on {end}, before it begins on {first}.")
    with db.noting() as tx:
        _give(tx, name, role, _region(db, region), since=first, until=end, by=by)


def _require_role(role: str) -> None:
    if role not in givable_roles():
        raise UsageError(f"There is no role '{role}'. Roles: {', '.join(givable_roles())}.")


def _give(tx: Session, name: str, role: str, region: int, *, since: date, until: date, by: str) -> None:
    tx.run("access/right.insert", account=name, role=role, region_id=region,
           valid_from=since, valid_to=until, given_by=by)  # fmt: skip


def revoke(db: Database, name: str, role: str) -> int:
    """Take a role away from an account, in every region; return how many rights ended.

    Raises
    ------
    UsageError : when the account does not have the role
    """
    known(db, name)
    with db.noting() as tx:
        ended = len(tx.query("access/right.end", account=name, role=role, on_day=db.now().date()))
    if not ended:
        raise UsageError(f"'{name}' does not have the role '{role}'. See: gridmap users list")
    return ended


def scopes_of(db: Database, name: str) -> tuple[Scope, ...]:
    """Return the scopes of an account today, one per role, the role that sees most first.

    Empty when there is no such account, when it is out of use, or when it has no rights.
    """
    account = found(db, name)
    if account is None or account.disabled:
        return ()
    rows = db.query("access/rights", account=account.name, on_day=db.now().date()).to_dict("records")
    scopes = [_scope(account.name, role, [int(row["region_id"]) for row in same])
              for role, same in groupby(rows, key=lambda row: str(row["role"]))]  # fmt: skip
    order = [role.key for role in reversed(ROLES)]
    return tuple(sorted(scopes, key=lambda scope: order.index(scope.role)))


def _scope(name: str, role: str, regions: list[int]) -> Scope:
    return Scope(name, role, None if _EVERYTHING in regions else tuple(sorted(set(regions))))


def _region(db: Database, code: str | None) -> int:
    if code is None:
        return _EVERYTHING
    found_ = db.scalar("access/region", code=code)
    if found_ is None:
        raise UsageError(f"There is no region '{code}'. See: gridmap regions")
    return int(found_)
