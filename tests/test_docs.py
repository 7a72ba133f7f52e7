"""The docs cannot rot: what exists is named in them, what they name exists, and their tour is run.

Blocks of README.md and docs/planning.md fenced as `console` are a session: lines behind `$ ` are run one
after the other in one empty folder, the lines below each are its output. A line `...` stands for any
lines, `...` inside a line for any text, and `[exit 1]` as the last line for an exit code other than 0.
"""

from __future__ import annotations

import dataclasses
import difflib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from pathlib import Path

import click
import pytest

from gridmap.cli import main
from gridmap.levels import LEVELS
from gridmap.measures import measures
from gridmap.registers import REGISTERS
from gridmap.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference.md"
TOURS = [ROOT / "README.md", ROOT / "docs" / "planning.md"]

FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
DONE = "--- ended with "  # printed after each command of a tour, to tell the outputs apart
COMMAND_LINE = re.compile(r"(?:^|[$|;&]\s*)gridmap((?:[ \t]+[^\s|;&>`]+)*)", re.MULTILINE)


def documents() -> list[Path]:
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


@cache
def all_docs() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in documents())


def each(paths: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", paths, ids=lambda path: path.relative_to(ROOT).as_posix())


# ---- what exists is named -----------------------------------------------------------------------


def commands(group: click.Command = main, above: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Yield every command that does something, with its full name: `load regions`."""
    if not isinstance(group, click.Group):
        yield " ".join(above), group
        return
    for name, command in group.commands.items():
        yield from commands(command, (*above, name))


def long_options(command: click.Command) -> set[str]:
    options = (parameter for parameter in command.params if isinstance(parameter, click.Option))
    names = (name for option in options for name in (*option.opts, *option.secondary_opts))
    return {name for name in names if name.startswith("--")}


def section(title: str) -> str:
    """Return one section of the reference, from its heading to the next."""
    text = REFERENCE.read_text(encoding="utf-8")
    found = re.search(rf"^#+ {re.escape(title)}$(.*?)(?=^#|\Z)", text, re.MULTILINE | re.DOTALL)
    return found[1] if found else ""


COMMANDS = dict(commands())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_its_options_are_in_the_reference(name: str) -> None:
    described = section(f"`gridmap {name}`")
    assert described, f"docs/reference.md has no section `gridmap {name}`. Write it with: make reference"
    named = set(re.findall(r"--[a-z-]+", " ".join(re.findall(r"^`([^`]+)`", described, re.MULTILINE))))
    assert long_options(COMMANDS[name]) - named == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_helps(name: str) -> None:
    command = COMMANDS[name]
    assert command.help
    options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
    assert [option.name for option in options if not option.help] == []


@pytest.mark.parametrize("key", [measure.key for measure in measures()])
def test_every_measure_is_named(key: str) -> None:
    assert f"`{key}`" in all_docs()


@pytest.mark.parametrize("name", [entry.name for entry in dataclasses.fields(Settings)])
def test_every_setting_is_named(name: str) -> None:
    assert f"`{PREFIX}{name.upper()}`" in all_docs()


@pytest.mark.parametrize("name", [path.stem for path in sorted((ROOT / "gridmap/profiles").glob("*.toml"))])
def test_every_shipped_profile_is_named(name: str) -> None:
    assert f"`{name}`" in all_docs()


@pytest.mark.parametrize("name", [*(level.key for level in LEVELS), *(entry.name for entry in REGISTERS)])
def test_every_level_and_register_is_named(name: str) -> None:
    assert f"`{name}`" in all_docs()


@pytest.mark.parametrize("page", ["reference", "measures"])
def test_the_reference_is_what_the_program_says(page: str) -> None:
    said = subprocess.run([sys.executable, ROOT / "scripts/reference.py", "--print", page],
                          capture_output=True, encoding="utf-8", check=True).stdout  # fmt: skip
    written = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
    assert written == said, "Write it again with: make reference"


def test_the_page_of_measures_says_everything_of_each() -> None:
    page = (ROOT / "docs" / "measures.md").read_text(encoding="utf-8")
    for measure in measures():
        said = page.split(f"### `{measure.key}`\n")[1].split("\n### ")[0]
        words = (
            measure.title_zh,
            measure.definition_zh,
            measure.definition_en,
            measure.source,
            measure.caveat,
        )
        assert [text for text in words if text not in said] == [], measure.key


# ---- what is named exists -----------------------------------------------------------------------


def command_lines(text: str) -> list[list[str]]:
    """Return the words behind `gridmap` wherever a code block or code span calls it."""
    blocks = [body for _, body in FENCE.findall(text)]
    spans = re.findall(r"`([^`\n]+)`", FENCE.sub("", text))
    return [found.split() for code in (*blocks, *spans) for found in COMMAND_LINE.findall(code)]


def wrong_in(words: list[str], command: click.Command = main) -> str:
    """Return what in a command line does not exist, empty when all of it does."""
    while isinstance(command, click.Group) and words and is_command_name(words[0]):
        if words[0] not in command.commands:
            return words[0]
        command, words = command.commands[words[0]], words[1:]
    known = long_options(command) | {"--help", "--version"}
    return next((word for word in (word.partition("=")[0] for word in words)
                 if word.startswith("--") and word not in known), "")  # fmt: skip


def is_command_name(word: str) -> bool:
    return bool(re.fullmatch(r"[a-z][a-z-]*", word))


@each(documents())
def test_every_command_line_in_the_docs_exists(path: Path) -> None:
    found = {" ".join(words): wrong_in(words) for words in command_lines(path.read_text(encoding="utf-8"))}
    assert {line: wrong for line, wrong in found.items() if wrong} == {}


@each(documents())
def test_every_make_target_in_the_docs_exists(path: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:`|^)make ([a-z-]+)", path.read_text(encoding="utf-8"), re.MULTILINE))
    assert named - targets == set()


@each(documents())
def test_every_link_leads_somewhere(path: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


@each(documents())
def test_every_file_named_in_the_docs_exists(path: Path) -> None:
    tops = "gridmap|queries|tests|scripts|geodata|docs"
    named = re.findall(rf"`((?:{tops})/[a-z0-9_./-]+)`", path.read_text(encoding="utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []


@each(documents())
def test_every_setting_in_the_docs_exists(path: Path) -> None:
    known = {PREFIX + entry.name.upper() for entry in dataclasses.fields(Settings)}
    named = set(re.findall(rf"\b{PREFIX}[A-Z_]+\b", path.read_text(encoding="utf-8")))
    assert named - known == set()


@each(documents())
def test_every_measure_in_the_docs_exists(path: Path) -> None:
    keys = {measure.key for measure in measures()}
    prefixes = "|".join(sorted({key.partition(".")[0] for key in keys}))
    named = set(re.findall(rf"`((?:{prefixes})\.[a-z0-9_]+)`", path.read_text(encoding="utf-8")))
    assert named - keys == set()


# ---- the tour is run ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """Hold one command of a tour, the output written below it, and the exit code it is to have."""

    command: str
    expected: tuple[str, ...]
    exit_code: int


def steps(text: str) -> list[Step]:
    sessions = "".join(body for language, body in FENCE.findall(text) if language == "console")
    entries = re.split(r"^\$ ", sessions, flags=re.MULTILINE)[1:]
    return [step(entry.splitlines()) for entry in entries]


def step(lines: list[str]) -> Step:
    """Read one command, which goes on in lines behind `> `, and its output."""
    more = list(takewhile(lambda line: line.startswith(">"), lines[1:]))
    command = "\n".join([lines[0], *(line[1:].removeprefix(" ") for line in more)])
    output = [line.rstrip() for line in lines[1 + len(more) :] if line.strip()]
    code = re.fullmatch(r"\[exit (\d+)\]", output[-1]) if output else None
    return Step(command, tuple(output[:-1] if code else output), int(code[1]) if code else 0)


def matches(expected: tuple[str, ...], shown: list[str]) -> bool:
    patterns = [r"(?:.*\n)*" if line == "..." else line_pattern(line) + r"\n" for line in expected]
    return bool(re.fullmatch("".join(patterns), "".join(f"{line}\n" for line in shown)))


def line_pattern(line: str) -> str:
    return ".*".join(re.escape(part) for part in line.split("..."))


def run(commands: list[str], folder: Path) -> list[tuple[int, list[str]]]:
    """Run commands in one shell; return for each its exit code and what stays on the screen."""
    script = "\n".join(f'{command}\necho "{DONE}$?"' for command in commands)
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=plain_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=True,
    )
    pieces = re.findall(rf"(.*?){DONE}(\d+)\n", done.stdout.decode(), re.DOTALL)
    return [(int(code), what_stays(output)) for output, code in pieces]


def what_stays(output: str) -> list[str]:
    """Leave out progress: lines that are written over themselves."""
    return [line.rstrip() for line in output.removesuffix("\n").split("\n") if line and "\r" not in line]


def plain_environment() -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    path = f"{Path(sys.executable).parent}{os.pathsep}{own.get('PATH', '')}"
    return {**own, "PATH": path, "LANG": "C.UTF-8", "COLUMNS": "100", "NO_COLOR": "1"}


@each(TOURS)
def test_a_tour_shows_what_the_commands_say(path: Path, tmp_path: Path) -> None:
    written = steps(path.read_text(encoding="utf-8"))
    seen = run([entry.command for entry in written], tmp_path)
    for entry, (code, shown) in zip(written, seen, strict=True):
        difference = "\n".join(difflib.ndiff(entry.expected, shown))
        assert matches(entry.expected, shown), f"$ {entry.command}\n{difference}"
        assert code == entry.exit_code, f"$ {entry.command}\nended with {code}:\n{difference}"


def test_the_readme_has_a_tour() -> None:
    assert len(steps((ROOT / "README.md").read_text(encoding="utf-8"))) >= 3


# ---- the checks themselves: each must be able to fail -------------------------------------------


def test_a_wrong_command_and_a_wrong_option_are_seen() -> None:
    group = click.Group("gridmap", {"init": click.Command("init", params=[click.Option(["--store"])])})
    assert wrong_in(["init", "--store", "S"], group) == ""
    assert wrong_in(["init", "--shop", "S"], group) == "--shop"
    assert wrong_in(["initiate"], group) == "initiate"


def test_command_lines_are_found_in_blocks_and_spans() -> None:
    text = "Use `gridmap init --store S`.\n```console\n$ gridmap check | head\nas gridmap says\n```\n"
    assert command_lines(text) == [["check"], ["init", "--store", "S"]]


def test_a_tour_is_cut_into_commands_with_their_output() -> None:
    text = (
        "```console\n$ gridmap a \\\n>   --b\none\n...\n\n$ gridmap c\n[exit 2]\n```\n```sh\n$ not run\n```\n"
    )
    assert steps(text) == [Step("gridmap a \\\n  --b", ("one", "..."), 0), Step("gridmap c", (), 2)]


def test_dots_stand_for_lines_and_for_text() -> None:
    assert matches(("a", "...", "z"), ["a", "b", "c", "z"])
    assert matches(("took ... s",), ["took 1.2 s"])
    assert not matches(("a", "z"), ["a", "b", "z"])
    assert not matches(("a.c",), ["abc"])


def test_progress_is_not_part_of_the_output() -> None:
    assert what_stays("Placing:  0%|\rPlacing: 100%|\nplaced 3\n") == ["placed 3"]


def test_commands_are_run_in_one_shell_with_their_exit_codes(tmp_path: Path) -> None:
    seen = run(["A=one", "echo $A; echo two >&2; (exit 3)"], tmp_path)
    assert seen == [(0, []), (3, ["one", "two"])]
