"""The monthly report of a street office: what it says, in which order; every figure is a measure."""

from __future__ import annotations

from datetime import date, datetime

from gridmap.measures import Measure, measure_named
from gridmap.reports import parts, plates
from gridmap.reports.document import (
    Block,
    Cards,
    Cell,
    Document,
    Drawings,
    Heading,
    Paragraph,
    Table,
    Toned,
)
from gridmap.reports.subject import Figure, Subject, is_synthetic, name_of, subject_of
from gridmap.reports.words import month_name, say
from gridmap.store import Database
from gridmap.ui import formats, kpis
from gridmap.ui.words import definition_of, level_title, title_of

#: Width of one of two maps side by side.
_HALF_MM = 85.5
_CARDS = (
    "petition.received",
    "petition.on_time_close_rate",
    "petition.overdue",
    "petition.median_handling_days",
    "petition.satisfaction_rate",
    "inspection.compliance",
    "visit.priority_rate",
    "land.coverage",
)
_KEY = ("petition.received", "petition.per_1000_people", "petition.open", "petition.overdue",
        "petition.close_rate", "petition.on_time_close_rate", "petition.median_handling_days",
        "petition.p90_handling_days", "petition.rework_rate", "petition.satisfaction_rate",
        "petition.repeat_rate", "petition.coverage")  # fmt: skip
_RENTALS = ("building.count", "building.unrated_share", "inspection.compliance", "inspection.overdue",
            "hazard.open", "hazard.rectification_rate", "building.risk_index")  # fmt: skip
_CARE = ("visit.made", "visit.priority_rate", "visit.missed", "meeting.held", "topic.raised",
         "topic.closure_rate")  # fmt: skip
_LAND = ("land.coverage", "population.people")
_ASKED = tuple(dict.fromkeys((*_CARDS, *_KEY, *_RENTALS, *_CARE, *_LAND)))


def monthly_report(
    db: Database,
    first: date,
    *,
    lang: str = "zh",
    level: str = "",
    at: str = "",
    believed: datetime | None = None,
    fewest: int = 0,
) -> Document:
    """Write the monthly report of a cell.

    All figures are counted in the cells in force on the last day of the month, those of the month before and
    of the year before too, so that they can be compared. States (open, ratings) are those at its end.

    Parameters
    ----------
    db : the open store, or the store as it was believed at a moment
    first : first day of the month
    lang : zh or en
    level : level of the cells compared; that right below the cell when empty
    at : code of the cell reported on; the whole store when empty
    believed : the moment of which the figures are said to be, when it is not today
    fewest : least count shown: smaller ones, and what would give them away, are withheld; 0 shows all

    Raises
    ------
    UsageError : as gridmap.reports.subject.subject_of
    """
    subject = subject_of(db, first, lang=lang, level=level, at=at, fewest=fewest)
    found = subject.figures(_ASKED)
    sections = [_overall(subject, found), _petitions(subject), _cells(subject), _watch(subject),
                _rentals(subject, found), _care(subject, found), _land(subject, found),
                _definitions(subject)]  # fmt: skip
    return Document(
        title=say("report_title", lang, name=name_of(subject)), subtitle=month_name(first, lang),
        facts=_facts(subject, believed), notice=say("synthetic", lang) if is_synthetic(db) else "",
        foot=f"{say('report_title', lang, name=name_of(subject))} · {month_name(first, lang)}",
        page=say("page", lang, page="{page}", pages="{pages}"), lang=lang,
        blocks=tuple(block for section in sections for block in section),
    )  # fmt: skip


def _facts(subject: Subject, believed: datetime | None) -> tuple[str, ...]:
    lang = subject.lang
    said = [say("fact_as_of", lang, when=formats.moment(subject.moment)),
            say("fact_boundaries", lang, day=subject.day.isoformat())]  # fmt: skip
    if believed is not None:
        said.append(say("fact_believed", lang, when=formats.moment(believed)))
    elif subject.db.now().date() <= subject.day:
        said.append(say("fact_unfinished", lang))
    if subject.fewest:
        said.append(say("fact_withheld", lang, n=subject.fewest, star=formats.WITHHELD))
    return tuple(said)


def _overall(subject: Subject, found: dict[str, Figure]) -> list[Block]:
    lang = subject.lang
    received, on_time = found["petition.received"], found["petition.on_time_close_rate"]
    sentences = [
        say("sum_received", lang, month=month_name(subject.first, lang), name=name_of(subject),
            received=received.written(lang), **parts.moves(received, lang)),
        say("sum_due", lang, due=formats.whole(on_time.row.get(f"{on_time.measure.key}.of")),
            on_time=formats.whole(on_time.row.get(f"{on_time.measure.key}.n")), rate=on_time.written(lang),
            **parts.moves(on_time, lang)),
        say("sum_open", lang, open=found["petition.open"].written(lang),
            overdue=found["petition.overdue"].written(lang),
            median=found["petition.median_handling_days"].written(lang),
            p90=found["petition.p90_handling_days"].written(lang)),
    ]  # fmt: skip
    cards = tuple(parts.card(found[key], lang) for key in _CARDS if not formats.is_missing(found[key].value))
    glue = "" if lang == "zh" else " "
    return [Heading(say("s_overall", lang)), Paragraph(glue.join(sentences)), Cards(cards),
            parts.key_table(found, _KEY, lang, caption=say("t_key", lang))]  # fmt: skip


def _petitions(subject: Subject) -> list[Block]:
    lang = subject.lang
    return [Heading(say("s_petitions", lang)), Drawings((parts.trend(subject),)), parts.categories(subject),
            Drawings((parts.channels(subject),))]  # fmt: skip


def _cells(subject: Subject) -> list[Block]:
    if not subject.level:
        return []
    lang, title = subject.lang, level_title(subject.level, subject.lang)
    rows = subject.by_cell(parts.BY_CELL)
    maps_mm = 92.0
    pair = tuple(
        plates.by_measure(
            subject, rows, measure_named(key), title=say(caption, lang), width_mm=_HALF_MM, height_mm=maps_mm
        )
        for key, caption in (
            ("petition.received", "m_received"),
            ("petition.on_time_close_rate", "m_on_time"),
        )
    )
    return [Heading(say("s_cells", lang, level=title)), *parts.best_and_worst(rows, lang), Drawings(pair),
            parts.cell_table(subject, rows), *parts.not_placed(subject, rows)]  # fmt: skip


def _watch(subject: Subject) -> list[Block]:
    return [Heading(say("s_watch", subject.lang)), parts.hot(subject), parts.late(subject)]


def _rentals(subject: Subject, found: dict[str, Figure]) -> list[Block]:
    lang = subject.lang
    if not found["building.count"].value:
        return []
    names = {
        "count": "building.count",
        "unrated": "building.unrated_share",
        "compliance": "inspection.compliance",
        "overdue": "inspection.overdue",
        "hazards": "hazard.open",
        "rectified": "hazard.rectification_rate",
    }
    said = say("sum_rentals", lang, **{name: found[key].written(lang) for name, key in names.items()})
    return [Heading(say("s_rentals", lang)), Paragraph(said), parts.rating_table(subject),
            parts.key_table(found, _RENTALS, lang, caption="")]  # fmt: skip


def _care(subject: Subject, found: dict[str, Figure]) -> list[Block]:
    lang = subject.lang
    if not any(found[key].value for key in ("visit.made", "meeting.held", "topic.raised")):
        return []
    names = {
        "made": "visit.made",
        "rate": "visit.priority_rate",
        "missed": "visit.missed",
        "meetings": "meeting.held",
        "topics": "topic.raised",
        "closure": "topic.closure_rate",
    }
    values = {name: found[key].written(lang) for name, key in names.items()}
    if lang == "en":
        values["meetings"] = formats.whole(found["meeting.held"].value)
    return [Heading(say("s_care", lang)), Paragraph(say("sum_care", lang, **values)),
            parts.key_table(found, _CARE, lang, caption="")]  # fmt: skip


def _land(subject: Subject, found: dict[str, Figure]) -> list[Block]:
    lang, land, placed = subject.lang, found["land.coverage"], found["petition.coverage"]
    said = say(
        "sum_land",
        lang,
        land=land.written(lang),
        land_of=land.parts(),
        petitions=placed.written(lang),
        petitions_of=placed.parts(),
    )
    drawing = plates.by_duty(subject, title=say("c_duty", lang), width_mm=parts.WIDE_MM, height_mm=118.0)
    return [Heading(say("s_land", lang)), Paragraph(said), Drawings((drawing,)), parts.holes(subject)]


def _definitions(subject: Subject) -> list[Block]:
    lang = subject.lang
    keys = (*_KEY, *_RENTALS, *_CARE, *_LAND)
    rows = tuple(_defined(measure_named(key), lang) for key in keys)
    heads = ("measure", "definition", "source_and_caveat")
    table = Table(tuple(say(head, lang) for head in heads), rows, (2.4, 5, 4.2))
    return [Heading(say("s_definitions", lang)), table]


def _defined(measure: Measure, lang: str) -> tuple[Cell, ...]:
    said = (kpis.source_of(measure, lang), kpis.caveat_of(measure, lang))
    stop = "。" if lang == "zh" else ". "
    remark = stop.join(text.rstrip(".。") for text in said if text) + stop.rstrip()
    return Toned(title_of(measure, lang), "strong"), definition_of(measure, lang), Toned(remark, "faint")
