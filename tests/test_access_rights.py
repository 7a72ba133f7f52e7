"""The table of rights knows every page, route, command and statement there is, and denies the rest."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest
from starlette.routing import Mount, Route

from gridmap import definitions, server
from gridmap.access.rights import ACTIONS, RIGHTS, ROLES, givable_roles, may, rights_for
from gridmap.cli import main
from gridmap.cli.options import speaking
from gridmap.ui.shell import PAGES


def commands(command: click.Command, above: tuple[str, ...] = ()) -> Iterator[str]:
    if not isinstance(command, click.Group):
        yield "command." + " ".join(above)
        return
    for name, below in command.commands.items():
        yield from commands(below, (*above, name))


def actions() -> set[str]:
    """Return everything that can be done: read from the program, not from the table."""
    folder = definitions.shipped_folder()
    queries = {path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*.sql")}
    routes = {route.path for route in server.routes() if isinstance(route, Route | Mount)}
    pages = {f"/{name}" for name in PAGES}
    return {
        *(f"page.{name}" for name in PAGES),
        *(f"route.{path}" for path in routes - pages),
        *commands(main),
        *(f"query.{name}" for name in queries),
    }


def leaves(command: click.Command) -> Iterator[click.Command]:
    if not isinstance(command, click.Group):
        yield command
        return
    for below in command.commands.values():
        yield from leaves(below)


def test_no_command_runs_without_asking_the_table() -> None:
    """`speaking` asks it before anything else; what needs no store asks for nothing that needs a right."""
    asking = speaking(lambda: None).__code__
    free = {
        command.name for command in leaves(main) if getattr(command.callback, "__code__", None) is not asking
    }
    assert free == set()


def covers(entry: str, action: str) -> bool:
    return entry == action or (entry.endswith("*") and action.startswith(entry[:-1]))


def test_everything_that_can_be_done_has_a_rule() -> None:
    without = sorted(action for action in actions() if not rights_for(action))
    assert without == [], "give each a line in ACTIONS of gridmap/access/rights.py: nobody may do it so far"


def test_every_rule_is_about_something_there_is() -> None:
    assert [name for name in ACTIONS if not any(covers(name, action) for action in actions())] == []


def test_every_right_is_described_and_used() -> None:
    asked = {right for rights in ACTIONS.values() for right in rights.split()}
    held = {right for role in ROLES for right in role.rights}
    assert asked | held <= set(RIGHTS)


@pytest.mark.parametrize("role", [role.key for role in ROLES] + ["", "nobody_s_role"])
def test_what_has_no_rule_is_denied_to_everybody(role: str) -> None:
    assert not any(may(role, action) for action in ("page.new", "route./new", "command.new", "query.new/new"))


def test_the_matrix_of_roles_and_actions_is_the_agreed_one() -> None:
    """Single records only where the work needs them; nobody both gives rights and reads records."""
    single = {action for action in actions() if rights_for(action) & {"records", "take_records", "reveal"}}
    assert len(single) > 5
    seers = {role.key for role in ROLES if any(may(role.key, action) for action in single)}
    assert seers == {"grid_manager", "data_officer", "owner", "demo"}
    givers = {role for role in givable_roles() if may(role, "command.users grant")}
    assert givers == {"administrator"}
    assert givers & seers == set()
    editors = {role for role in givable_roles() if may(role, "command.edit")}
    assert editors == {"planner"}


def test_everybody_with_a_role_has_the_start_page_and_a_stranger_has_nothing() -> None:
    assert all(may(role, "page.overview") for role in givable_roles())
    assert [action for action in actions() if may("", action) and rights_for(action) != {"anybody"}] == []


def test_a_viewer_sees_counts_and_nothing_else() -> None:
    allowed = {action for action in actions() if may("viewer", action)}
    rights = {right for action in allowed for right in rights_for(action)}
    assert {action for action in allowed if action.startswith("page.")} == {
        "page.overview",
        "page.wall",
        "page.cells",
    }
    assert rights <= {"anybody", "signed_in", "figures"}
