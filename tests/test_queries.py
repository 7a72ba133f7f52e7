"""What the header of every file in queries/ promises, compared with what DuckDB finds in the statement."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gridmap import definitions, sql
from gridmap.excerpt import KEPT
from gridmap.measures import Measure, measure_named, measures
from gridmap.registers import CORE, REGISTERS
from gridmap.sources import personal
from gridmap.sql import Query
from gridmap.store import Database, open_store

ROOT = Path(__file__).resolve().parent.parent

#: Folders whose files build the store itself: they answer no question and have no caller by name.
BUILDING_FOLDERS = ("schema", "macros", "registers")
STORE_ENTRIES = ("answers", "grain")
QUERY_ENTRIES = ("answers", "params", "returns", "grain", "order")
MEASURE_ENTRIES = (
    "title.zh", "title.en", "kind", "unit", "direction", "definition.zh", "definition.en", "source",
    "source.zh", "caveat", "caveat.zh",
)  # fmt: skip
MEASURE_KINDS = {"count", "rate", "mean", "median", "percentile"}
MEASURE_COLUMNS = {"region_id": "bigint", "n": "double", "of": "double", "value": "double"}

#: One value of each parameter type, so that a statement can be run.
SAMPLES: dict[str, object] = {
    "text": "x",
    "varchar": "x",
    "text[]": ["x"],
    "integer": 1,
    "bigint": 1,
    "bigint[]": [1],
    "double": 1.0,
    "boolean": True,
    "date": date(2025, 7, 1),
    "timestamp": datetime(2025, 7, 1, 12),
    "blob": b"\x00",
    "json": "{}",
}
#: Texts that must mean something to the statement they go into.
SAMPLE_TEXTS = {
    "level": "street", "table_name": "import", "step": "month", "operations": "[]", "validation": "[]",
}  # fmt: skip
#: Columns of the tables that Python hands to statements, by the name they have there.
TABLES: dict[str, dict[str, str]] = {
    "resealed": {
        "record_kind": "text", "record_key": "text", "field": "text", "key_id": "text", "sealed": "blob",
        "mark": "text",
    },
    "deadlines": {
        "case_id": "bigint", "item_code": "text", "first_due_at": "timestamp", "due_at": "timestamp",
        "stopped": "boolean",
    },
    "work_days": {"day": "date", "worked_before": "integer"},
    "before": {"record_id": "bigint", "region_id": "bigint", "people": "integer"},
    "findings": {
        "check_name": "text", "severity": "text", "level": "text", "codes": "text[]", "amount": "double",
        "unit": "text", "message": "text", "row_no": "bigint", "lon": "double", "lat": "double",
    },
    "opened": {
        "region_id": "bigint", "is_new": "boolean", "level": "text", "code": "text", "name": "text",
        "parent_id": "bigint", "kind": "text", "wkb": "blob", "area_m2": "double",
        "min_x": "double", "min_y": "double", "max_x": "double", "max_y": "double",
    },
    "written": {
        "name": "text", "kind": "text", "size": "double", "angle": "double", "x": "double", "y": "double",
    },
    "drawn": {"place": "bigint", "kind": "text", "rank": "integer", "wkb": "blob"},
    "outlines": {"code": "text", "name": "text", "wkb": "blob"},
    "pairs": {"from_region": "bigint", "to_region": "bigint", "share_area": "double"},
    "placed": {
        "record_kind": "text", "record_id": "bigint", "region_id": "bigint", "valid_from": "date",
        "valid_to": "date", "placed_by": "text", "on_border": "boolean", "reason": "text",
    },
    "records": {"record_id": "bigint"},
    "boxes": {"min_x": "double", "min_y": "double", "max_x": "double", "max_y": "double"},
    "names": {"region_code": "text", "region_name": "text", "parent_name": "text"},
    "rules": {"rule": "text", "value": "text"},
    "taken": {"status": "text", "received_at": "timestamp", "settled_in": "bigint"},
    "set_aside": {"row_no": "bigint", "check_name": "text", "reason": "text", "key_id": "text",
                  "sealed": "blob"},
}  # fmt: skip

#: What a file becomes before it is loaded: the register's fields, the row, and where it lies.
FIELD_TYPES = {"text": "text", "integer": "bigint", "number": "double", "boolean": "boolean", "date": "date",
               "timestamp": "timestamp"}  # fmt: skip
FEATURE_COLUMNS = {
    "row_no": "bigint", "kind": "text", "name": "text", "rank": "integer", "wkb": "blob",
    "min_x": "double", "min_y": "double", "max_x": "double", "max_y": "double",
}  # fmt: skip
PLACE_COLUMNS = {"raw_x": "double", "raw_y": "double", "src_crs": "text", "place_reason": "text"}


def all_queries() -> list[Query]:
    folder = definitions.shipped_folder()
    names = [str(path.relative_to(folder)).removesuffix(".sql") for path in sorted(folder.rglob("*.sql"))]
    return [sql.load(name.replace("\\", "/")) for name in names]


def folder_of(query: Query) -> str:
    return query.name.partition("/")[0]


ALL = all_queries()
ASKED = [query for query in ALL if folder_of(query) not in BUILDING_FOLDERS]
MEASURES = [query for query in ALL if folder_of(query) == "measures"]
MACROS = [query for query in ALL if folder_of(query) == "macros"]


def each(queries: list[Query]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("query", queries, ids=lambda query: query.name)


@pytest.fixture(scope="module")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    store = open_store(tmp_path_factory.mktemp("store"), create=True)
    yield store
    store.close()


@contextmanager
def undone(store: Database) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a cursor on the store whose work is undone at the end; the public ways keep what they do."""
    with store._cursor() as cursor:
        cursor.begin()
        try:
            yield cursor
        finally:
            cursor.rollback()


@contextmanager
def place_to_run(query: Query, store: Database) -> Iterator[Database]:
    """Give the store; with an annex where a statement makes tables that hide those of the store."""
    if folder_of(query) != "excerpt":
        yield store
        return
    with store.annexed() as annex:
        yield annex


# ---- headers ------------------------------------------------------------------------------------


@each(ALL)
def test_a_header_is_complete(query: Query) -> None:
    wanted = STORE_ENTRIES if folder_of(query) in BUILDING_FOLDERS else QUERY_ENTRIES
    assert [entry for entry in wanted if not query.header.get(entry)] == []


@each(ALL)
def test_a_header_answers_in_a_sentence(query: Query) -> None:
    assert re.fullmatch(r"[A-Z].*[.?]", query.header["answers"]), query.header["answers"]


@each(MEASURES)
def test_a_measure_says_everything_a_screen_needs(query: Query) -> None:
    assert [entry for entry in MEASURE_ENTRIES if not query.header.get(entry)] == []
    assert query.header["kind"] in MEASURE_KINDS
    assert query.header["direction"] in {"-1", "0", "1"}


@pytest.mark.parametrize(
    "measure", [entry for entry in measures() if entry.beside], ids=lambda entry: entry.key
)
def test_what_comes_out_beside_a_measure_is_a_sum_of_columns_that_are_there(measure: Measure) -> None:
    for text in measure.beside.split(","):
        for part in re.split(r" [+-] ", text.strip()):
            key, _, column = part.rpartition(".")
            assert column in ("n", "of")
            assert measure_named(key or measure.key).protects == measure.protects
            assert not measure_named(key or measure.key).split


@each(MEASURES)
def test_a_measure_returns_numerator_denominator_and_value(query: Query) -> None:
    split = {"split": "varchar"} if "split" in query.header else {}
    assert query.returns == {**MEASURE_COLUMNS, **split}


@each(MEASURES)
def test_a_measure_is_called_after_its_register(query: Query) -> None:
    assert re.fullmatch(r"measures/[a-z]+\.[a-z0-9_]+", query.name)


# ---- statements ---------------------------------------------------------------------------------


@each(ALL)
def test_a_file_holds_one_statement(query: Query) -> None:
    assert len(duckdb.extract_statements(query.text)) == 1


@each(ASKED)
def test_declared_parameters_are_the_used_ones(query: Query) -> None:
    declared = {name for name, kind in query.params.items() if not is_table(kind)}
    assert declared == query.used_params()


@each(ASKED)
def test_declared_tables_are_read(query: Query) -> None:
    tables = [name for name, kind in query.params.items() if is_table(kind)]
    assert [name for name in tables if not re.search(rf"\b(from|join)\s+{name}\b", query.text)] == []


@each(ASKED)
def test_a_result_has_the_declared_columns_and_an_empty_store_can_be_asked(
    query: Query, empty_store: Database
) -> None:
    with place_to_run(query, empty_store) as store, undone(store) as cursor:
        declared = {name: canonical(kind, cursor) for name, kind in query.returns.items()}
        assert described(query, store, cursor) == declared


@each(ASKED)
def test_a_declared_order_is_asked_for(query: Query) -> None:
    ordered = query.header["order"] != "none" or ends_with_one_row(query.text)
    assert ordered == ends_with_order(query.text), f"header says: order {query.header['order']}"


@each(ALL)
def test_periods_are_half_open(query: Query) -> None:
    assert closed_ranges(query.text) == [], "write a >= b and a < c: BETWEEN counts the last moment twice"


def test_no_window_goes_over_everything() -> None:
    """Of no rows, DuckDB 1.5.5 sometimes fails inside (its issue 22352) and answers nothing from then on."""
    whole = re.compile(r"(\w+)\s*\([^()]*\)(?:\s*filter\s*\([^()]*\))?\s*over\s*\(\s*\)", re.IGNORECASE)
    found = {(query.name, name) for query in ALL for name in whole.findall(without_comments(query.text))}
    assert {pair for pair in found if pair[1] != "row_number"} == set()  # which runs by another operator


def is_table(kind: str) -> bool:
    return kind.startswith("table")


def described(query: Query, store: Database, cursor: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Run a statement on sample values; return its columns and types, none for one without a result."""
    staged = sql.load(stage_of(query)) if needs_staging(query) else kept_for(query)
    for statement in (staged, query) if staged else (query,):
        result = cursor.execute(statement.text, samples(statement, store, cursor))
    return {column[0]: str(column[1]) for column in result.description} if returns_rows(query) else {}


def samples(query: Query, store: Database, cursor: duckdb.DuckDBPyConnection) -> dict[str, object]:
    """Return a value for each parameter; hand over an empty table for each that is one."""
    for name in (name for name, kind in query.params.items() if is_table(kind)):
        cursor.register(name, empty_table(TABLES[name]))
    texts = {**SAMPLE_TEXTS, "path": str(canonical_file(query, store))}
    plain = {name: kind for name, kind in query.params.items() if not is_table(kind)}
    return {name: texts.get(name, SAMPLES[kind]) for name, kind in plain.items()}


def needs_staging(query: Query) -> bool:
    return bool(re.search(r"\b(?:from|using) staged(?:_personal)?\b", query.text))


def kept_for(query: Query) -> Query | None:
    """Return the statement that keeps what a macro of an excerpt is taken from."""
    table = next(
        (table for table, macros in KEPT.items() if query.name in {f"excerpt/{name}" for name in macros}), ""
    )
    return sql.load(f"excerpt/{table}") if table else None


def stage_of(query: Query) -> str:
    """Return the statement that stages the rows this one works on; petitions where any would do."""
    table = register_table(query)
    return f"load/{table}.stage"


def register_table(query: Query) -> str:
    table = query.name.partition("/")[2].partition(".")[0]
    own = {"record", "personal_value", *(register.table for register in CORE)}
    return table if table in own else "petition"


def canonical_file(query: Query, store: Database) -> Path:
    """Write what reading an empty file of a register, or of features, gives, where the store may read it."""
    if query.name.startswith("load/base_feature"):
        file = store.incoming / "base_feature.parquet"
        pq.write_table(empty_table(FEATURE_COLUMNS), file)
        return file
    table = register_table(query)
    if table == "personal_value":
        pq.write_table(personal.SCHEMA.empty_table(), store.incoming / "personal.parquet")
        return store.incoming / "personal.parquet"
    register = next(
        entry for entry in REGISTERS if table in (entry.table, "record" if entry.described else "")
    )
    columns = {"row_no": "bigint", **{field.name: FIELD_TYPES[field.type] for field in register.all_fields}}
    file = store.incoming / f"{register.table}.parquet"
    pq.write_table(empty_table({**columns, **(PLACE_COLUMNS if register.placed else {})}), file)
    return file


def returns_rows(query: Query) -> bool:
    (statement,) = duckdb.extract_statements(query.text)
    return statement.type == duckdb.StatementType.SELECT or bool(re.search(r"\breturning\b", query.text))


def empty_table(columns: dict[str, str]) -> pa.Table:
    nulls = ", ".join(f"null::{kind} as {name}" for name, kind in columns.items())
    return duckdb.sql(f"select {nulls} limit 0").to_arrow_table()


def canonical(kind: str, cursor: duckdb.DuckDBPyConnection) -> str:
    return str(cursor.execute(f"select null::{kind} as value").description[0][1])


def ends_with_order(text: str) -> bool:
    return bool(re.search(r"\border by\b(?:[^()]|\([^()]*\))*$", without_comments(text), re.IGNORECASE))


def ends_with_one_row(text: str) -> bool:
    return bool(
        re.search(r"\border by\b.*\blimit 1;?\s*$", without_comments(text), re.IGNORECASE | re.DOTALL)
    )


def closed_ranges(text: str) -> list[str]:
    """Return the uses of BETWEEN that are not the frame of a window."""
    return re.findall(
        r"(?<!\brows )(?<!\brange )(?<!\bgroups )\bbetween\b", without_comments(text), re.IGNORECASE
    )


def without_comments(text: str) -> str:
    return re.sub(r"--[^\n]*", "", text)


# ---- callers ------------------------------------------------------------------------------------


@each([query for query in ASKED if folder_of(query) != "measures"])
def test_a_query_has_a_caller(query: Query) -> None:
    assert any(pattern.fullmatch(query.name) for pattern in names_in_code()), "nothing in gridmap/ names it"


@each(MACROS)
def test_a_macro_is_used(query: Query) -> None:
    name = macro_name(query.text)
    users = [other.name for other in ALL if other is not query and re.search(rf"\b{name}\s*\(", other.text)]
    assert users != []


def test_no_two_migrations_have_the_same_number() -> None:
    numbers = [int(name.split("/")[1].split("_")[0]) for name in sql.names_in("schema")]
    assert numbers[0] == 0
    assert len(set(numbers)) == len(numbers)


def macro_name(text: str) -> str:
    found = re.search(r"create\s+(?:or\s+replace\s+)?macro\s+(\w+)", text, re.IGNORECASE)
    assert found, "a file in macros/ creates a macro"
    return found[1]


@cache
def names_in_code() -> tuple[re.Pattern[str], ...]:
    """Return every text of the code that may name a query; the gaps of an f-string match any word."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "gridmap").rglob("*.py")]
    return tuple(re.compile(pattern) for tree in trees for node in ast.walk(tree)
                 if (pattern := name_pattern(node)))  # fmt: skip


def name_pattern(node: ast.AST) -> str:
    """Return a pattern for a text that names a query by its folder, empty for any other node."""
    if isinstance(node, ast.JoinedStr):
        parts = [
            re.escape(part.value) if isinstance(part, ast.Constant) else r"[\w.]+" for part in node.values
        ]
        text = "".join(parts)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        text = re.escape(node.value)
    else:
        return ""
    return text if re.match(r"[a-z_]+/", text) else ""


# ---- the checks themselves: each must be able to fail -------------------------------------------


def test_an_order_inside_a_window_is_not_the_order_of_the_result() -> None:
    assert not ends_with_order("select rank() over (order by n) from t;")
    assert ends_with_order("select rank() over (order by n) from t order by coalesce(n, 0) desc limit 3;")


def test_between_is_seen_except_in_the_frame_of_a_window() -> None:
    assert closed_ranges("select 1 where d between a and b") == ["between"]
    assert closed_ranges("sum(n) over (rows between 1 preceding and current row)") == []


def test_a_name_made_of_parts_counts_as_a_caller() -> None:
    node = ast.parse("f'load/keep_{table}'", mode="eval").body
    assert re.fullmatch(name_pattern(node), "load/keep_petition")
    assert not re.fullmatch(name_pattern(node), "load/drop_petition")
