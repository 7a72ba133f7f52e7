"""Whatever leaves says who took it away, when and why: every command, every route, every button."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import click
import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

import gridmap
from gridmap import server
from gridmap.access import accounts, audit, narrowing
from gridmap.access.rights import rights_for
from gridmap.access.sessions import SESSIONS
from gridmap.cli import caller, main
from gridmap.editing.session import Drafting
from gridmap.reports import typesetting
from gridmap.store import Database, shared_store
from gridmap.ui.shell import PAGES
from gridmap.web import cookies
from gridmap.web.gate import Gate
from tests.screens_city import CODES
from tests.test_access_rights import commands

A, P = CODES["A"], CODES["P"]
PASSWORD = "four plain words here"
WHY = "周例会用 <b>1</b>"
SEEN = "2024-01-01"
SINCE = ("--since", SEEN, "--until", "2024-07-01")
ROLES = ("leader", "planner", "grid_manager", "data_officer", "administrator")
APP = Starlette(routes=server.routes(), middleware=[Middleware(Gate)])

#: How each command takes something away: who gives it, and its words; `{}` is the folder for files.
TAKEN: dict[str, list[tuple[str, str]]] = {
    "stats": [
        ("leader", "petition.received --level community --format csv -o {}/a.csv"),
        ("leader", "petition.received --level community --format json -o {}/a.json"),
        ("leader", "petition.received building.count --level community --format parquet -o {}/a.parquet"),
        ("leader", "petition.received --level community --format csv"),
        ("leader", "petition.received --level community --format json"),
    ],
    "regions": [("leader", f"--level community -o {{}}/a{ending}")
                for ending in (".geojson", ".gpkg", ".parquet", ".fgb", ".shp.zip")],
    "set-aside": [("data_officer", "-o {}/a.csv"), ("data_officer", "--format json")],
    "unplaced": [("grid_manager", "-o {}/a.csv"), ("data_officer", "--format json")],
    "compare": [("leader", "petition.received --level community --since 2024-01-01 --until 2024-07-01 "
                 "--format json")],
    "hot": [("grid_manager", "--format json")],
    "place": [("leader", "{}/points.csv --x x --y y --crs EPSG:4547 --level community -o {}/a.csv"),
              ("leader", "{}/points.csv --x x --y y --crs EPSG:4547 --level community -o {}/a.parquet")],
    "rollup": [("administrator", "{}/placed.parquet petition.received --format csv -o {}/a.csv")],
    "diff": [("planner", "2023-01-01 plan -o {}/a.csv"), ("planner", "2023-01-01 plan -o {}/a.gpkg")],
    "border": [("planner", f"{CODES['P']} {CODES['Q']} -o {{}}/a.csv")],
    "export": [("planner", f"plan -o {{}}/a{ending}") for ending in (".csv", ".gpkg", ".geojson")]
    + [("planner", "plan --against today -o {}/a.pdf"), ("planner", "plan --against today -o {}/a.docx")],
    "report": [("leader", "--month 2024-05 -o {}/a.pdf"), ("leader", "--month 2024-05 -o {}/a.docx")],
    "board": [("leader", f"{P} -o {{}}/a.pdf")],
    "picture": [("leader", "trend -o {}/a.pdf")],
    "dump": [("administrator", "{}/a --format csv")],
}  # fmt: skip
#: These write what was measured of the machine, or all of a store for the machine itself.
OF_THE_MACHINE = {"bench", "torture", "demo", "backup"}

#: Every address from which something can be taken, and who asks; what has no entry is no such address.
ASKED: dict[str, tuple[str, str]] = {
    "/api/measures": ("leader", "/api/measures"),
    "/api/stats": ("leader", "/api/stats?level=community"),
    "/api/compare": ("planner", "/api/compare?level=community&since=2024-01-01&until=2024-07-01"),
    "/api/reconcile": ("planner", "/api/reconcile?level=community"),
    "/api/quality": ("data_officer", "/api/quality"),
    "/api/duty": ("data_officer", "/api/duty"),
    "/api/hot": ("grid_manager", "/api/hot"),
    "/api/regions/{level}.geojson": ("leader", "/api/regions/community.geojson"),
    "/api/cells.geojson": ("leader", "/api/cells.geojson"),
    "/api/drafts/{name}/map.json": ("planner", "/api/drafts/plan/map.json"),
    "/api/drafts/{name}/changes.json": ("planner", "/api/drafts/plan/changes.json?since=0"),
    "/api/drafts/{name}/ground.json": ("planner", "/api/drafts/plan/ground.json"),
    "/api/plan.{form}": ("planner", "/api/plan.geojson?of=draft:plan"),
    "/api/picture/{what}.{form}": ("leader", "/api/picture/trend.pdf"),
    "/api/report/{month}.{form}": ("leader", "/api/report/2024-05.pdf"),
    "/api/board/{code}.pdf": ("leader", f"/api/board/{P}.pdf"),
}
#: Whose files hold the line themselves; programs that read the others find it in a header.
FILES = ("/api/regions", "/api/cells", "/api/plan", "/api/picture", "/api/report", "/api/board")


@pytest.fixture(scope="module")
def db(city: Path) -> Iterator[Database]:
    """Open a store with one account for each role and a draft."""
    store = shared_store(city)
    for role in ROLES:
        accounts.add(store, role, password=None, by="test")
        accounts.grant(store, role, role, region=A if role == "grid_manager" else None, by="test")
    Drafting.begin(store, "plan").apply({"op": "rename", "code": P, "name": "新一街区"})
    yield store
    narrowing.forget(city)


@pytest.fixture(autouse=True)
def _accounts(on_the_city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDMAP_SIGN_IN", "accounts")


@pytest.fixture(autouse=True)
def _readable_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a PDF be what is set in it: letters of an embedded typeface cannot be searched for."""
    compile_ = typesetting.typst.compile

    def shown(*args: Any, **more: Any) -> Any:
        return str(more["sys_inputs"]).encode() if more["format"] == "pdf" else compile_(*args, **more)

    monkeypatch.setattr(typesetting.typst, "compile", shown)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """Give a folder with points to place and with placed petitions."""
    pd.DataFrame({"name": ["x"], "x": [501_000.0], "y": [2_501_000.0]}).to_csv(
        tmp_path / "points.csv", index=False
    )
    placed = pd.DataFrame({"petition_no": ["N1"], "status": ["processing"], "region_code": [A],
                           "received_at": [pd.Timestamp("2024-05-01")]})  # fmt: skip
    placed.to_parquet(tmp_path / "placed.parquet")
    return tmp_path


def run(db: Database, words: list[str], *, account: str = "") -> Result:
    """Give a command beside the server, which has the store open."""
    there = caller.Caller(folder=Path.cwd(), interactive=False, database=db, account=account,
                          write=print, ask=lambda _: False, secret=lambda _: "")  # fmt: skip
    with caller.working_for(there):
        return CliRunner().invoke(main, words)


def text_of(path: Path) -> str:
    """Return everything that a file says, unpacked where it is packed."""
    if path.is_dir():
        return "".join(map(text_of, sorted(path.iterdir())))
    if path.suffix in (".zip", ".docx"):
        with zipfile.ZipFile(path) as archive:
            return "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    said = path.read_bytes().decode("utf-8", "replace")
    return json.dumps(json.loads(said), ensure_ascii=False) if path.suffix == ".json" else said


def mark_of(who: str, text: str) -> bool:
    plain = text.replace("\\/", "/").replace("&lt;", "<").replace("&gt;", ">")
    return (
        re.search(rf"水印 Watermark: {who} \({who}\) · \d{{4}}-\d\d-\d\d \d\d:\d\d · {WHY}", plain)
        is not None
    )


def takers() -> set[str]:
    """Return the commands that write files or take figures or records away, read from the program."""

    def writes(words: str) -> bool:
        command: click.Command = main
        for word in words.split():
            assert isinstance(command, click.Group)
            command = command.commands[word]
        targets = {"target", "folder"} if words == "dump" else {"target"}
        return any(param.name in targets for param in command.params)

    found = {name.removeprefix("command.") for name in commands(main)}
    rights = {"take_figures", "take_records"}
    return {words for words in found
            if writes(words) or rights_for(f"command.{words}") & rights}  # fmt: skip


def test_every_command_that_takes_something_away_is_tried() -> None:
    assert takers() - OF_THE_MACHINE == set(TAKEN)


@pytest.mark.parametrize(("command", "who", "words"),
                         [(name, *each) for name, ways in TAKEN.items() for each in ways])  # fmt: skip
def test_what_a_command_takes_away_says_who_when_and_why(
    db: Database, desk: Path, command: str, who: str, words: str
) -> None:
    asked = [command, *words.replace("{}", str(desk)).split(), "--why", WHY]
    done = run(db, asked, account=who)
    assert done.exit_code == 0, (done.output, done.exception)
    written = [path for path in desk.iterdir() if path.name.startswith("a")]
    assert len(written) == ("{}/a" in words)
    said = text_of(written[0]) if written else done.stdout
    assert mark_of(who, said), said[-500:]


def test_a_map_with_a_watermark_is_the_map(db: Database, desk: Path) -> None:
    for ending in (".geojson", ".gpkg", ".parquet", ".fgb", ".shp.zip"):
        plain, marked = desk / f"b{ending}", desk / f"a{ending}"
        assert run(db, ["regions", "--level", "community", "-o", str(plain)]).exit_code == 0
        words = ["regions", "--level", "community", "-o", str(marked), "--why", WHY]
        assert run(db, words, account="leader").exit_code == 0
        read = gpd.read_parquet if ending == ".parquet" else gpd.read_file
        assert read(marked).equals(read(plain)), ending


def test_figures_in_parquet_keep_their_types_and_their_rows(db: Database, desk: Path) -> None:
    for name, account in (("b", ""), ("a", "leader")):
        words = ["stats", "petition.received", "--level", "community", "--withhold", "--format", "parquet",
                 "-o", str(desk / f"{name}.parquet")]  # fmt: skip
        assert run(db, words, account=account).exit_code == 0
    assert pq.read_table(desk / "a.parquet").equals(pq.read_table(desk / "b.parquet"))


def test_the_owner_s_file_carries_a_watermark_when_the_owner_says_why(db: Database, desk: Path) -> None:
    words = ["stats", "petition.received", "--level", "community", "--format", "csv", "-o"]
    assert run(db, [*words, str(desk / "b.csv")]).exit_code == 0
    assert "水印" not in text_of(desk / "b.csv")
    assert run(db, [*words, str(desk / "a.csv"), "--why", "给统计局"]).exit_code == 0
    assert text_of(desk / "a.csv").splitlines()[-1].rstrip(",").endswith("· 给统计局")


def test_the_purpose_stands_in_the_log(db: Database, desk: Path) -> None:
    words = ["stats", "petition.received", "--level", "community", "--why", "为了查看日志"]
    assert run(db, words, account="leader").exit_code == 0
    last = audit.listed(db).iloc[0]
    assert (last["account"], last["action"], last["reason"]) == ("leader", "command.stats", "为了查看日志")


def browser(db: Database, name: str) -> TestClient:
    found = TestClient(APP, base_url="http://localhost", client=("10.9.9.9", 5))
    token, _ = SESSIONS.begin(name, accounts.scopes_of(db, name))
    found.cookies.set(cookies.NAME, cookies._SIGNER.sign(token).decode())
    return found


def test_every_address_from_which_something_is_taken_is_tried() -> None:
    known = {path for path in server._ANSWERS if path.startswith("/api/")} - {server.openapi.PATH}
    assert known == set(ASKED)


@pytest.mark.parametrize("route", ASKED)
def test_what_an_address_gives_says_who_when_and_why(db: Database, route: str) -> None:
    who, path = ASKED[route]
    answer = browser(db, who).get(path, params={"why": WHY}) if "?" not in path else browser(
        db, who).get(f"{path}&why={WHY}")  # fmt: skip
    assert answer.status_code == 200, answer.text
    assert mark_of(who, unquote(answer.headers[server.WATERMARK]))
    assert answer.headers[server.WATERMARK].isascii()
    if route.startswith(FILES):
        assert mark_of(who, answer.text), answer.text[:300]


def test_no_page_has_another_way_out() -> None:
    """Buttons make files in one place; links to download lead to addresses that were tried above."""
    package = Path(gridmap.__file__).parent
    sources = {path.relative_to(package).as_posix(): path.read_text(encoding="utf-8")
               for folder in ("ui", "pages", "web") for path in (package / folder).rglob("*.py")}  # fmt: skip
    assert PAGES
    assert [name for name, text in sources.items() if "download_button(" in text] == ["ui/exports.py"]
    links = {name: set(re.findall(r'"(/api/[a-z]+)', text)) for name, text in sources.items()
             if re.search(r"<a [^>]*\bdownload\b", text)}  # fmt: skip
    links |= {name: set(re.findall(r"/api/[a-z]+", text)) for name, text in sources.items()
              if name == "ui/papers.py"}  # fmt: skip
    assert list(links) == ["ui/papers.py"]
    assert all(path.startswith(FILES) for path in links["ui/papers.py"])
