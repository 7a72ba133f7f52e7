"""Seal single values so that only who has the key can read them, and mark them so that equals are found.

A value is sealed with AES-256-GCM (NIST SP 800-38D) under a random nonce of its own. What it belongs to
(table, record, field, key) is authenticated with it: a sealed value that is put beside another record does
not open. From the key of a period two keys are derived by HKDF (RFC 5869), one that seals and one that marks.
A mark is an HMAC (RFC 2104): of a telephone or identity number it is the same wherever the number stands, so
that it can be looked for; of everything else it holds for one record only, so that equal names do not show.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
_NONCE_BYTES = 12
_MARK_LETTERS = 32
#: Kinds of values that are looked for by themselves.
SOUGHT = frozenset({"phone", "id"})
#: Left out of a number before it is marked: 138 0013 8000 and 138-0013-8000 are one.
_NOISE = re.compile(r"[\s\-()（）+.·]+")
_CHINA = re.compile(r"^(?:0086|86)(?=1\d{10}$)")


@dataclass(frozen=True)
class About:
    """Say what a value belongs to.

    Parameters
    ----------
    table : table of the register
    record : key of the record
    field : name of the field
    kind : name, phone, id, address or text
    """

    table: str
    record: str
    field: str
    kind: str

    def bound_to(self, key_id: str) -> bytes:
        """Return what is authenticated with the value."""
        return "\x1f".join((self.table, self.record, self.field, self.kind, key_id)).encode()


@dataclass(frozen=True)
class Key:
    """Hold the key of one period of one register.

    Parameters
    ----------
    ident : what the key is called beside the values it sealed
    secret : 32 random bytes
    """

    ident: str
    secret: bytes

    @cached_property
    def _cipher(self) -> AESGCM:
        return AESGCM(self._derived(b"seal"))

    @cached_property
    def _marking(self) -> bytes:
        return self._derived(b"mark")

    def sealed(self, value: str, about: About) -> bytes:
        """Return a value sealed: nonce, ciphertext and tag."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, value.encode(), about.bound_to(self.ident))

    def opened(self, sealed: bytes, about: About) -> str | None:
        """Return a sealed value; None when it was changed, or sealed for something else.

        >>> key, about = Key("t/2024-01/1", bytes(32)), About("petition", "N1", "petitioner_name", "name")
        >>> key.opened(key.sealed("某某", about), about)
        '某某'
        >>> key.opened(key.sealed("某某", about), About("petition", "N2", "petitioner_name", "name"))
        """
        nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, rest, about.bound_to(self.ident)).decode()
        except (InvalidTag, ValueError):
            return None

    def mark(self, value: str, about: About) -> str:
        """Return the mark of a value, by which it is compared and, if it is a number, looked for."""
        alone = about.kind in SOUGHT
        parts = (about.kind, plain_number(value)) if alone else (about.record, about.field, value)
        said = "\x1f".join(parts).encode()
        return hmac.new(self._marking, said, hashlib.sha256).hexdigest()[:_MARK_LETTERS]

    def _derived(self, use: bytes) -> bytes:
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"gridmap." + use).derive(self.secret)


def plain_number(text: str) -> str:
    """Return a telephone or identity number in the one form it is looked for in.

    >>> [plain_number(text) for text in ("138 0013 8000", "+86-13800138000", "１３８", "44030x")]
    ['13800138000', '13800138000', '138', '44030X']
    """
    return _CHINA.sub("", _NOISE.sub("", unicodedata.normalize("NFKC", text))).upper()
