"""Write docs/reference.md: what can be typed, asked and set, as the program has it.

The page is made from the program, so it cannot say anything else; tests/test_docs.py compares the two.
"""

from __future__ import annotations

import inspect
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import fields
from pathlib import Path

import click

from gridmap.cli import main as gridmap
from gridmap.levels import LEVELS
from gridmap.measures import Measure, measures
from gridmap.registers import PLACE_FIELDS, REGISTERS, Field, Register
from gridmap.settings import PREFIX, Settings
from gridmap.sources import Format, formats

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "reference.md"

INTRODUCTION = """\
# Reference

Made from the program itself by `make reference`; do not edit it by hand.
"""


def main() -> None:
    """Write the page, or print it when asked to."""
    parts = (_commands(), _measures(), _registers(), _formats(), _profiles(), _settings())
    page = "\n".join([INTRODUCTION, *(line for part in parts for line in part)])
    if "--print" in sys.argv:
        sys.stdout.buffer.write(page.encode())
    else:
        TARGET.write_text(page, encoding="utf-8")


# ---- commands -----------------------------------------------------------------------------------


def _commands() -> Iterator[str]:
    yield "## Commands\n"
    for name, command in _leaves(gridmap, ()):
        yield from _command(name, command)


def _leaves(command: click.Command, above: tuple[str, ...]) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield " ".join(above), command
        return
    for name, below in sorted(command.commands.items()):
        yield from _leaves(below, (*above, name))


def _command(name: str, command: click.Command) -> Iterator[str]:
    context = click.Context(command, info_name=f"gridmap {name}")
    yield f"### `gridmap {name}`\n"
    yield f"    {command.get_usage(context).removeprefix('Usage: ')}\n"
    yield _paragraphs(command.help or "")
    options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
    yield from _table(("option", "what it says"), (_option(option, context) for option in options))


def _paragraphs(text: str) -> str:
    """Return help text without its indentation and click's marks for line breaks."""
    return inspect.cleandoc(text.replace("\b\n", "")) + "\n"


def _option(option: click.Option, context: click.Context) -> tuple[str, str]:
    described = option.get_help_record(context)
    names, text = described or (", ".join(option.opts), option.help or "")
    return f"`{names}`", text


# ---- measures, registers, levels ----------------------------------------------------------------


def _measures() -> Iterator[str]:
    yield "## Measures\n"
    yield "Rates are fractions from 0 to 1 in files and interfaces, per cent on screens.\n"
    yield from _table(("key", "title", "unit", "definition", "beware"), map(_measure, measures()))


def _measure(measure: Measure) -> tuple[str, ...]:
    title = f"{measure.title_zh}<br>{measure.title_en}"
    definition = f"{measure.definition_zh}<br>{measure.definition_en}"
    return f"`{measure.key}`", title, measure.unit, definition, measure.caveat


def _registers() -> Iterator[str]:
    yield "## Levels\n"
    yield from _table(("level", "中文", "English"), ((f"`{e.key}`", e.title_zh, e.title_en) for e in LEVELS))
    yield "## Registers\n"
    yield "Fields marked * are needed. Registers with a place also take the fields of a place.\n"
    for register in REGISTERS:
        yield from _register(register)
    yield "### Fields of a place\n"
    yield from _table(("field", "type", "values"), map(_field, PLACE_FIELDS))


def _register(register: Register) -> Iterator[str]:
    yield f"### `{register.name}`\n"
    yield f"{register.title_zh} · {register.title_en}\n"
    place = ", with a place" if register.placed else ""
    yield f"One row per {', '.join(f'`{name}`' for name in register.key)}{place}.\n"
    yield from _table(("field", "type", "values", "also called"), map(_own_field, register.fields))


def _own_field(field: Field) -> tuple[str, ...]:
    return *_field(field), ", ".join(field.headers)


def _field(field: Field) -> tuple[str, ...]:
    return f"`{field.name}`{' *' if field.required else ''}", field.type, ", ".join(field.values)


# ---- formats, profiles and settings ----------------------------------------------------------------------


def _formats() -> Iterator[str]:
    yield "## Formats\n"
    yield "Told apart by what the file holds, then by its name.\n"
    yield from _table(("format", "endings", "regions", "records"), map(_format, formats()))


def _format(entry: Format) -> tuple[str, ...]:
    endings = ", ".join(f"`{suffix}`" for suffix in entry.suffixes)
    return entry.title, endings, "yes" if entry.polygons else "no", "yes" if entry.records else "no"


def _profiles() -> Iterator[str]:
    yield "## Profiles\n"
    yield "A profile says which column is which field; `--mapping` takes its name or a file of your own.\n"
    paths = sorted((ROOT / "gridmap" / "profiles").glob("*.toml"))
    yield from _table(("profile", "for"), ((f"`{path.stem}`", _title(path)) for path in paths))


def _title(path: Path) -> str:
    return str(tomllib.loads(path.read_text(encoding="utf-8")).get("title", ""))


def _settings() -> Iterator[str]:
    yield "## Settings\n"
    yield "Environment variables; each has a default.\n"
    rows = ((f"`{PREFIX}{e.name.upper()}`", f"`{e.default}`", e.metadata["help"]) for e in fields(Settings))
    yield from _table(("variable", "default", "what it sets"), rows)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Yield a table, or nothing when there are no rows."""
    lines = [" | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) for row in rows]
    if lines:
        yield "\n".join([" | ".join(head), " | ".join("---" for _ in head), *lines]) + "\n"


if __name__ == "__main__":
    main()
