"""The house's ladder and fences, read from the imports and held here.

A module imports only from lower floors, never sideways and never upwards; inside one package imports
are free. Imports inside functions and under TYPE_CHECKING count as well.

    floor  modules
    11     cli
    10     server  app.py
    9      pages  web  and gridmap itself, the front door of `import gridmap`
    8      reports
    7      verbs  ui  bench  torture  scaling
    6      loading checking stamping exporting editing planning believing plan_files comparing disclosure
           keeping excerpt
    5      placing  versions  regions  measures  access  rules  responsibility  issues  quality
    4      index  sources  edits  demo  repair
    3      coverage  store  corners
    2      polygons  maps  clocks  nesting
    1      crs  sql  calendar  progress  gazetteer  suppression  house_codes  outside  beside
           masking  sealing  watermarks
    0      registers > levels > definitions > settings > periods > errors > findings

    fence      only in
    streamlit  ui  pages  server  web  app.py, and bench, which speaks its protocol
    websockets bench
    duckdb     sql  store, and bench, which compares gridmap with it
    pyogrio    sources  plan_files  keeping, which writes and reads its own dumps
    pydeck     maps  ui
    click      cli
    typst      reports
    docx       reports
    sedonadb   bench, which compares gridmap with it
    pyspark    scaling
    argon2     access
    cryptography  sealing
    itsdangerous  web
    prometheus_client  web

The geometry half (crs, polygons, nesting, coverage, corners, repair, index, edits) needs neither database nor
browser.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

FLOORS: dict[int, tuple[str, ...]] = {
    11: ("cli",),
    10: ("server", "app"),
    9: ("pages", "web", "gridmap"),
    8: ("reports",),
    7: ("verbs", "ui", "bench", "torture", "scaling"),
    6: (
        "loading",
        "checking",
        "stamping",
        "exporting",
        "editing",
        "planning",
        "believing",
        "plan_files",
        "comparing",
        "disclosure",
        "keeping",
        "excerpt",
    ),
    5: (
        "placing",
        "versions",
        "regions",
        "measures",
        "access",
        "rules",
        "responsibility",
        "issues",
        "quality",
    ),
    4: ("index", "sources", "edits", "demo", "repair"),
    3: ("coverage", "store", "corners"),
    2: ("polygons", "maps", "clocks", "nesting"),
    1: (
        "crs",
        "sql",
        "calendar",
        "progress",
        "beside",
        "gazetteer",
        "suppression",
        "house_codes",
        "outside",
        "masking",
        "sealing",
        "watermarks",
    ),
    0: ("registers", "levels", "definitions", "settings", "periods", "errors", "findings"),
}
#: On the ground floor each may import those after it.
GROUND_ORDER = ("registers", "levels", "definitions", "settings", "periods", "errors", "findings")

FENCES: dict[str, frozenset[str]] = {
    "streamlit": frozenset({"ui", "pages", "server", "web", "app", "bench"}),
    "websockets": frozenset({"bench"}),
    "duckdb": frozenset({"sql", "store", "bench"}),
    "pyogrio": frozenset({"sources", "plan_files", "keeping"}),
    "pydeck": frozenset({"maps", "ui"}),
    "click": frozenset({"cli"}),
    "typst": frozenset({"reports"}),
    "docx": frozenset({"reports"}),
    "sedonadb": frozenset({"bench"}),
    "pyspark": frozenset({"scaling"}),
    "py4j": frozenset({"scaling"}),
    "argon2": frozenset({"access"}),
    "cryptography": frozenset({"sealing"}),
    "itsdangerous": frozenset({"web"}),
    "prometheus_client": frozenset({"web"}),
}
GEOMETRY_HALF = ("crs", "polygons", "nesting", "coverage", "corners", "repair", "index", "edits")
DATABASE_AND_SCREENS = frozenset({"sql", "store", "ui", "pages", "server", "maps"})

ENVIRONMENT = {"os.getenv", "os.environ", "os.environ.get"}
#: Handed to the process that reads files, which could not start without it.
PASSED_ON = {"PATH"}

LONGEST_MODULE, LONGEST_PAGE, LONGEST_APP, LONGEST_FUNCTION = 500, 100, 40, 60

FLOOR_OF = {room: floor for floor, rooms in FLOORS.items() for room in rooms}


@dataclass(frozen=True)
class Module:
    """Hold one source file: its dotted name, the room of the house it belongs to, and its tree."""

    name: str
    text: str

    @property
    def room(self) -> str:
        return room_of(self.name)

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)


def room_of(dotted: str) -> str:
    parts = dotted.split(".")
    return parts[1] if parts[0] == "gridmap" and len(parts) > 1 else parts[0]


def imported_names(module: Module) -> Iterator[str]:
    """Yield every dotted name a module imports; `from a import b` gives `a.b`."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = absolute(node, module)
            yield from (f"{base}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and is_import_call(node):
            yield node.args[0].value


def absolute(node: ast.ImportFrom, module: Module) -> str:
    """Return the full name an import starts from, also where it is written with dots."""
    if not node.level:
        return node.module or ""
    base = module.name.split(".")[: -node.level]
    return ".".join([*base, node.module] if node.module else base)


def is_import_call(node: ast.Call) -> bool:
    called = getattr(node.func, "attr", getattr(node.func, "id", ""))
    literal = bool(node.args) and isinstance(node.args[0], ast.Constant)
    return called in {"import_module", "__import__"} and literal and isinstance(node.args[0].value, str)


def rooms_imported(module: Module) -> set[str]:
    """Return the rooms of this house that a module imports from, its own left out."""
    names = {name for name in imported_names(module) if name.split(".")[0] in {"gridmap", "app"}}
    return {room if (room := room_of(name)) in FLOOR_OF else "gridmap" for name in names} - {module.room}


def packages_imported(module: Module) -> set[str]:
    return {name.split(".")[0] for name in imported_names(module)}


def may_import(importer: str, imported: str) -> bool:
    if FLOOR_OF[importer] == FLOOR_OF[imported] == 0:
        return GROUND_ORDER.index(importer) < GROUND_ORDER.index(imported)
    return FLOOR_OF[importer] > FLOOR_OF[imported]


def wrong_imports(module: Module) -> list[str]:
    return sorted(f"{module.room} (floor {FLOOR_OF[module.room]}) imports {room} (floor {FLOOR_OF[room]})"
                  for room in rooms_imported(module) if not may_import(module.room, room))  # fmt: skip


def broken_fences(module: Module) -> list[str]:
    return sorted(f"{package} is imported by {module.room}" for package in packages_imported(module)
                  if package in FENCES and module.room not in FENCES[package])  # fmt: skip


def reads_environment(module: Module) -> list[str]:
    """Return the places where a module asks for an environment variable that is not merely passed on."""
    asked = [(node, parts) for node in ast.walk(module.tree) if (parts := asked_variable(node))]
    return [
        ast.unparse(node) for node, (source, name) in asked if source in ENVIRONMENT and name not in PASSED_ON
    ]


def asked_variable(node: ast.AST) -> tuple[str, str] | None:
    """Return what is asked and for which name, of `source[name]` and `source(name, ...)`."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        return ast.unparse(node.value), getattr(node.slice, "value", "")
    if isinstance(node, ast.Call) and node.args:
        return ast.unparse(node.func), getattr(node.args[0], "value", "")
    return None


def long_functions(module: Module, *, limit: int) -> list[str]:
    """Return the functions whose body, docstring left out, has more lines than the limit."""
    functions = [node for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef)]
    return [f"{node.name}: {length}" for node in functions if (length := body_lines(node)) > limit]


def body_lines(function: ast.FunctionDef) -> int:
    body = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def length_limit(module: Module) -> int:
    return {"pages": LONGEST_PAGE, "app": LONGEST_APP}.get(module.room, LONGEST_MODULE)


def reach(start: str, graph: dict[str, set[str]]) -> set[str]:
    seen, waiting = set(), [start]
    while waiting:
        room = waiting.pop()
        if room not in seen:
            seen.add(room)
            waiting += graph.get(room, set())
    return seen


def modules_of(root: Path) -> tuple[Module, ...]:
    paths = [*sorted((root / "gridmap").rglob("*.py")), *sorted(root.glob("app.py"))]
    return tuple(Module(dotted(path.relative_to(root)), path.read_text(encoding="utf-8")) for path in paths)


def dotted(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = modules_of(ROOT)
every_module = pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)


def room_graph(modules: Iterable[Module]) -> dict[str, set[str]]:
    graph: dict[str, set[str]] = {}
    for module in modules:
        graph.setdefault(module.room, set()).update(rooms_imported(module))
    return graph


@every_module
def test_a_module_has_a_floor(module: Module) -> None:
    assert module.room in FLOOR_OF, (
        f"{module.name} is on no floor: add it to the ladder, here and in its docs"
    )


@every_module
def test_a_module_imports_only_from_lower_floors(module: Module) -> None:
    assert wrong_imports(module) == []


@every_module
def test_a_module_stays_inside_its_fence(module: Module) -> None:
    assert broken_fences(module) == []


@every_module
def test_only_settings_reads_the_environment(module: Module) -> None:
    assert module.room == "settings" or reads_environment(module) == []


@every_module
def test_a_module_is_short(module: Module) -> None:
    lines = len(module.text.splitlines())
    assert lines <= length_limit(module), f"{module.name} has {lines} lines: split it by what it is about"


@every_module
def test_functions_are_short(module: Module) -> None:
    assert long_functions(module, limit=LONGEST_FUNCTION) == []


def test_modules_do_not_import_each_other_in_a_circle() -> None:
    names = {module.name for module in MODULES}
    graph = {module.name: modules_imported(module, names) for module in MODULES}
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as fault:
        pytest.fail(" -> ".join(fault.args[1]))


def modules_imported(module: Module, names: set[str]) -> set[str]:
    """Return the modules of this house a module imports, each as exactly as it can be named."""
    found = {name if name in names else name.rpartition(".")[0] for name in imported_names(module)}
    return (found & names) - {module.name}


@pytest.mark.parametrize("room", GEOMETRY_HALF)
def test_the_geometry_half_needs_neither_database_nor_browser(room: str) -> None:
    assert reach(room, room_graph(MODULES)) & DATABASE_AND_SCREENS == set()


def test_the_command_line_starts_without_what_few_commands_need() -> None:
    ask = "import sys, gridmap.cli; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True).stdout
    assert {"streamlit", "gridmap.server", "gridmap.demo", "scipy"} & set(loaded.split()) == set()


def test_the_ladder_in_the_docstring_is_the_one_that_is_held() -> None:
    table = (sys.modules[__name__].__doc__ or "").split("floor  modules")[1].split("fence")[0]
    floors = re.split(r"\n +(?=\d+ )", table)[1:]  # a floor may go on in the next line
    drawn = {int(floor.split()[0]): floor for floor in floors}
    missing = [room for room, floor in FLOOR_OF.items() if room not in drawn[floor]]
    assert missing == []


# ---- the checks themselves: each must be able to fail -------------------------------------------


def module(name: str, *lines: str) -> Module:
    return Module(name, "\n".join(lines))


@pytest.mark.parametrize(
    "text",
    [
        "from gridmap.ui import state",
        "from gridmap import ui",
        "import gridmap.ui.state",
        "def later():\n    from gridmap.ui import state",
        "if TYPE_CHECKING:\n    from gridmap.ui import state",
        "import_module('gridmap.ui')",
        "from .ui import state",
    ],
)
def test_an_upward_import_is_seen_however_it_is_written(text: str) -> None:
    assert wrong_imports(module("gridmap.store", text)) == ["store (floor 3) imports ui (floor 7)"]


def test_an_import_from_the_same_floor_is_refused() -> None:
    assert wrong_imports(module("gridmap.store", "import gridmap.coverage")) != []


def test_the_front_door_is_not_for_those_inside() -> None:
    assert wrong_imports(module("gridmap.store", "import gridmap")) != []
    assert wrong_imports(module("gridmap.store", "from gridmap import open")) != []


def test_imports_inside_one_package_are_free() -> None:
    assert wrong_imports(module("gridmap.ui.cards", "from gridmap.ui.state import view")) == []


def test_the_ground_floor_has_an_order() -> None:
    assert may_import("levels", "errors")
    assert not may_import("errors", "levels")


def test_a_broken_fence_is_seen() -> None:
    assert broken_fences(module("gridmap.loading", "import duckdb")) == ["duckdb is imported by loading"]
    assert broken_fences(module("gridmap.store", "import duckdb")) == []


def test_a_look_into_the_environment_is_seen() -> None:
    looks = module("gridmap.crs", "os.environ['HOME']", "os.getenv('HOME')", "os.environ.get('PATH', '')",
                   "os.environ['HOME'] = '/'")  # fmt: skip
    assert reads_environment(looks) == ["os.environ['HOME']", "os.getenv('HOME')"]


def test_a_long_function_is_seen_and_its_docstring_is_free() -> None:
    long_doc = module("gridmap.crs", "def f():", '    """One.', *[""] * 80, '    """', "    return 1")
    assert long_functions(long_doc, limit=60) == []
    long_body = module("gridmap.crs", "def f():", *["    x = 1"] * 61)
    assert long_functions(long_body, limit=60) == ["f: 61"]
