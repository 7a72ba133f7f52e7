"""Commands about personal data: reveal, find, retention, keys."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click
import pandas as pd

from gridmap import settings
from gridmap.access import Scope, acting_now, audit, personal, renewing
from gridmap.cli import caller, output
from gridmap.cli.options import keep_why, opened, speaking, store_option, whole_store
from gridmap.errors import Denied
from gridmap.keeping import retention as retaining
from gridmap.registers import register_named

reason_option = click.option("--reason", required=True, metavar="TEXT", callback=keep_why,
                             help="Why: it stands in the log with your name.")  # fmt: skip
commit_option = click.option("--commit", is_flag=True, help="Do it; without it, only say what would be done.")
_form_option = click.option("--format", "output_format", type=click.Choice(["table", "json"]),
                            default="table", show_default=True, help="How to print the result.")  # fmt: skip


@click.command("reveal")
@click.argument("register")
@click.argument("key")
@reason_option
@_form_option
@store_option
@speaking
def reveal(register: str, key: str, reason: str, output_format: str, store: Path | None) -> None:
    """Show name, telephone, address and text of one record; the log says first who saw them and why."""
    chosen = register_named(register)
    with opened(store) as db:
        note = personal.noting(whole_store(), _named(_who()))
        found = personal.reveal(db, _who(), note, chosen, personal.key_of(chosen, key), reason=reason)
    rows = [{"field": value.field, "value": value.text or "(its key is lost)"} for value in found]
    output.table(pd.DataFrame(rows), output_format)


@click.command("find")
@reason_option
@_form_option
@store_option
@speaking
def find(reason: str, output_format: str, store: Path | None) -> None:
    """List the records that hold a telephone or identity number; it is asked for, or read from the input."""
    with opened(store) as db:  # asked for inside: where a server has the store open, the server asks
        number = caller.secret("Telephone or identity number")
        note = personal.noting(whole_store(), _named(_who()))
        found = personal.found_by_number(db, _who(), note, number, reason=reason)
    rows = [{"register": register.name, "key": key} for register, key in found]
    output.table(pd.DataFrame(rows, columns=["register", "key"]), output_format)


@click.command("retention")
@click.option("--months", type=int, default=None, metavar="N",
              help="Whole months to keep (GRIDMAP_PERSONAL_MONTHS; 36).")  # fmt: skip
@commit_option
@_form_option
@store_option
@speaking
def retention(months: int | None, commit: bool, output_format: str, store: Path | None) -> None:
    """Forget personal data whose time is over, in the store and, with their keys, in every copy of it.

    Without --commit it says what would be forgotten. Afterwards renew the copy of the folder of keys: an
    older one would open what backups hold.
    """
    kept = months if months is not None else settings.from_environment().personal_months
    with opened(store) as db:
        found = retaining.due(db, months=kept)
        shown = pd.DataFrame([{"register": each.register, "kept_since": each.before, "values": each.values,
                               "keys": len(each.keys)} for each in found],
                             columns=["register", "kept_since", "values", "keys"])  # fmt: skip
        output.table(shown, output_format)
        if not commit:
            output.say("Nothing was changed. To do it: --commit")
            return
        copies = retaining.forget(db, found)
        audit.note(whole_store(), _named(_who()), "retention", rows=int(shown["values"].sum()),
                   detail={"months": kept, "keys": int(shown["keys"].sum())})  # fmt: skip
    _tell(copies)


@click.group("keys")
def keys() -> None:
    """Renew keys that are lost, or seal everything with new ones."""


@keys.command("renew")
@commit_option
@store_option
@speaking
def renew(commit: bool, store: Path | None) -> None:
    """Make new keys where the old ones are lost for good; what they sealed is lost with them.

    Names, telephones, addresses and texts that nobody can read any more are removed: load them again. The log
    goes on; that its rows of before cannot be verified is said for good. Everything else is untouched.
    """
    with opened(store):
        log_lost, values = (
            renewing.renew(whole_store(), _named(_who())) if commit else renewing.lost(whole_store())
        )
    was = "was" if commit else "is"
    output.say(f"The key of the log {was} {'lost' if log_lost else 'not lost'}; {values:,} personal values "
               f"{'were' if commit else 'are'} unreadable.")  # fmt: skip
    if not commit:
        output.say("Nothing was changed. Look for a copy of the keys first. To begin anew: --commit")


@keys.command("rotate")
@click.option("--forget-old", is_flag=True,
              help="Destroy the old keys: nobody reads then what backups hold of people.")  # fmt: skip
@store_option
@speaking
def rotate(forget_old: bool, store: Path | None) -> None:
    """Seal every name, telephone, address and text with new keys."""
    with opened(store):
        count = renewing.rotate(whole_store(), _named(_who()), forget_old=forget_old)
    output.say(f"{count:,} values are sealed with new keys. Renew the copy of the folder of keys.")


def _who() -> Scope:
    asking = acting_now()
    if asking is None:
        raise Denied("Nobody has asked.")
    return asking


def _named(scope: Scope) -> Scope:
    return scope if scope.user else replace(scope, user=settings.from_environment().author)


def _tell(copies: retaining.Copies) -> None:
    output.say(f"{copies.snapshots_removed} snapshots removed, {copies.snapshots_read} still read.")
    if copies.others:
        output.say(f"Also in the store's folder: {', '.join(copies.others)}. Nobody can read in them what "
                   "was forgotten; remove them when they are not needed.")  # fmt: skip
    output.say("Renew the copy of the folder of keys, and destroy older copies: they would open it again.")


COMMANDS = (reveal, find, retention, keys)
