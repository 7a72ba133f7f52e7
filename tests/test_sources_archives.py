"""Hostile archives are refused in words; honest ones give their files under names of our own."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from gridmap.errors import UnreadableInput
from gridmap.sources.archives import Limits, check_workbook, extract

NOISE = bytes(range(256)) * 4


def _packed(path: Path, entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def _taken(path: Path, tmp_path: Path, limits: Limits | None = None) -> list[str]:
    folder = tmp_path / "out"
    folder.mkdir()
    entries = extract(path, folder, wanted=lambda name: name.suffix in (".shp", ".dbf"), limits=limits)
    assert all(entry.path.parent == folder for entry in entries)
    return [str(entry.name) for entry in entries]


def test_geodata_comes_out_under_new_names_and_the_rest_stays_in(tmp_path: Path) -> None:
    path = _packed(
        tmp_path / "a.zip", {"deep/社区.shp": NOISE, "deep/社区.dbf": b"x", "run.py": b"x", "a.vrt": b"x"}
    )
    assert _taken(path, tmp_path) == ["deep/社区.shp", "deep/社区.dbf"]
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == ["0000.shp", "0001.dbf"]


def test_names_in_gbk_without_the_utf8_flag_are_read(tmp_path: Path) -> None:
    raw = _packed(tmp_path / "a.zip", {"abcd.shp": NOISE}).read_bytes()
    path = tmp_path / "gbk.zip"
    path.write_bytes(raw.replace(b"abcd", "社区".encode("gbk")))
    assert _taken(path, tmp_path) == ["社区.shp"]


@pytest.mark.parametrize("name", ["../a.shp", "/etc/a.shp", "..\\a.shp", "C:/a.shp", "x/../../a.shp"])
def test_names_that_climb_out_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match=r"a.zip is refused: its entry '.*' points outside"):
        _taken(_packed(tmp_path / "a.zip", {name: NOISE}), tmp_path)


def test_links_are_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("a.shp")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(UnreadableInput, match="points outside"):
        _taken(tmp_path / "a.zip", tmp_path)


def test_a_bomb_is_refused_by_what_it_says_of_itself(tmp_path: Path) -> None:
    path = _packed(tmp_path / "a.zip", {"a.shp": bytes(4 << 20)})
    with pytest.raises(UnreadableInput, match="more than 200 times its size"):
        _taken(path, tmp_path)
    with pytest.raises(UnreadableInput, match=r"more than 1 MB.*Unpack it yourself"):
        extract(path, tmp_path, wanted=lambda name: True, limits=Limits(megabytes=1))


def test_a_bomb_that_lies_about_its_size_is_refused_too(tmp_path: Path) -> None:
    path = _packed(tmp_path / "a.zip", {"a.shp": bytes(4 << 20)})
    truth, lie = (4 << 20).to_bytes(4, "little"), (100).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(truth, lie))
    with pytest.raises(UnreadableInput, match=r"damaged|refused"):
        _taken(path, tmp_path)


def test_too_many_entries_are_refused(tmp_path: Path) -> None:
    path = _packed(tmp_path / "a.zip", {f"{number}.shp": b"x" for number in range(12)})
    with pytest.raises(UnreadableInput, match="holds 12 files; at most 10"):
        _taken(path, tmp_path, Limits(entries=10))


def _truncated(raw: bytes) -> bytes:
    return raw[: len(raw) // 2]


def _corrupted(raw: bytes) -> bytes:
    return raw[:60] + b"\xff" * 20 + raw[80:]


@pytest.mark.parametrize("harm", [_truncated, _corrupted, lambda raw: b"PK\x03\x04 not a zip"])
@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
def test_damaged_archives_are_told_as_such(
    harm: Callable[[bytes], bytes], method: int, tmp_path: Path
) -> None:
    path = _packed(tmp_path / "a.zip", {"a.shp": NOISE * 50}, method)
    path.write_bytes(harm(path.read_bytes()))
    with pytest.raises(UnreadableInput, match=r"a.zip is a damaged archive.*Pack it again"):
        _taken(path, tmp_path)


def test_encrypted_archives_say_what_to_do(tmp_path: Path) -> None:
    raw = bytearray(_packed(tmp_path / "a.zip", {"a.shp": NOISE}).read_bytes())
    raw[6] |= 1
    central = raw.index(b"PK\x01\x02")
    raw[central + 8] |= 1
    (tmp_path / "a.zip").write_bytes(raw)
    with pytest.raises(UnreadableInput, match="without a password"):
        _taken(tmp_path / "a.zip", tmp_path)


def test_an_empty_archive_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="empty archive"):
        _taken(_packed(tmp_path / "a.zip", {}), tmp_path)


def test_a_workbook_that_swells_is_refused(tmp_path: Path) -> None:
    sheet = b"<row/>" * (1 << 20)
    path = _packed(tmp_path / "a.xlsx", {"xl/worksheets/sheet1.xml": sheet})
    with pytest.raises(UnreadableInput, match=r"a.xlsx is refused"):
        check_workbook(path)


def test_an_honest_workbook_passes(tmp_path: Path) -> None:
    book, content = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["code", "name"])
    book.save(content)
    (tmp_path / "a.xlsx").write_bytes(content.getvalue())
    check_workbook(tmp_path / "a.xlsx")
