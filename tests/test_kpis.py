"""Key figures of petitions: the published ones reproduced, every other counted by hand on the toy city."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from gridmap.errors import UsageError
from gridmap.measures import stats
from gridmap.periods import Period
from gridmap.store import Database
from tests.records import closed, load, petition
from tests.test_courses import events

A1, B = (0.5, 3.5), (4.5, 3.5)
MAY = Period(date(2024, 5, 1), date(2024, 6, 1))


def figure(
    db: Database, key: str, code: str = "B", *, level: str = "community", period: Period | None = MAY
) -> tuple[float, float, float]:
    """Return value, numerator and denominator of one cell."""
    row = stats(db, [key], level=level, period=period).set_index("code").loc[code]
    return row[key], row[f"{key}.n"], row[f"{key}.of"]


def setting(db: Database, key: str, value: object) -> None:
    with db.transaction() as tx:
        tx.run("load/set_setting", key=key, value=str(value))


# ---- published figures ---------------------------------------------------------------------------


def reported(count: int, **columns: object) -> pd.DataFrame:
    """Return petitions of the week, numbered; a column is one value for all or a list."""
    numbers = [f"P{number}" for number in range(count)]
    return pd.DataFrame({"petition_no": numbers, "status": "processing", "received_at": "2024-05-06 09:00:00",
                         "region_name": "cell B", **columns})  # fmt: skip


def first(count: int, of: int, moment: str) -> list[str | None]:
    """Return a moment for the first so many, nothing for the others."""
    return [moment] * count + [None] * (of - count)


def load_frame(db: Database, folder: Path, register: str, frame: pd.DataFrame) -> None:
    load(db, folder, register, frame.to_dict("records"))


def test_the_filing_and_dispatch_rates_of_zhengzhou(toy: Database, tmp_path: Path) -> None:
    accepted, filed, dispatched = 51_571, 51_229, 49_151
    load_frame(toy, tmp_path, "petitions", reported(
        accepted, accepted_at="2024-05-06 09:10:00", filed_at=first(filed, accepted, "2024-05-06 10:00:00"),
        dispatched_at=first(dispatched, accepted, "2024-05-06 11:00:00")))  # fmt: skip
    assert figure(toy, "petition.filing_rate") == (pytest.approx(0.9934, abs=5e-5), filed, accepted)
    assert figure(toy, "petition.dispatch_rate") == (pytest.approx(0.9594, abs=5e-5), dispatched, filed)


def test_the_rework_and_extension_rates_of_zhengzhou(toy: Database, tmp_path: Path) -> None:
    due, reworked, extended = 52_434, 276, 104
    load_frame(toy, tmp_path, "petitions", reported(due, due_at="2024-05-10 18:00:00"))
    log = pd.DataFrame({"event_no": range(reworked + extended), "happened_at": "2024-05-08 10:00:00",
                        "event": ["rework"] * reworked + ["extended"] * extended,
                        "petition_no": [f"P{number}" for number in range(reworked + extended)]})  # fmt: skip
    load_frame(toy, tmp_path, "events", log)
    assert figure(toy, "petition.rework_rate") == (pytest.approx(0.0053, abs=5e-5), reworked, due)
    assert figure(toy, "petition.extension_rate") == (pytest.approx(0.0020, abs=5e-5), extended, due)


def test_the_sources_differ_on_what_extensions_are_a_share_of(toy: Database, tmp_path: Path) -> None:
    disposed = petition(2, A1, received_at="2024-04-01", disposed_at="2024-04-20", due_at="2024-04-25")
    load(toy, tmp_path, "petitions", [petition(1, A1, due_at="2024-05-10 18:00"), disposed])
    load(toy, tmp_path, "events", events(1, ("extended", "10:00")))
    assert figure(toy, "petition.extension_rate", "A") == (0.5, 1, 2)  # 2 is still to be closed
    setting(toy, "extension_of", "disposal")
    assert figure(toy, "petition.extension_rate", "A") == (1, 1, 1)  # but it was disposed of in April


# ---- counted by hand -----------------------------------------------------------------------------


def test_disposal_is_counted_by_due_time_carried_over_cases_included(toy: Database, tmp_path: Path) -> None:
    def case(number: int, due: str, disposed: str | None) -> dict[str, object]:
        return petition(number, A1, received_at="2024-04-01 09:00", due_at=due, disposed_at=disposed)

    load(toy, tmp_path, "petitions", [
        case(1, "2024-05-10", "2024-05-09"),  # on time
        case(2, "2024-05-10", "2024-05-20"),  # late
        case(3, "2024-04-20", "2024-05-02"),  # carried over, disposed of late
        case(4, "2024-04-20", "2024-04-30"),  # done with before the period
        case(5, "2024-04-20", None),  # carried over, still open
        case(6, "2024-05-20", "2024-06-10"),  # disposed of after the period
        case(7, "2024-06-20", "2024-05-02"),  # not due
    ])  # fmt: skip
    assert figure(toy, "petition.dispose_rate", "A") == (0.6, 3, 5)
    assert figure(toy, "petition.on_time_dispose_rate", "A") == (0.2, 1, 5)
    assert figure(toy, "petition.overdue_undisposed_rate", "A") == (0.4, 2, 5)


def test_on_time_late_and_not_closed_add_up(toy: Database, tmp_path: Path) -> None:
    load(toy, tmp_path, "petitions", [
        closed(1, A1, after_days=2, due_days=5), closed(2, A1, after_days=9, due_days=5),
        petition(3, A1, due_at="2024-05-20"), petition(4, A1, status="rejected"),
    ])  # fmt: skip
    third = pytest.approx(1 / 3)
    assert figure(toy, "petition.on_time_close_rate", "A") == (third, 1, 3)
    assert figure(toy, "petition.late_close_rate", "A") == (third, 1, 3)
    assert figure(toy, "petition.unclosed_rate", "A") == (0.25, 1, 4)
    assert figure(toy, "petition.valid_rate", "A") == (0.75, 3, 4)


def test_dispatches_are_judged_by_what_became_of_them(toy: Database, tmp_path: Path) -> None:
    load(toy, tmp_path, "petitions", [
        petition(n, A1, filed_at="2024-05-01 09:30", dispatched_at=at)
        for n, at in enumerate(["2024-05-01 10:00", "2024-05-01 10:00", "2024-05-02 10:00", None], start=1)
    ])  # fmt: skip
    load(toy, tmp_path, "events", [
        *events(1, ("dispatched", "10:00"), ("returned", "11:00"), ("dispatched", "12:00")),
        *events(2, ("dispatched", "10:00"), ("dispatched", "10:00"), ("returned", "06-02 10:00")),
        *events(3, ("dispatched", "05-02 10:00")),
    ])  # fmt: skip
    third = pytest.approx(1 / 3)
    assert figure(toy, "petition.bounce_rate", "A") == (third, 1, 3)  # the second bounced in June
    assert figure(toy, "petition.accurate_dispatch_rate", "A") == (pytest.approx(2 / 3), 2, 3)
    assert figure(toy, "petition.parallel_rate", "A") == (third, 1, 3)
    assert figure(toy, "petition.on_time_dispatch_rate", "A") == (0.5, 2, 4)
    setting(toy, "dispatch_hours", 48)
    assert figure(toy, "petition.on_time_dispatch_rate", "A") == (0.75, 3, 4)


def test_an_answer_is_not_a_solution(toy: Database, tmp_path: Path) -> None:
    load(toy, tmp_path, "petitions", [
        closed(1, A1, after_days=3, due_days=5, disposed_at="2024-05-04 08:00"),
        petition(2, A1), petition(3, A1), petition(4, A1),
    ])  # fmt: skip
    load(toy, tmp_path, "events", [
        *events(1, ("responded", "12:00"), ("disposed", "05-04 08:00"), ("verified", "05-04 09:00")),
        *events(2, ("responded", "05-03 12:00")), *events(3, ("accepted", "10:00")),
    ])  # fmt: skip
    assert figure(toy, "petition.response_rate", "A") == (pytest.approx(2 / 3), 2, 3)  # of 4 nothing is known
    assert figure(toy, "petition.prompt_response_rate", "A") == (pytest.approx(1 / 3), 1, 3)
    assert figure(toy, "petition.settled_rate", "A") == (0.25, 1, 4)
    assert figure(toy, "petition.on_time_verify_rate", "A") == (1, 1, 1)


def test_ratings_count_the_last_word_and_bad_ones_are_followed(toy: Database, tmp_path: Path) -> None:
    load(toy, tmp_path, "petitions", [petition(n, A1) for n in range(1, 6)])
    load(toy, tmp_path, "events", [
        *events(1, ("rated", "10:00", {"score": 5})), *events(2, ("rated", "10:00", {"score": 3})),
        *events(3, ("rated", "10:00", {"score": 1}), ("corrected", "12:00")),
        *events(4, ("rated", "10:00", {"score": 2}), ("rated", "12:00", {"score": 4})),
    ])  # fmt: skip
    assert figure(toy, "petition.satisfaction_rate", "A") == (0.75, 3, 4)
    assert figure(toy, "petition.bad_rating_rate", "A") == (0.25, 1, 4)
    assert figure(toy, "petition.bad_rating_corrected_rate", "A") == (0.5, 1, 2)
    setting(toy, "satisfied_from", 4)
    assert figure(toy, "petition.satisfaction_rate", "A") == (0.5, 2, 4)


def test_what_stays_in_the_block_was_never_passed_up(toy: Database, tmp_path: Path) -> None:
    load(toy, tmp_path, "petitions", [closed(n, A1, after_days=3, due_days=5) for n in (1, 2, 3)])
    load(toy, tmp_path, "events", [
        *events(1, ("accepted", "10:00")), *events(2, ("escalated", "10:00", {"level": "block"})),
        *events(3, ("escalated", "10:00", {"level": "街道"})),
    ])  # fmt: skip
    assert figure(toy, "petition.solved_in_block_rate", "A") == (pytest.approx(2 / 3), 2, 3)


def test_disposal_takes_calendar_days_and_working_days(toy: Database, tmp_path: Path) -> None:
    def case(number: int, filed: str, disposed: str) -> dict[str, object]:
        return petition(number, A1, received_at="2024-04-01", filed_at=filed, disposed_at=disposed)

    load(toy, tmp_path, "petitions", [
        case(1, "2024-04-30 09:00", "2024-05-06 09:00"),  # 6 days, of which the 6th alone is worked
        case(2, "2024-05-06 09:00", "2024-05-08 09:00"),  # 2 and 2
        case(3, "2024-05-10 09:00", "2024-05-14 09:00"),  # 4 days; Saturday the 11th is worked: 3
        case(4, "2024-05-09 09:00", "2024-05-08 09:00"),  # disposed of before it was filed: left out
    ])  # fmt: skip
    assert figure(toy, "petition.mean_disposal_days", "A") == (4, 12, 3)
    assert figure(toy, "petition.median_disposal_days", "A")[0] == 4
    assert figure(toy, "petition.p90_disposal_days", "A")[0] == pytest.approx(5.6)
    assert figure(toy, "petition.mean_disposal_workdays", "A") == (2, 6, 3)
    assert figure(toy, "petition.median_disposal_workdays", "A")[0] == 2
    assert figure(toy, "petition.p90_disposal_workdays", "A")[0] == pytest.approx(2.8)


def test_hot_places_and_matters_come_back_within_the_window(toy: Database, tmp_path: Path) -> None:
    june = Period(date(2024, 6, 1), date(2024, 7, 1))
    noise = [petition(n, A1, category="环保", subcategory="噪声", received_at="2024-06-20")
             for n in (1, 2, 3)]  # fmt: skip
    litter = [petition(n, A1, subcategory="垃圾", received_at="2024-06-21") for n in (4, 5)]
    load(toy, tmp_path, "petitions", [
        *noise, *litter, petition(6, (2.5, 3.5), subcategory="垃圾", received_at="2024-06-22"),
        petition(7, A1, subcategory="噪声", category="环保", received_at="2024-05-20"),
    ])  # fmt: skip
    assert figure(toy, "petition.hot_places", "A", period=june) == (1, 1, 6)
    assert figure(toy, "petition.hot_matters", "A", period=june) == (1, 1, 6)
    setting(toy, "hot_cases", 6)
    assert figure(toy, "petition.hot_places", "A", period=june)[0] == 0
    setting(toy, "hot_days", 60)
    assert figure(toy, "petition.hot_places", "A", period=june)[0] == 1


def test_raw_and_folded_counts_stand_side_by_side(toy: Database, tmp_path: Path) -> None:
    load(toy, tmp_path, "petitions", [petition(1, A1), petition(2, A1, status="merged", merged_into="P1")])
    assert figure(toy, "petition.received", "A")[0] == 2
    assert figure(toy, "petition.distinct", "A") == (1, 1, 2)


def test_what_falls_due_soon_is_neither_late_nor_far_off(toy: Database, tmp_path: Path) -> None:
    dues = ["2024-05-31 12:00", "2024-06-01 12:00", "2024-06-02 12:00"]
    load(toy, tmp_path, "petitions", [petition(n, A1, due_at=due) for n, due in enumerate(dues)])
    assert figure(toy, "petition.due_soon", "A") == (1, 1, 3)
    setting(toy, "due_soon_hours", 48)
    assert figure(toy, "petition.due_soon", "A")[0] == 2


def test_the_share_on_the_duty_list_is_by_major_and_minor_class(toy: Database, tmp_path: Path) -> None:
    minors = ["暴露垃圾", "其他"]
    load(toy, tmp_path, "petitions", [petition(n, A1, subcategory=minor) for n, minor in enumerate(minors)])
    assert pd.isna(figure(toy, "petition.on_list_rate", "A")[0]), "without a list nothing is off it"
    load(toy, tmp_path, "duties", [{"item_code": "1", "major": "市容环卫", "minor": "暴露垃圾"}])
    assert figure(toy, "petition.on_list_rate", "A") == (0.5, 1, 2)


@pytest.mark.parametrize("key", ["petition.rework_rate", "petition.extension_rate", "petition.bounce_rate"])
def test_without_a_flow_log_a_rate_has_no_value_rather_than_zero(
    key: str, toy: Database, tmp_path: Path
) -> None:
    load(toy, tmp_path, "petitions", [petition(1, A1, due_at="2024-05-10")])
    assert pd.isna(figure(toy, key, "A")[0])


def test_every_setting_a_measure_reads_is_told_in_its_definition() -> None:
    from gridmap import sql

    read: Mapping[str, str] = {name: sql.load(name).text for name in sql.names_in("measures")}
    for name, text in read.items():
        statement = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
        for key in [part.split("'")[1] for part in statement.split("store_")[1:]]:
            definition = sql.load(name).header["definition.zh"] + sql.load(name).header["definition.en"]
            assert key in definition, f"{name} reads {key}"


# ---- repeat petitioners --------------------------------------------------------------------------


def petitioner(number: int, phone: str) -> dict[str, object]:
    return {"petition_no": f"P{number}", "诉求人电话": phone}


def test_repeat_petitioners_are_counted_and_not_known(
    toy: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRIDMAP_HASH_KEY", "a long secret of this office")
    places = [A1, A1, A1, A1, B, B]
    load(toy, tmp_path, "petitions", [petition(n, place) for n, place in enumerate(places, start=1)])
    phones = ["13800138000", "138 0013 8000", "13900139000", "", "138-0013-8000"]
    rows = [petitioner(n, phone) for n, phone in enumerate(phones, start=1)]
    done = load(toy, tmp_path, "petitioners", rows)
    assert (done.rows_kept, done.rows_set_aside) == (4, 1)
    assert figure(toy, "petition.repeat_rate", "A") == (pytest.approx(2 / 3), 2, 3)
    assert figure(toy, "petition.repeat_rate", "B") == (1, 1, 1)
    setting(toy, "repeat_cases", 4)
    assert figure(toy, "petition.repeat_rate", "A")[0] == 0
    toy.checkpoint()
    kept = b"".join(path.read_bytes() for path in toy.folder.rglob("*") if path.is_file())
    assert b"13800138000" not in kept
    assert b"0013 8000" not in kept


def test_nobody_is_read_without_a_key(toy: Database, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Set GRIDMAP_HASH_KEY"):
        load(toy, tmp_path, "petitioners", [petitioner(1, "13800138000")])
