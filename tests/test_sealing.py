"""Sealed values: who has the key reads them, who has the store does not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from gridmap.sealing import About, Key

KEY = Key("petition/2024-01/1", bytes(range(32)))
ABOUT = About("petition", "N1", "petitioner_phone", "phone")


@given(st.text(min_size=1))
def test_what_was_sealed_opens_to_the_same(value: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError:
        return
    assert KEY.opened(KEY.sealed(value, ABOUT), ABOUT) == value


def test_the_same_value_never_looks_the_same_twice() -> None:
    assert len({KEY.sealed("13800138000", ABOUT) for _ in range(50)}) == 50


@pytest.mark.parametrize("field", ["table", "record", "field", "kind"])
def test_a_value_put_beside_another_record_does_not_open(field: str) -> None:
    assert KEY.opened(KEY.sealed("x", ABOUT), replace(ABOUT, **{field: "other"})) is None


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_changed_value_does_not_open(place: int, change: int) -> None:
    sealed = bytearray(KEY.sealed("13800138000", ABOUT))
    sealed[place % len(sealed)] ^= change
    assert KEY.opened(bytes(sealed), ABOUT) is None


def test_another_key_opens_nothing_and_so_does_a_piece() -> None:
    sealed = KEY.sealed("x", ABOUT)
    assert Key(KEY.ident, bytes(32)).opened(sealed, ABOUT) is None
    assert Key("petition/2024-02/1", KEY.secret).opened(sealed, ABOUT) is None
    assert all(KEY.opened(sealed[:length], ABOUT) is None for length in range(len(sealed)))


def test_the_form_is_the_one_that_is_promised() -> None:
    derived = HKDF(SHA256(), 32, salt=None, info=b"gridmap.seal").derive(KEY.secret)
    sealed = KEY.sealed("某某", ABOUT)
    assert AESGCM(derived).decrypt(sealed[:12], sealed[12:], ABOUT.bound_to(KEY.ident)).decode() == "某某"


def test_a_number_has_one_mark_and_a_name_one_for_each_record() -> None:
    elsewhere = replace(ABOUT, record="N2", field="phone", table="responsibility")
    assert KEY.mark("138 0013 8000", ABOUT) == KEY.mark("+86-13800138000", elsewhere)
    name, other = replace(ABOUT, kind="name"), replace(ABOUT, kind="name", record="N2")
    assert KEY.mark("王明", name) != KEY.mark("王明", other)
    assert KEY.mark("王明", name) == KEY.mark("王明", name)
    assert Key("a/b/1", bytes(32)).mark("13800138000", ABOUT) != KEY.mark("13800138000", ABOUT)
