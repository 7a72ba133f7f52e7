"""What the command line prints: results on stdout, everything else on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, time
from pathlib import Path
from typing import Any

import click
import pandas as pd
import pyarrow as pa

from gridmap import exporting, watermarks
from gridmap.errors import UsageError
from gridmap.findings import Finding
from gridmap.loading.reports import LoadReport

_MARK = {"error": "ERROR  ", "warning": "WARNING", "info": "INFO   "}
SHOWN = 20


def say(text: str) -> None:
    """Print a message for people, on stderr."""
    click.echo(text, err=True)


def table(frame: pd.DataFrame, output: str) -> None:
    """Print a result as table, csv or json on stdout; what may become a file carries the watermark."""
    if output == "json":
        rows = watermarks.last_row(frame)
        click.echo(rows.to_json(orient="records", force_ascii=False, date_format="iso", indent=1))
    elif output == "csv":
        click.echo(watermarks.last_row(frame).to_csv(index=False), nl=False)
    else:
        click.echo(_aligned(frame))


def deliver(shown: pd.DataFrame, output: str, target: Path | None) -> None:
    """Write a result to a file, or to stdout when none is named.

    Raises
    ------
    UsageError : when Parquet is asked for without a file
    """
    if output == "parquet":
        if target is None:
            raise UsageError("Parquet needs a file to write to: -o FILE.parquet")
        exporting.write_parquet(pa.Table.from_pandas(shown, preserve_index=False), target)
    elif target is None:
        table(shown, output)
    elif output == "json":
        rows = watermarks.last_row(shown)
        target.write_text(rows.to_json(orient="records", force_ascii=False), encoding="utf-8")
    else:
        exporting.write_table(shown, target)


def findings(found: Sequence[Finding], output: str) -> None:
    """Print findings as the result of a check."""
    if output == "json":
        click.echo(json.dumps([_as_json(finding) for finding in found], ensure_ascii=False, indent=1))
        return
    for finding in found:
        click.echo(_line(finding))
    click.echo(_summary(found))


def remarks(found: Sequence[Finding]) -> None:
    """Print what an import had to say on stderr, at most SHOWN findings of each check."""
    shown: dict[str, int] = {}
    for finding in found:
        shown[finding.check] = shown.get(finding.check, 0) + 1
        if shown[finding.check] <= SHOWN:
            say(_line(finding))
    for check, count in shown.items():
        if count > SHOWN:
            say(f"        ... and {count - SHOWN} more of {check}")


def report(done: LoadReport, output: str) -> None:
    """Print what an import did."""
    remarks(done.findings)
    if output == "json":
        click.echo(json.dumps(_report_json(done), ensure_ascii=False, indent=1))
        return
    if len(done.changes):
        click.echo(_changes(done.changes))
    if done.placed is not None:
        click.echo(_placed(done.placed))
    click.echo(_report_line(done))


def _report_line(done: LoadReport) -> str:
    counts = (f"{done.rows_read:,} read, {done.rows_kept:,} kept, {done.rows_unchanged:,} unchanged, "
              f"{done.rows_set_aside:,} set aside")  # fmt: skip
    if done.already_loaded:
        return f"{done.file}: loaded before, nothing changed ({counts})"
    if not done.applied:
        return f"{done.file}: nothing changed ({counts})"
    return f"{done.file}: loaded as import {done.import_id} ({counts})"


def _placed(placed: pd.DataFrame) -> str:
    """Summarise how records were placed, such as `placed: 9,990 by region name, 10 nowhere`."""
    counts = placed.groupby("placed_by")["records"].sum()
    ways = [f"{count:,} {'nowhere' if way == 'none' else 'by ' + str(way).replace('_', ' ')}"
            for way, count in counts.sort_values(ascending=False).items()]  # fmt: skip
    return f"placed: {', '.join(ways)}"


def _report_json(done: LoadReport) -> dict[str, Any]:
    return {
        "register": done.register, "file": done.file, "rows_read": done.rows_read,
        "rows_kept": done.rows_kept, "rows_unchanged": done.rows_unchanged,
        "rows_set_aside": done.rows_set_aside, "applied": done.applied,
        "already_loaded": done.already_loaded, "import_id": done.import_id,
        "findings": [_as_json(finding) for finding in done.findings],
        "placed": [] if done.placed is None else json.loads(done.placed.to_json(orient="records")),
        "changes": json.loads(done.changes.to_json(orient="records", force_ascii=False)),
    }  # fmt: skip


def _changes(changes: pd.DataFrame) -> str:
    """Summarise what happens to cells; list those whose land a repair changed."""
    tally = changes["change"].value_counts()
    counts = ", ".join(f"{count:,} {change}" for change, count in tally.items())
    moved = changes[(changes["changed_m2"] >= 1) & changes["change"].isin(["new", "changed"])]
    lines = [f"cells: {counts}"]
    if len(moved):
        listed = moved.sort_values("changed_m2", ascending=False)[["code", "name", "area_m2", "changed_m2"]]
        lines += [f"land changed against the drawing in {len(moved)} cells (m2):", _aligned(listed)]
    return "\n".join(lines)


def _as_json(finding: Finding) -> dict[str, Any]:
    return {**asdict(finding), "codes": list(finding.codes)}


def _line(finding: Finding) -> str:
    place = f"  ({finding.lon:.6f}, {finding.lat:.6f})" if finding.lon is not None else ""
    return f"{_MARK[finding.severity]} {finding.check}: {finding.message}{place}"


def _summary(found: Sequence[Finding]) -> str:
    if not found:
        return "no findings"
    counts = {severity: sum(f.severity == severity for f in found) for severity in _MARK}
    return ", ".join(f"{count:,} {severity}{'s' * (count != 1 and severity != 'info')}"
                     for severity, count in counts.items() if count)  # fmt: skip


def _aligned(frame: pd.DataFrame) -> str:
    """Lay a frame out in columns, counting Chinese characters as two wide."""
    cells = [[str(name) for name in frame.columns]]
    cells += [[_shown(value) for value in row] for row in frame.itertuples(index=False)]
    widths = [max(_wide(row[at]) for row in cells) for at in range(len(frame.columns))]
    numeric = [frame[name].dtype.kind in "if" for name in frame.columns]
    lines = [[_padded(text, widths[at], right=numeric[at]) for at, text in enumerate(row)] for row in cells]
    return "\n".join("  ".join(line).rstrip() for line in lines)


def _shown(value: object) -> str:
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and pd.isna(value)):
        return "—"
    if isinstance(value, datetime):
        return str(value.date() if value.time() == time.min else value)
    if isinstance(value, float):
        return f"{value:,.0f}" if value == round(value) else f"{value:,.4f}"
    return str(value)


def _wide(text: str) -> int:
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in text)


def _padded(text: str, width: int, *, right: bool) -> str:
    space = " " * (width - _wide(text))
    return space + text if right else text + space


def flush() -> None:
    """Send everything printed so far, before another program takes over the terminal."""
    sys.stdout.flush()
    sys.stderr.flush()
