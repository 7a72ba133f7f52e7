"""What leaves on paper says what the measures say, in both languages, whole and embedded."""

from __future__ import annotations

import io
import re
import shlex
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import docx
import pytest
from click.testing import CliRunner
from starlette.applications import Starlette
from starlette.testclient import TestClient

from gridmap import server
from gridmap.access import audit
from gridmap.cli import main
from gridmap.errors import UsageError
from gridmap.measures import measure_named, stats
from gridmap.periods import Period, next_month
from gridmap.reports import board as boards
from gridmap.reports import typesetting
from gridmap.reports.board import Paper
from gridmap.reports.document import Cards, Document, Drawings, Heading, Paragraph, Table, as_data, toned
from gridmap.reports.monthly import monthly_report
from gridmap.reports.subject import subject_of
from gridmap.reports.typesetting import typeset
from gridmap.reports.words import WORDS
from gridmap.reports.writing import document_file
from gridmap.store import Database, shared_store
from gridmap.ui import formats, kpis
from tests import screens_city

MONTH = date(2024, 6, 1)
STREET = screens_city.CODES["S"]
HAN = re.compile(r"[\u4e00-\u9fff]+")
DOCS = Path(__file__).parent.parent / "docs" / "reports.md"

pytestmark = pytest.mark.usefixtures("on_the_city")


@pytest.fixture
def db(city: Path) -> Database:
    return shared_store(city)


def texts_of(document: Document) -> list[str]:
    """Return every text of a report, drawings included."""
    found = [document.title, document.subtitle, *document.facts, document.notice, document.foot]
    for block in document.blocks:
        match block:
            case Heading() | Paragraph():
                found.append(block.text)
            case Cards():
                found += [text for card in block.cards for text in (card.title, card.value, card.detail)]
            case Table():
                rows = [toned(cell).text for row in block.rows for cell in row]
                found += [*block.heads, *rows, block.caption, block.note]
            case Drawings():
                for drawing in block.drawings:
                    words = ElementTree.fromstring(drawing.svg).itertext()
                    found += [drawing.caption, *words]
    return found


def table_named(document: Document, caption: str) -> Table:
    return next(block for block in document.blocks if isinstance(block, Table) and block.caption == caption)


def test_the_key_figures_are_the_measures(db: Database) -> None:
    key = "petition.on_time_close_rate"
    document = monthly_report(db, MONTH, at=STREET)
    row = stats(
        db, [key], level="street", period=Period(MONTH, next_month(MONTH)), boundaries=date(2024, 6, 30)
    )
    told = {toned(cells[0]).text: cells for cells in table_named(document, "主要指标").rows}["按期结案率"]
    assert toned(told[1]).text == formats.percent(row[key].iloc[0])
    assert toned(told[2]).text == kpis.parts(row.to_dict("records")[0], measure_named(key))


def test_a_median_stands_with_the_number_it_is_taken_of_and_a_count_with_nothing(db: Database) -> None:
    rows = table_named(monthly_report(db, MONTH, at=STREET), "主要指标").rows
    behind = {toned(cells[0]).text: toned(cells[2]).text for cells in rows}
    median = next(text for title, text in behind.items() if title.startswith("办理时长中位数"))
    assert median.startswith("n = ")
    assert behind["受理诉求 (件)"] == formats.DASH


def test_the_cells_of_the_table_add_up_to_the_figure_of_the_whole(db: Database) -> None:
    document = monthly_report(db, MONTH, at=STREET, lang="en")
    rows = table_named(document, "Key figures by Community").rows
    received = toned(table_named(document, "Key figures").rows[0][1]).text
    assert sum(int(toned(row[1]).text) for row in rows) == int(received)


def test_an_empty_month_says_so_and_breaks_nothing(db: Database) -> None:
    document = monthly_report(db, date(2020, 1, 1), at=STREET)
    assert "%" not in toned(table_named(document, "主要指标").rows[-1][1]).text
    assert typeset("report", as_data(document)).startswith(b"%PDF")


def test_a_month_that_has_not_begun_is_refused_with_the_last_day_there_is(db: Database) -> None:
    with pytest.raises(UsageError, match="2024-07-01"):
        monthly_report(db, date(2024, 8, 1))


def test_a_level_that_is_not_inside_is_refused_with_those_that_are(db: Database) -> None:
    with pytest.raises(UsageError, match="community, block, red_grid"):
        subject_of(db, MONTH, at=STREET, level="district")


def test_small_counts_are_withheld_from_the_report(db: Database) -> None:
    def received(fewest: int) -> list[str]:
        report = monthly_report(db, MONTH, at=STREET, level="red_grid", fewest=fewest)
        return [toned(row[1]).text for row in table_named(report, "各红色网格主要指标").rows]

    shown = received(0)
    least = min(int(text) for text in shown if text != "0")
    hidden = received(least + 1)
    assert {told for told, text in zip(hidden, shown, strict=True) if text == str(least)} == {
        formats.WITHHELD
    }
    assert {told for told, text in zip(hidden, shown, strict=True) if text == "0"} <= {"0"}


def test_the_english_report_has_no_chinese_but_names_of_the_data(db: Database) -> None:
    report = monthly_report(db, MONTH, at=STREET, lang="en")
    words = texts_of(replace(report, blocks=report.blocks[:-1]))  # the annex quotes sources as they are
    data = sorted([*screens_city.NAMES.values(), *screens_city.CATEGORIES, "未划分"], key=len, reverse=True)
    names = [
        *data,
        *(name.removeprefix("甲社区") for name in data),
        *(name.removeprefix("样例街道") for name in data),
    ]
    left = {re.sub("|".join(map(re.escape, filter(None, names))), "", text) for text in words}
    assert {text for text in left if HAN.search(text)} == set()


def test_every_word_has_the_same_blanks_in_both_languages() -> None:
    blanks = {name: [set(re.findall(r"{(\w+)}", text)) for text in both] for name, both in WORDS.items()}
    assert {name for name, (zh, en) in blanks.items() if zh != en} == set()


def test_the_pdf_embeds_the_typeface_and_is_the_same_twice(db: Database) -> None:
    data = as_data(monthly_report(db, MONTH, at=STREET))
    pdf = typeset("report", data)
    assert re.search(rb"/FontName ?/[A-Z]{6}\+NotoSansSC", pdf)
    again = typeset("report", data)  # a minute may have begun between two, which its metadata tell
    assert again in (pdf, typeset("report", data))


def test_the_typeface_knows_rare_characters_of_names() -> None:
    families = {font.family for font in typesetting._fonts().fonts() if "NotoSansSC" in (font.path or "")}
    assert families == {"Noto Sans SC"}


def test_the_word_file_holds_the_same_tables_and_pictures(db: Database) -> None:
    document = monthly_report(db, MONTH, at=STREET)
    file = docx.Document(io.BytesIO(document_file(document, "docx")))
    headings = [p.text for p in file.paragraphs if p.style is not None and p.style.name == "Heading 1"]
    assert headings == [block.text for block in document.blocks if isinstance(block, Heading)]
    told = {cell.text for table in file.tables for row in table.rows for cell in row.cells}
    wanted = {toned(cell).text for block in document.blocks if isinstance(block, Table)
              for row in block.rows for cell in row}  # fmt: skip
    assert wanted <= told
    drawings = sum(len(block.drawings) for block in document.blocks if isinstance(block, Drawings))
    assert len(file.inline_shapes) == drawings


def test_the_server_gives_reports_and_pictures(on_the_city: Path) -> None:
    client = TestClient(Starlette(routes=server.routes()))
    report = client.get("/api/report/2024-06.pdf", params={"at": STREET, "lang": "en"})
    assert report.content.startswith(b"%PDF")
    for what in ("map", "trend", "categories", "ratings"):
        picture = client.get(f"/api/picture/{what}.png", params={"period": "all", "at": STREET})
        assert picture.content.startswith(b"\x89PNG"), picture.text
    for show in ("heat", "coverage", "film"):
        assert client.get("/api/picture/map.pdf", params={"show": show, "period": "all"}).status_code == 200
    logged = audit.listed(shared_store(on_the_city), action="export")
    assert len(logged) == 8
    assert logged["object"].tolist()[-1] == f"report-2024-06-{STREET}-en.pdf"
    for wrong in (
        "/api/picture/moon.png",
        "/api/picture/map.gif",
        "/api/report/2024-13.pdf",
        "/api/report/2024-06.odt",
    ):
        assert client.get(wrong).status_code == 400


def test_the_board_holds_the_eight_groups_map_and_code(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    told: dict[str, Any] = {}
    monkeypatch.setattr(boards, "typeset", lambda template, data, **how: told.update(data) or b"")
    boards.board(db, screens_city.CODES["P"], link="https://example.org/{code}")
    assert list(told["groups"]) == [
        "basics",
        "goals",
        "heads",
        "leads",
        "staff",
        "council",
        "duties",
        "contact",
    ]
    assert [group["title"] for group in told["groups"].values()] == [
        "街区基本情况", "治理目标", "街区负责人", "红色网格牵头人", "社区专职工作人员", "理事会名单",
        "工作职责", "联系方式",
    ]  # fmt: skip
    assert told["groups"]["leads"]["rows"][0]["where"] == "第1红色网格"
    assert "*" in told["groups"]["leads"]["rows"][0]["phone"]
    assert [row["text"] for row in told["groups"]["goals"]["rows"]] == ["干净整洁"]
    assert told["qr"].startswith("<svg")


def test_a_board_shows_telephone_numbers_only_where_it_is_to(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: dict[str, Any] = {}
    monkeypatch.setattr(boards, "typeset", lambda template, data, **how: told.update(data) or b"")
    boards.board(db, screens_city.CODES["P"], shows_phones=True)
    assert "*" not in told["groups"]["leads"]["rows"][0]["phone"]


@pytest.mark.parametrize(("paper", "size"), [("a3", (1190.55, 841.89)), ("a1", (2381.1, 1683.78))])
def test_a_board_is_one_page_of_its_paper(db: Database, paper: Paper, size: tuple[float, float]) -> None:
    pdf = boards.board(db, screens_city.CODES["P"], paper=paper, lang="en")
    boxes = re.findall(rb"/MediaBox ?\[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert [tuple(map(float, box)) for box in boxes] == [pytest.approx(size, abs=0.5)]


@pytest.mark.parametrize("ending", ["png", "pdf"])
def test_the_command_line_draws_what_an_address_shows(city: Path, tmp_path: Path, ending: str) -> None:
    shared_store(city).close()
    shared_store.cache_clear()
    target = tmp_path / f"map.{ending}"
    view = f"http://localhost:8501/?at={STREET}&measure=petition.open&lang=en"
    done = CliRunner().invoke(
        main, ["picture", "map", "--view", view, "--store", str(city), "-o", str(target)]
    )
    assert done.exit_code == 0, done.output
    assert "样例街道" in done.output
    assert target.read_bytes()[:4] in (b"\x89PNG", b"%PDF")


def test_the_lines_for_a_timer_in_the_docs_run(city: Path, tmp_path: Path) -> None:
    text = DOCS.read_text(encoding="utf-8")
    lines = re.findall(
        r"^[\d* ]+ (gridmap report .*)$|^ExecStart=\S+/(gridmap report .*)$", text, re.MULTILINE
    )
    commands = [(cron or unit).replace("/srv/gridmap/reports", str(tmp_path)) for cron, unit in lines]
    shared_store(city).close()
    shared_store.cache_clear()
    assert len(commands) == 2
    for command in commands:
        words = shlex.split(command.replace("/srv/gridmap/store", str(city)))[1:]
        done = CliRunner().invoke(main, words)
        assert done.exit_code == 0, done.output
    assert {path.name for path in tmp_path.iterdir()} == {"street-2024-06.pdf", "street-2024-06.docx"}


def test_the_timer_of_the_docs_is_one_that_systemd_understands() -> None:
    calendar = re.search(r"OnCalendar=(.*)", DOCS.read_text(encoding="utf-8"))
    assert calendar is not None
    try:
        told = subprocess.run(["systemd-analyze", "calendar", calendar[1]], capture_output=True, text=True)
    except FileNotFoundError:
        assert re.fullmatch(r"\*-\*-\d\d \d\d:\d\d:\d\d", calendar[1])
    else:
        assert told.returncode == 0, told.stderr
