"""Whatever is asked, an edit ends in an exact map that can be undone, or in a refusal; never in anything "
"else."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap import edits
from gridmap.bench import edits as bench
from gridmap.coverage import Coverage
from gridmap.edits import Rules
from gridmap.errors import EditRefused
from tests.edits_city import flat, nested, place

CITIES = (
    nested(),
    flat("aab\nacb\naab"),
    flat("abbb\nbbab"),
    flat("aaaa\nabca\naaaa"),
    flat("aab\ncbb\nccd"),
)
OPEN = Rules(unlocked=("street", "community", ""), allow_enclaves=True)

halves = st.integers(-2, 16).map(lambda half: half / 2)
anywhere = st.floats(-1, 8, allow_nan=False).map(lambda value: round(value, 3))
places = st.one_of(st.tuples(halves, halves), st.tuples(anywhere, anywhere)).map(lambda at: place(*at))
codes = st.sampled_from([*"abcdefu", "P", "Q", "R", "X", "S", "nobody"])
lines = st.lists(places, min_size=2, max_size=6)
named = ("code", "giver", "receiver", "parent", "within", "into", "new_code")
fields: dict[str, st.SearchStrategy[Any]] = {
    "at": places, "to": places, "keeps": places, "line": lines, "corners": lines, "places": lines,
    "polygon": st.lists(places, min_size=3, max_size=7), "codes": st.lists(codes, min_size=1, max_size=3),
    "name": st.just("A name"), "new_name": st.just("Another"), "kind": st.sampled_from(["base", "other"]),
    "level": st.sampled_from(["red_grid", "block", ""]), "new": st.just({"name": "New"}),
    **dict.fromkeys(named, codes),
}  # fmt: skip
odd = st.one_of(st.none(), st.text(max_size=5), st.floats(), st.lists(st.none(), max_size=2), st.just({}))


@st.composite
def operations(draw: st.DrawFn) -> dict[str, Any]:
    """Draw an operation with all fields it must have and some of those it may have."""
    name = draw(st.sampled_from(list(edits.OPERATIONS)))
    _, required, optional = edits.OPERATIONS[name]
    chosen = [*required, *(field for field in optional if draw(st.booleans()))]
    return {"op": name, **{field: draw(fields[field]) for field in chosen}}


@given(
    city=st.sampled_from(CITIES),
    asked=st.lists(operations(), min_size=1, max_size=8),
    rules=st.sampled_from([Rules(), OPEN]),
)
@settings(max_examples=150, deadline=None)
def test_an_edit_is_exact_or_refused(city: Coverage, asked: list[dict[str, Any]], rules: Rules) -> None:
    coverage, area = city, bench.doubled_area(city.cells)
    for operation in asked:
        try:
            new, change = edits.apply(coverage, operation, rules=rules)
        except EditRefused:
            continue
        assert new.certificate().exact
        assert bench.doubled_area(new.cells) == area
        assert list(bench.unlike_their_children(new)) == []
        assert bench.same_bits(change.inverse().apply_to(new, strict=True), coverage)
        coverage = new


@given(value=odd, operation=operations(), data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_field_of_any_kind_is_read_or_refused(
    value: object, operation: dict[str, Any], data: st.DataObject
) -> None:
    field = data.draw(st.sampled_from(sorted(operation)))
    with suppress(EditRefused):
        new, _ = edits.apply(nested(), {**operation, field: value})
        assert new.certificate().exact
