"""The statements of `queries/`: loaded once, each with what its header says of it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache, cached_property

import duckdb

from gridmap import definitions
from gridmap.errors import UsageError

_COMMENT = re.compile(r"--[^\n]*")
_WORD = re.compile(r"'[^']*'|\w+")
_MACRO = re.compile(r"\bmacro\s+(\w+)\s*\(")
_ADDS = re.compile(r"^insert (?:or replace )?into (\w+)", re.MULTILINE)
_HEADER_LINE = re.compile(r"^--\s*([a-z][a-z_.]*):\s*(.*)$")


@dataclass(frozen=True)
class Query:
    """Hold one statement and its header.

    Parameters
    ----------
    name : path below `queries/` without the ending (`measures/petition.received`)
    text : the file as it stands
    header : header entries by name (`answers`, `params`, `returns`, `grain`, `order`, ...)
    """

    name: str
    text: str
    header: dict[str, str]

    @property
    def params(self) -> dict[str, str]:
        """Return the declared parameters and their types."""
        return _declared(self.header.get("params", "none"))

    @property
    def returns(self) -> dict[str, str]:
        """Return the declared result columns and their types, in order."""
        return _declared(self.header.get("returns", "none"))

    @cached_property
    def adds_to(self) -> str | None:
        """Return the table that the statement adds rows to; None when it adds none."""
        found = _ADDS.search(self.text)
        return found[1] if found else None

    @property
    def version(self) -> str:
        """Return a short hash of the statement, so that a cache can tell two definitions apart."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:12]

    def used_params(self) -> set[str]:
        """Return the parameters that DuckDB's own parser finds in the statement."""
        statements = duckdb.extract_statements(self.text)
        return {name for statement in statements for name in statement.named_parameters}


@cache
def load(name: str) -> Query:
    """Read one statement by name.

    Raises
    ------
    UsageError : when there is no such statement
    """
    path = definitions.find(f"{name}.sql")
    if path is None:
        raise UsageError(f"There is no query '{name}' in {definitions.shipped_folder()}.")
    text = path.read_text(encoding="utf-8")
    return Query(name=name, text=text, header=_header(text))


def names_in(folder: str) -> tuple[str, ...]:
    """Return the names of all statements in one folder of `queries/`, in alphabetical order."""
    return definitions.names_in(folder, ".sql")


@cache
def words_of(name: str) -> frozenset[str]:
    """Return the words of a statement and of all macros it calls: names, and texts with their quotes."""
    words, macros = set(_words(load(name).text)), _macros()
    while called := {macro for macro in words & macros.keys() if not macros[macro] <= words}:
        words.update(*(macros[macro] for macro in called))
    return frozenset(words)


@cache
def _macros() -> dict[str, frozenset[str]]:
    """Return the words of every macro, by its name."""
    texts = [load(name).text for name in names_in("macros")]
    return {found[1]: _words(text) for text in texts if (found := _MACRO.search(text))}


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(_COMMENT.sub("", text)))


def _header(text: str) -> dict[str, str]:
    """Read the leading comment lines; a line without a name goes on with the entry before it."""
    entries: dict[str, str] = {}
    last = ""
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        named = _HEADER_LINE.match(line)
        if named:
            last = named[1]
            entries[last] = named[2].strip()
        elif last:
            entries[last] = f"{entries[last]} {line.removeprefix('--').strip()}".strip()
    return entries


def _declared(text: str) -> dict[str, str]:
    if text.strip() == "none":
        return {}
    pairs = (entry.strip().split(None, 1) for entry in text.split(","))
    return {pair[0]: pair[1] if len(pair) == 2 else "" for pair in pairs if pair}
