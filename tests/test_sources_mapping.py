"""Mappings: the shipped ones fit their registers, every mistake is named with the likeliest right word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gridmap.errors import UsageError
from gridmap.registers import BUILDINGS, PETITION_STATES, PETITIONS, REGISTERS, Register
from gridmap.sources import load_mapping, profiles
from gridmap.sources.mapping import mapping_from
from gridmap.sources.record_columns import feeds_of
from gridmap.ui import written
from gridmap.ui.words import say


@pytest.mark.parametrize("register", REGISTERS, ids=lambda register: register.name)
def test_plain_reads_every_register_by_the_names_of_its_fields(register: Register) -> None:
    columns = [field.name.upper() for field in register.all_fields]
    feeds = feeds_of(load_mapping("plain", register), register, columns, "a.csv")
    assert feeds.column == {field.name: field.name.upper() for field in register.all_fields}


@pytest.mark.parametrize("register", REGISTERS, ids=lambda register: register.name)
def test_plain_knows_a_chinese_header_for_every_required_field(register: Register) -> None:
    mapping = load_mapping("plain", register)
    own = {"title_zh", "title_en", "rank", "colour", "interval_days", "weight"}
    required = {field.name for field in register.fields if field.required and not field.headers}
    assert required - own <= mapping.aliases.keys()


def test_plain_translates_only_what_a_register_restricts() -> None:
    assert load_mapping("plain", BUILDINGS).values["category"]["城中村"] == "urban_village"
    assert "category" not in load_mapping("plain", PETITIONS).values


@pytest.mark.parametrize("name", profiles())
def test_every_shipped_mapping_fits_petitions(name: str) -> None:
    mapping = load_mapping(name, PETITIONS)
    allowed = next(field.values for field in PETITIONS.fields if field.name == "status")
    assert set(mapping.values.get("status", {}).values()) <= set(allowed)
    assert {rule.value for rule in mapping.derive if rule.field == "status"} <= set(allowed)


def test_the_shipped_mappings_are_the_promised_ones() -> None:
    assert profiles() == ("open311", "pingshan", "plain")


def test_a_mapping_for_another_register_is_refused() -> None:
    with pytest.raises(UsageError, match="pingshan is a mapping for petitions, not for buildings"):
        load_mapping("pingshan", BUILDINGS)


def test_a_person_s_own_mapping_is_read_from_its_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        '[columns]\npetition_no = "NO"\n[file]\ncrs = "gcj02"\nnull = "-"\n', encoding="utf-8-sig"
    )
    mapping = load_mapping(path, PETITIONS)
    assert mapping.columns["petition_no"].any == ("NO",)
    assert (mapping.crs, mapping.null, mapping.name) == ("gcj02", ("-",), "mine.toml")


def test_an_unknown_name_gets_the_list_and_the_likeliest() -> None:
    with pytest.raises(
        UsageError, match=r"no mapping 'pingshn'. Did you mean 'pingshan'\?.*open311, pingshan, plain"
    ):
        load_mapping("pingshn", PETITIONS)


def test_broken_toml_is_said_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[columns\n")
    with pytest.raises(UsageError, match=r"mine.toml is no valid TOML: .*line 1"):
        load_mapping(path, PETITIONS)


MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"colums": {}}, r"no section 'colums' in the file. Did you mean 'columns'\?"),
    ({"file": {"encodng": "gbk"}}, r"no key 'encodng' in \[file\]. Did you mean 'encoding'\?"),
    ({"file": {"encoding": "gbq"}}, r"no encoding 'gbq'"),
    ({"file": {"crs": "mars"}}, r"no CRS 'mars'"),
    ({"file": {"timezone": "Asia/Shenzhen"}}, r"no timezone 'Asia/Shenzhen'"),
    ({"file": {"delimiter": "||"}}, r"delimiter must be one character"),
    ({"file": {"null": 5}}, r"\[file\] null must be a text"),
    ({"file": {"sheet": 1}}, r"\[file\] sheet must be a text"),
    ({"file": {"by_name": "yes"}}, r"by_name must be true or false"),
    ({"file": []}, r"\[file\] must be a table"),
    ({"columns": {"recieved_at": "A"}}, r"petitions has no field 'recieved_at'. .*'received_at'"),
    ({"columns": {"kind": 3}}, r"\[columns\] kind must be a text"),
    ({"columns": {"kind": {"all": ["A"]}}}, r"no key 'all' in \[columns\] kind"),
    ({"formats": {"kind": "%Y"}}, r"\[formats\] kind is of type text"),
    ({"formats": {"received_at": "YYYY-MM-DD"}}, r"'YYYY-MM-DD' is no form such as '%Y"),
    ({"constants": {"kind": [1]}}, r"\[constants\] kind must be a text, a number"),
    ({"constants": {"kind": "a"}, "columns": {"kind": "A"}}, r"kind is under both \[columns\] and"),
    ({"values": {"kind": "a"}}, r"under \[values.kind\]"),
    ({"derive": {"field": "status"}}, r"under a heading \[\[derive\]\] of its own"),
    ({"derive": [{"field": "status"}]}, r"needs a field and a value"),
    ({"derive": [{"field": "state", "value": 1}]}, r"no field 'state'. Did you mean 'status'\?"),
    ({"derive": [{"field": "status", "value": "closed", "when": "A"}]}, r"when must be like"),
    ({"aliases": {"petition_nr": ["a"]}}, r"'petition_nr' in \[aliases\]. Did you mean 'petition_no'\?"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "said"), MISTAKES, ids=[said[:30] for _, said in MISTAKES])
def test_a_mistake_is_named_with_its_section_and_key(content: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        mapping_from(content, name="mine.toml", register=PETITIONS)


# -- matching with the columns of a file ---------------------------------------------------------------


def _feeds(content: dict[str, Any], *columns: str) -> dict[str, str]:
    mapping = mapping_from(content, name="mine.toml", register=PETITIONS)
    return feeds_of(mapping, PETITIONS, columns, "a.csv").column


NEEDED = {"petition_no": "NO", "status": "ST", "received_at": "AT"}


def test_the_first_column_that_is_there_feeds_the_field() -> None:
    fed = _feeds({"columns": {**NEEDED, "kind": ["Kind", "kind", "TYPE"]}}, "NO", "ST", "AT", "TYPE", "kind")
    assert fed["kind"] == "kind"


def test_a_missing_column_is_refused_with_those_there_and_the_likeliest() -> None:
    said = r"no column 'KINDS', which mine.toml maps to kind. Did you mean 'KIND'\? It has: NO, ST, AT, KIND"
    with pytest.raises(UsageError, match=said):
        _feeds({"columns": {**NEEDED, "kind": "KINDS"}}, "NO", "ST", "AT", "KIND")


def test_an_optional_column_may_be_missing() -> None:
    fed = _feeds({"columns": {**NEEDED, "kind": {"any": ["KIND"], "optional": True}}}, "NO", "ST", "AT")
    assert "kind" not in fed


def test_a_rule_on_a_missing_column_is_refused() -> None:
    rule = {"field": "status", "value": "closed", "when": {"DONE": "1"}}
    with pytest.raises(UsageError, match=r"no column 'DONE', which mine.toml tests to derive status"):
        _feeds({"columns": NEEDED, "derive": [rule]}, "NO", "ST", "AT")


def test_a_required_field_without_a_column_is_refused_with_the_way_out() -> None:
    with pytest.raises(UsageError, match=r"no column for received_at, .*'RECEIVED'.*--mapping FILE.toml"):
        _feeds({"columns": {"petition_no": "NO", "status": "ST"}}, "NO", "ST", "RECEIVED")


def test_plain_reads_what_lists_of_petitions_are_taken_away_as() -> None:
    mapping = load_mapping("plain", PETITIONS)
    titles = [say(name, "zh") for name in written.PETITIONS if name != "urgency"]
    assert feeds_of(mapping, PETITIONS, titles, "a.csv").unread == ()
    words = mapping.values["status"]
    assert [words[say(f"stage_{state}", "zh")] for state in PETITION_STATES] == list(PETITION_STATES)
