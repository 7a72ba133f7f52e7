"""Commands that put gridmap on paper: report."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import click

from gridmap.believing import as_believed
from gridmap.cli import output
from gridmap.cli.asking import moment_of
from gridmap.cli.options import OUT, opened, speaking, store_option
from gridmap.settings import from_environment

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
@store_option
@speaking
def report(
    month: str, level: str, at: str, believed: str | None, target: Path, shows_all: bool, lang: str,
    store: Path | None,
) -> None:  # fmt: skip
    """Write the monthly report of a street or of any cell as PDF or Word."""
    from gridmap.reports.monthly import monthly_report
    from gridmap.reports.writing import month_before, month_named, write_document, written_form

    form = written_form(target)
    moment = None if believed is None else moment_of(believed)
    with opened(store) as db, nullcontext(db) if moment is None else as_believed(db, moment) as asked:
        first = month_before(asked.now().date()) if month == "last" else month_named(month)
        document = monthly_report(asked, first, lang=lang, level=level, at=at, believed=moment,
                                  fewest=0 if shows_all else from_environment().small_cells)  # fmt: skip
    path = target.with_name(target.name.replace("{month}", f"{first:%Y-%m}"))
    write_document(document, path, form)
    output.say(f"{document.title} {document.subtitle}: {path}")


COMMANDS = (report,)
