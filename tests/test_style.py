"""Habits of the house that no linter knows."""

from __future__ import annotations

import ast
import json
import re
import textwrap
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import gridmap

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("gridmap", "queries", "scripts", "tests", "geodata", "docs", "deploy", ".ci")
FILES = (
    "app.py",
    "Makefile",
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "pyproject.toml",
    "package.json",
)
TEXTS = {".py", ".sql", ".sh", ".md", ".toml", ".json", ".js", ".css", ".html", ".conf", ".service", ""}

#: Put together here, so that this file does not find itself.
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX|HA" + r"CK)\b")
LEFT_OUT = re.compile(r"\b(skip|skipif|importorskip|xfail)\(([^)]*)")
REASON_TO_SKIP = "shared data"
HOME_PATH = re.compile(r"""["'\s(](/(?:home|root|Users|mnt)/[\w.-]+)""")


@cache
def texts() -> dict[str, str]:
    """Return the text files people wrote here, by path; what is built or fetched is left out."""
    inside = (path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*")))
    paths = [path for path in (*inside, *(ROOT / name for name in FILES)) if is_ours(path)]
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def is_ours(path: Path) -> bool:
    built = {"vendor", "__pycache__"} & set(path.parts)
    return path.is_file() and path.suffix in TEXTS and not built


def python_files(folder: str) -> dict[str, str]:
    return {name: text for name, text in texts().items() if name.startswith(folder) and name.endswith(".py")}


def each(names: dict[str, str]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("name", sorted(names))


# ---- code ---------------------------------------------------------------------------------------


@each(texts())
def test_nothing_is_left_unfinished(name: str) -> None:
    assert UNFINISHED.findall(texts()[name]) == []


@each(texts())
def test_no_file_knows_whose_machine_it_was_written_on(name: str) -> None:
    assert HOME_PATH.findall(texts()[name]) == []


@each(python_files("tests/"))
def test_a_test_is_left_out_only_where_shared_data_is_absent(name: str) -> None:
    reasons = [inside for _, inside in LEFT_OUT.findall(texts()[name])]
    assert [inside for inside in reasons if REASON_TO_SKIP not in inside.lower()] == []


@each(python_files("gridmap/"))
def test_only_the_command_line_prints(name: str) -> None:
    assert name.startswith("gridmap/cli") or calls_of("print", ast.parse(texts()[name])) == []


@each(python_files("gridmap/"))
def test_what_is_public_says_what_it_does(name: str) -> None:
    public = public_definitions(ast.parse(texts()[name]))
    assert [full_name for full_name, node in public if not opens_with_a_sentence(node)] == []


@each(python_files("gridmap/"))
def test_described_parameters_are_the_ones_there_are(name: str) -> None:
    public = public_definitions(ast.parse(texts()[name]))
    wrong = {full_name: described(node) - accepted(node) for full_name, node in public}
    assert {full_name: names for full_name, names in wrong.items() if names} == {}


Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def calls_of(function: str, tree: ast.AST) -> list[int]:
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return [call.lineno for call in calls if getattr(call.func, "id", "") == function]


def public_definitions(tree: ast.AST, above: str = "") -> Iterator[tuple[str, Definition]]:
    """Yield the public functions and classes of a module and the public methods of its public classes."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, Definition) and not node.name.startswith("_"):
            yield f"{above}{node.name}", node
            if isinstance(node, ast.ClassDef):
                yield from public_definitions(node, f"{node.name}.")


def opens_with_a_sentence(node: Definition) -> bool:
    first = (ast.get_docstring(node) or "").split("\n\n")[0]
    return bool(re.match(r"[A-Z`0-9].*[.:]$", " ".join(first.split())))


def described(node: Definition) -> set[str]:
    """Return the names that the docstring's Parameters section describes; `a, b : ...` are two."""
    section = re.search(
        r"^Parameters\n-+\n(.*?)(?=\n\n|\n\w+\n---|\Z)", ast.get_docstring(node) or "", re.M | re.S
    )
    names = re.findall(r"^(\*{0,2}\w+(?:, ?\w+)*) :", section[1], re.MULTILINE) if section else []
    return {name.strip(" *") for entry in names for name in entry.split(",")}


def accepted(node: Definition) -> set[str]:
    """Return what can be passed: a function's parameters, a class's fields and those of its __init__."""
    if isinstance(node, ast.ClassDef):
        fields = {ast.unparse(entry.target) for entry in node.body if isinstance(entry, ast.AnnAssign)}
        methods = (entry for entry in node.body if isinstance(entry, ast.FunctionDef))
        return fields.union(*(accepted(method) for method in methods if method.name == "__init__"))
    every = node.args
    single = (entry for entry in (every.vararg, every.kwarg) if entry)
    return {entry.arg for entry in (*every.posonlyargs, *every.args, *every.kwonlyargs, *single)}


# ---- the repository -----------------------------------------------------------------------------


def project() -> dict[str, object]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_the_versions_agree() -> None:
    version = project()["version"]
    assert gridmap.__version__ == version
    for name in ("package.json", "package-lock.json"):
        assert json.loads((ROOT / name).read_text(encoding="utf-8"))["version"] == version


def test_the_changelog_has_a_place_for_what_comes() -> None:
    assert re.search(r"^## \[?Unreleased\]?$", texts()["CHANGELOG.md"], re.MULTILINE)


def test_every_pinned_package_is_in_the_lock() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = {
        plain(line.partition("==")[0]): line.partition("==")[2] for line in lock.splitlines() if "==" in line
    }
    extras = project()["optional-dependencies"].values()
    wanted = [*project()["dependencies"], *(entry for extra in extras for entry in extra)]
    assert [entry for entry in wanted if plain(re.split("[=><]", entry)[0]) not in locked] == []
    pinned = [entry.split("==") for entry in wanted if "==" in entry]
    assert {name: version for name, version in pinned if locked[plain(name)] != version} == {}


def plain(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()


def test_the_npm_lock_names_no_place_to_download_from() -> None:
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text(encoding="utf-8")


def test_every_dependency_is_explained() -> None:
    named = set(re.findall(r"`([\w@/.-]+)`", texts()["docs/dependencies.md"]))
    package = json.loads(texts()["package.json"])
    extras = project()["optional-dependencies"].values()
    wanted = [*project()["dependencies"], *(entry for extra in extras for entry in extra)]
    names = {re.split("[=><]", entry)[0] for entry in wanted} | set(package["dependencies"])
    assert names - named == set()


# ---- the checks themselves: each must be able to fail -------------------------------------------


def definition(text: str) -> Definition:
    (node,) = ast.parse(textwrap.dedent(text)).body
    assert isinstance(node, Definition)
    return node


def test_unfinished_work_is_seen() -> None:
    assert UNFINISHED.search("# TO" + "DO: later")


def test_a_test_left_out_for_another_reason_is_seen() -> None:
    (found,) = LEFT_OUT.findall("pytest.mark.sk" + "ip(reason='slow')")
    assert REASON_TO_SKIP not in found[1]


def test_a_path_of_one_machine_is_seen() -> None:
    assert HOME_PATH.findall('open("/ho' + 'me/ann/data.csv")') == ["/ho" + "me/ann"]


def test_a_described_parameter_that_does_not_exist_is_seen() -> None:
    node = definition('''
        def area(ring, *, unit):
            """Return the area.

            Parameters
            ----------
            ring, holes : shells
            unit : m2 or km2
            """
        ''')  # fmt: skip
    assert described(node) - accepted(node) == {"holes"}


def test_a_docstring_that_is_no_sentence_is_seen() -> None:
    assert not opens_with_a_sentence(definition('def f():\n    """returns it"""'))
    assert opens_with_a_sentence(definition('def f():\n    """Return\n    it."""'))
