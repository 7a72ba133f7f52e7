"""A view stands in the address and comes back from it; what makes no sense does no harm."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap.levels import LEVELS
from gridmap.maps import LEAST_CLASSES, MOST_CLASSES, SCHEMES
from gridmap.periods import Period
from gridmap.ui import periods
from gridmap.ui.view import (
    BOUNDARIES,
    LANGUAGES,
    SCENES,
    SHOWS,
    THEMES,
    URGENCIES,
    View,
    from_params,
    mappable,
    to_params,
)

DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))
VIEWS = st.builds(
    View,
    lang=st.sampled_from(LANGUAGES),
    at=st.text("0123456789BU-", max_size=20),
    show=st.sampled_from(SHOWS),
    measure=st.sampled_from(mappable()),
    level=st.sampled_from(["", *(level.key for level in LEVELS)]),
    scheme=st.sampled_from(SCHEMES),
    period=st.sampled_from(periods.PRESETS),
    since=st.none() | DAYS,
    until=st.none() | DAYS,
    categories=st.lists(st.text(min_size=1, max_size=6), max_size=3, unique=True).map(
        lambda c: tuple(sorted(c))
    ),
    boundaries=st.sampled_from(BOUNDARIES),
    classes=st.integers(LEAST_CLASSES, MOST_CLASSES),
    breaks=st.lists(st.floats(-1e6, 1e6), max_size=MOST_CLASSES - 1, unique=True).map(
        lambda b: tuple(sorted(b))
    ),
    summed=st.booleans(),
    strip=st.lists(st.sampled_from(mappable()), max_size=3, unique=True).map(tuple),
    scenes=st.lists(st.sampled_from(SCENES), max_size=3, unique=True).map(tuple),
    rotate=st.just(0) | st.integers(5, 3600),
    urgency=st.sampled_from(["", *URGENCIES]),
    theme=st.sampled_from(THEMES),
    columns=st.lists(st.sampled_from(mappable()), max_size=3, unique=True).map(tuple),
)


@given(VIEWS)
def test_a_view_comes_back_from_its_address(view: View) -> None:
    assert from_params(as_lists(to_params(view))) == view


@given(
    st.dictionaries(
        st.sampled_from([*View.__dataclass_fields__, "x"]), st.lists(st.text(max_size=8), max_size=2)
    )
)
def test_no_address_is_refused(params: dict[str, list[str]]) -> None:
    view = from_params(params)
    assert view.show in SHOWS
    assert view.measure in mappable()


def test_the_usual_view_needs_no_parameters() -> None:
    assert to_params(View()) == {}


def test_measures_with_several_values_per_cell_cannot_be_mapped() -> None:
    assert "building.by_rating" not in mappable()


@given(DAYS, st.sampled_from(["30d", "90d", "year", "12m"]))
def test_presets_end_with_today(today: date, preset: str) -> None:
    period = periods.period_of(preset, today=today)
    assert period.since is not None
    assert period.until is not None
    assert period.since <= today < period.until


@given(DAYS, st.sampled_from(["30d", "90d"]))
def test_the_period_before_ends_where_this_one_begins_and_is_as_long(today: date, preset: str) -> None:
    period = periods.period_of(preset, today=today)
    before = periods.previous_of(preset, period)
    assert before is not None
    assert before.until == period.since
    assert length(before) == length(period)


def test_days_of_ones_own_may_be_told_the_wrong_way_round() -> None:
    first, last = date(2026, 1, 1), date(2026, 2, 3)
    told = [periods.period_of("custom", today=last, since=one, until=other)
            for one, other in ((first, last), (last, first))]  # fmt: skip
    assert told[0] == told[1] == Period(first, date(2026, 2, 4))


def test_this_year_is_compared_with_the_same_days_of_last_year() -> None:
    period = periods.period_of("year", today=date(2024, 2, 29))
    assert periods.previous_of("year", period) == Period(date(2023, 1, 1), date(2023, 3, 1))


def test_dates_of_ones_own_include_both_ends() -> None:
    period = periods.period_of(
        "custom", today=date(2026, 1, 1), since=date(2025, 5, 1), until=date(2025, 5, 31)
    )
    assert period == Period(date(2025, 5, 1), date(2025, 6, 1))


def test_all_time_has_nothing_to_compare_with() -> None:
    assert periods.previous_of("all", periods.period_of("all", today=date(2026, 1, 1))) is None


@pytest.mark.parametrize(("days", "step"), [(30, "day"), (90, "week"), (365, "month")])
def test_the_step_of_a_trend_grows_with_the_period(days: int, step: str) -> None:
    first = date(2026, 1, 1)
    period = Period(first, date.fromordinal(first.toordinal() + days))
    assert periods.step_of(period, first=first, last=first) == step


def as_lists(params: dict[str, str | list[str]]) -> dict[str, list[str]]:
    return {name: value if isinstance(value, list) else [value] for name, value in params.items()}


def length(period: Period) -> int:
    assert period.since is not None
    assert period.until is not None
    return (period.until - period.since).days
