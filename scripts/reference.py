"""Write docs/reference.md and docs/measures.md: what can be typed, asked and set, as the program has it.

The pages are made from the program, so they cannot say anything else; tests/test_docs.py compares them.
"""

from __future__ import annotations

import inspect
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import fields
from itertools import groupby
from pathlib import Path

import click

from gridmap.cli import main as gridmap
from gridmap.levels import LEVELS
from gridmap.measures import Measure, measures
from gridmap.registers import PLACE_FIELDS, REGISTERS, Field, Register
from gridmap.rules import RULES
from gridmap.settings import PREFIX, Settings
from gridmap.sources import Format, formats
from gridmap.web import openapi

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "reference.md"
MEASURES = ROOT / "docs" / "measures.md"

INTRODUCTION = """\
# Reference

Made from the program itself by `make reference`; do not edit it by hand.
"""


MEASURES_INTRODUCTION = """\
# The measures

Every figure of gridmap, defined once: on all screens, in exports and interfaces it is this one. Made from the
statements in `queries/measures/` by `make reference`; do not edit it by hand.

Every figure comes with its numerator (`KEY.n`) and denominator (`KEY.of`). A zero denominator has no value,
never 0 or 100 %. Every measure can be asked for any level and period, in the boundaries of then, of now and
of any day (`gridmap stats`), and compared with a year earlier or the period before (`gridmap compare`). Where
offices differ on a rule of counting, the store holds it (`gridmap rules`, below).

Readers who may not see small cells (the wall, and `gridmap stats --withhold`) find no figure made of one to
four cases, of a share neither its numerator nor its denominator nor the difference of both, and no cell that
would give one away by subtraction from the sums of any level: for everything withheld at least five whole
numbers remain possible (`gridmap/suppression.py`; the setting `small_cells` says how many cases are few).
Zero is shown. They choose whole months that are over, the cells of then or of now and, down to communities,
categories, and see no figure that would tell of few cases when it is subtracted from another (decision 21
says how far that goes).
"""


def main() -> None:
    """Write the pages, or print one when asked to: --print, or --print measures."""
    parts = (_commands(), _routes(), _measures(), _registers(), _formats(), _profiles(), _settings())
    pages = {
        TARGET: "\n".join([INTRODUCTION, *(line for part in parts for line in part)]),
        MEASURES: "\n".join([MEASURES_INTRODUCTION, *_every_measure(), *_rules()]),
    }
    if "--print" in sys.argv:
        sys.stdout.buffer.write(pages[MEASURES if "measures" in sys.argv else TARGET].encode())
        return
    for path, text in pages.items():
        path.write_text(text, encoding="utf-8")


# ---- the page of measures -----------------------------------------------------------------------


def _every_measure() -> Iterator[str]:
    for register, group in groupby(measures(), key=lambda measure: measure.key.partition(".")[0]):
        yield f"## {register}\n"
        for measure in group:
            yield from _one_measure(measure)


def _one_measure(measure: Measure) -> Iterator[str]:
    good = {1: "high is good", -1: "low is good", 0: "neither high nor low is good"}[measure.direction]
    yield f"### `{measure.key}`\n"
    yield f"**{measure.title_zh}** · **{measure.title_en}** ({measure.kind}, {measure.unit}; {good})\n"
    yield f"- {measure.definition_zh}\n- {measure.definition_en}"
    yield from _made_of(measure)
    if measure.split:
        yield f"- Broken down by: {measure.split}"
    if measure.protects == "nothing":
        yield "- Small cells: shown to everybody; it counts no persons and no cases of persons"
    if measure.beside:
        yield f"- Small cells: withheld too where one of these is few: `{measure.beside}`"
    if measure.withheld_with:
        yield f"- Small cells: withheld wherever one of these is: `{measure.withheld_with}`"
    yield f"- Source: {measure.source} · {measure.source_zh}"
    yield f"- Beware: {measure.caveat} · {measure.caveat_zh}"
    yield f"- Statement: [queries/measures/{measure.key}.sql](../queries/measures/{measure.key}.sql)\n"
    yield f"      gridmap stats {measure.key} --level community --since 2026-10-01 --until 2026-11-01\n"


def _made_of(measure: Measure) -> Iterator[str]:
    """Say formula, numerator and denominator, with made-up numbers as an example."""
    n, of = _numerator_and_denominator(measure)
    taken = {"median": "median of", "percentile": "90th percentile of"}.get(measure.kind)
    if taken:
        yield f"- Formula: {taken} the times of the records counted in `of`; for example 1, 2, 9 days: " + (
            "2 days" if measure.kind == "median" else "7.6 days"
        )
    elif measure.kind == "count":
        yield "- Formula: `n`" + ("; for example 12" if not of else "; for example 12, shown as 12 / 48")
    elif "1,000" in measure.unit:
        yield "- Formula: 1,000 × `n` ÷ `of`; for example 24 cases, 8,000 people: 3"
    else:
        yield "- Formula: `n` ÷ `of`; for example 12 ÷ 48 = 0.25" + (
            " (25 %)" if measure.unit == "share" else ""
        )
    yield f"- Numerator `n`: {n}"
    yield f"- Denominator `of`: {of or 'none'}"


def _numerator_and_denominator(measure: Measure) -> tuple[str, str]:
    """Take numerator and denominator out of the definition, which says both in one of four ways."""
    said = measure.definition_en.rstrip(".")
    if measure.kind in ("median", "percentile"):
        return "as `of`", "the records whose time is known"
    if measure.kind == "mean" and "÷" not in said:
        return "sum of the times", "the records whose time is known"
    if (parts := re.search(r"\b[Oo]f (.+?), the share (?:of those )?(.+)", said)) is not None:
        return f"of these, those {_first(parts[2])}", parts[1]
    if "÷" in said:
        around = next(part for part in said.split(": ")[::-1] if "÷" in part)
        n, _, of = around.partition("÷")
        return n.strip(), _first(of.strip())
    n, _, of = said.partition("; shown of ")
    return n, of


def _first(text: str) -> str:
    """Return a text without the remarks behind it."""
    return re.split(r"[;.] ", text)[0]


def _rules() -> Iterator[str]:
    yield "## Rules of counting\n"
    yield "Set for a whole store with `gridmap rules RULE VALUE`; every figure follows, past ones too.\n"
    rows = (
        (f"`{rule.key}`", f"`{rule.usual}`", " or ".join(rule.words) or "a number", rule.about)
        for rule in RULES
    )
    yield from _table(("rule", "usual", "values", "what it decides"), rows)


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
    yield "Rates are fractions from 0 to 1 in files and interfaces, per cent on screens. In full: "
    yield "[measures.md](measures.md).\n"
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


# ---- routes -------------------------------------------------------------------------------------


def _routes() -> Iterator[str]:
    yield "## Routes\n"
    yield "What programs ask over HTTP, behind the same sign-in and rights as the pages. A server tells them"
    yield f"under `{openapi.PATH}`, as OpenAPI; refusals are JSON with `error`.\n"
    rows = (_route(path, route) for path, route in openapi.ROUTES.items())
    yield from _table(("route", "what it answers", "asked with", "right"), rows)


def _route(path: str, route: openapi.Described) -> tuple[str, ...]:
    shown = f"`{route.method.upper()} {path.replace(':int', '')}`"
    names = [f"`{name}`{' *' if each.required or name in route.required else ''}"
             for name, each in openapi.parameters_of(path, route).items()]  # fmt: skip
    asked = "a view" if "theme" in openapi.parameters_of(path, route) else ", ".join(names)
    return shown, route.words, asked, ", ".join(openapi.rights_of(path))


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
