"""Commands that put gridmap on paper: report, board, picture."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs

import click

from gridmap.believing import as_believed
from gridmap.cli import output
from gridmap.cli.asking import moment_of
from gridmap.cli.options import OUT, opened, require_right, speaking, store_option, why_option
from gridmap.errors import UsageError
from gridmap.periods import month_before
from gridmap.settings import from_environment

#: As gridmap.reports.board has it, which is loaded when a board is asked for.
Paper = Literal["a3", "a1"]
lang_option = click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True,
                           help="Language.")  # fmt: skip


@click.command()
@click.option("--month", default="last", show_default=True, metavar="YYYY-MM|last",
              help="Month, or the last one that is over: for a timer.")  # fmt: skip
@click.option(
    "--level", default="", help="Level of the cells compared; that right below the cell when omitted."
)
@click.option("--at", default="", metavar="CODE", help="Cell reported on; the whole store when omitted.")
@click.option("--believed", default=None, metavar="YYYY-MM-DD[THH:MM:SS]",
              help="As believed at the end of this day, or at this moment: "
              "an old report, to the digit.")  # fmt: skip
@click.option("-o", "--output", "target", type=OUT, required=True,
              help="File to write: .pdf or .docx; {month} in its name becomes the month.")  # fmt: skip
@click.option("--small-cells", "shows_all", is_flag=True,
              help="Show counts of a few people too: for readers with the right to them only.")  # fmt: skip
@lang_option
@why_option
@store_option
@speaking
def report(
    month: str, level: str, at: str, believed: str | None, target: Path, shows_all: bool, lang: str,
    store: Path | None,
) -> None:  # fmt: skip
    """Write the monthly report of a street or of any cell as PDF or Word."""
    from gridmap.reports.monthly import monthly_report
    from gridmap.reports.writing import month_named, write_document, written_form

    form = written_form(target)
    moment = None if believed is None else moment_of(believed)
    with opened(store) as db, nullcontext(db) if moment is None else as_believed(db, moment) as asked:
        if shows_all:
            require_right("small_cells", "--small-cells")
        first = month_before(asked.now().date()) if month == "last" else month_named(month)
        document = monthly_report(asked, first, lang=lang, level=level, at=at, believed=moment,
                                  fewest=0 if shows_all else from_environment().small_cells)  # fmt: skip
        path = target.with_name(target.name.replace("{month}", f"{first:%Y-%m}"))
        write_document(document, path, form)
    output.say(f"{document.title} {document.subtitle}: {path}")


@click.command("board")
@click.argument("code")
@click.option("--paper", type=click.Choice(["a3", "a1"]), default="a3", show_default=True, help="Size.")
@click.option("--phones", "shows_phones", is_flag=True,
              help="Telephone numbers in full, for a board on the street; else only their ends.")  # fmt: skip
@click.option("--link", default=None, metavar="URL",
              help="What the QR code leads to, {code} becoming the code (GRIDMAP_BOARD_LINK).")  # fmt: skip
@click.option("-o", "--output", "target", type=OUT, required=True, help="File to write: .pdf.")
@lang_option
@why_option
@store_option
@speaking
def notice_board(
    code: str, paper: Paper, shows_phones: bool, link: str | None, target: Path, lang: str, store: Path | None
) -> None:
    """Set the notice board (公示牌) of a block: eight groups, map and QR code, to be printed on A3 or A1."""
    from gridmap.reports.board import board
    from gridmap.reports.writing import write_whole

    if target.suffix.lower() != ".pdf":
        raise UsageError(f"{target.name}: a board is written as .pdf.")
    usual = from_environment()
    with opened(store) as db:
        if shows_phones:
            require_right("reveal", "--phones")
        content = board(db, code, paper=paper, lang=lang, link=usual.board_link if link is None else link,
                        shows_phones=shows_phones, fewest=usual.small_cells)  # fmt: skip
    write_whole(content, target)
    output.say(f"The board of {code} on {paper.upper()}: {target}")


@click.command("picture")
@click.argument("what", type=click.Choice(["map", "trend", "categories", "ratings"]))
@click.option("--view", default="", metavar="ADDRESS",
              help="What is shown: an address of the dashboards, or what is behind its ?.")  # fmt: skip
@click.option("-o", "--output", "target", type=OUT, required=True, help="File to write: .png or .pdf.")
@click.option("--small-cells", "shows_all", is_flag=True,
              help="Show counts of a few people too: for readers with the right to them only.")  # fmt: skip
@why_option
@store_option
@speaking
def draw_picture(what: str, view: str, target: Path, shows_all: bool, store: Path | None) -> None:
    """Draw a map or chart of the dashboards as PNG or PDF, with legend, date, source and definition."""
    from gridmap.reports.pictures import picture
    from gridmap.reports.typesetting import form_named
    from gridmap.reports.writing import write_whole
    from gridmap.ui import data, facts

    form = form_named(target.suffix.lower().removeprefix("."))
    params = parse_qs(view.partition("?")[2] if "?" in view else view)
    with opened(store) as db, data.working_on(db):
        if shows_all:
            require_right("small_cells", "--small-cells")
        scene = facts.scene_at(params, sees_small_cells=shows_all)
        content = picture(scene, what, form=form)
    write_whole(content, target)
    output.say(f"The {what} of {scene.cell.name or 'everything'}: {target}")


COMMANDS = (report, notice_board, draw_picture)
