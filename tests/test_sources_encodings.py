"""Encodings are declared, stated, or found by trying; what fits none is said with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from gridmap.errors import UnreadableInput, UsageError
from gridmap.sources.encodings import encoding_of_dbase, encoding_of_text, known_encoding, told_encoding
from tests.sources_helpers import drawn


def _file(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("街道,社区".encode(), "utf-8"),
        ("街道,社区".encode("utf-8-sig"), "utf-8-sig"),
        ("街道,社区".encode("gbk"), "gb18030"),
        ("街道,𠮷社区".encode("gb18030"), "gb18030"),
        ("街道,社区".encode("utf-16"), "utf-16"),
        (b"code,name", "utf-8"),
    ],
)
def test_the_encoding_of_a_text_is_found(content: bytes, name: str, tmp_path: Path) -> None:
    assert encoding_of_text(_file(tmp_path, content)).name == name


def test_a_character_split_between_two_pieces_is_no_fault(tmp_path: Path) -> None:
    content = b"x" * ((1 << 22) - 1) + "街".encode() * 10
    assert encoding_of_text(_file(tmp_path, content)).name == "utf-8"


def test_bytes_that_fit_nothing_are_said_with_their_line(tmp_path: Path) -> None:
    path = _file(tmp_path, "街道\n社区\n".encode() + b"\xff\xff\n\xff\n")
    with pytest.raises(UnreadableInput, match=r"a.csv is neither UTF-8 nor GB18030: line 3 .*Declare"):
        encoding_of_text(path)


@pytest.mark.parametrize("name", ["utf-8", "gb18030"])
def test_a_few_damaged_lines_are_named_and_do_not_decide(name: str, tmp_path: Path) -> None:
    lines = ["大富社区".encode(name)] * 300
    lines[7] = lines[7][:-1]
    encoding = encoding_of_text(_file(tmp_path, b"\n".join([*lines, b"\xff"])))
    assert (encoding.name, encoding.damaged) == (name, (8, 301))


def test_a_text_cut_off_in_mid_character_is_told(tmp_path: Path) -> None:
    path = _file(tmp_path, "街道\n社区".encode()[:-1])
    with pytest.raises(UnreadableInput, match="line 2"):
        encoding_of_text(path, "utf-8")


def test_a_declared_encoding_that_does_not_fit_is_refused_with_its_line(tmp_path: Path) -> None:
    path = _file(tmp_path, "街道\n社区\n".encode("gbk"))
    with pytest.raises(UnreadableInput, match=r"is not utf-8: line 1.*gb18030"):
        encoding_of_text(path, "utf-8")


def test_an_unknown_encoding_is_refused_with_the_usual_ones(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no encoding 'gbq'.*gb18030"):
        encoding_of_text(_file(tmp_path, b"a"), "gbq")


# -- dBase --------------------------------------------------------------------------------------------


def _dbf(tmp_path: Path, encoding: str, *, driver: int = 0, name: str = "大富社区") -> Path:
    frame = drawn().assign(name=name)
    path = tmp_path / "a.shp"
    frame.to_file(path, encoding=encoding)
    path.with_suffix(".cpg").unlink(missing_ok=True)
    raw = bytearray(path.with_suffix(".dbf").read_bytes())
    raw[29] = driver
    path.with_suffix(".dbf").write_bytes(raw)
    return path.with_suffix(".dbf")


@pytest.mark.parametrize(
    ("written", "driver", "found", "by"),
    [
        ("gbk", 0x4D, "gb18030", "file"),
        ("gbk", 0, "gb18030", "tried"),
        ("utf-8", 0, "utf-8", "tried"),
        ("utf-8", 0x57, "utf-8", "tried"),
    ],
)
def test_the_encoding_of_a_shapefile_is_found(
    written: str, driver: int, found: str, by: str, tmp_path: Path
) -> None:
    encoding = encoding_of_dbase(_dbf(tmp_path, written, driver=driver))
    assert (encoding.name, encoding.found_by) == (found, by)
    assert bool(told_encoding("a.shp", encoding)) == (found != "utf-8")


def test_the_cpg_file_is_believed(tmp_path: Path) -> None:
    assert encoding_of_dbase(_dbf(tmp_path, "gbk"), stated="GBK").name == "gb18030"
    assert encoding_of_dbase(_dbf(tmp_path, "gbk"), stated="936").name == "gb18030"


def test_plain_letters_need_no_encoding(tmp_path: Path) -> None:
    assert encoding_of_dbase(_dbf(tmp_path, "utf-8", name="Dafu")).found_by == "ascii"


def test_korean_that_could_be_chinese_is_a_warning(tmp_path: Path) -> None:
    encoding = encoding_of_dbase(_dbf(tmp_path, "cp949", name="강동구"))
    assert encoding.name == "gb18030"
    (finding,) = told_encoding("a.shp", encoding)
    assert finding.severity == "warning"
    assert "cp949" in finding.message


def test_a_name_cut_off_by_the_width_of_its_column_is_no_fault(tmp_path: Path) -> None:
    path = _dbf(tmp_path, "utf-8", name="大富社区")
    raw = path.read_bytes()
    whole = "大富社区".encode()
    path.write_bytes(raw.replace(whole, whole[:-1] + b" "))
    assert encoding_of_dbase(path).name == "utf-8"


@pytest.mark.parametrize(
    "name", ["zlib_codec", "hex", "rot13", "idna", "unicode_escape", "undefined", "a\0b"]
)
def test_what_unpacks_or_runs_escapes_is_no_encoding_of_texts(name: str) -> None:
    with pytest.raises(UsageError, match="There is no encoding"):
        known_encoding(name)
