"""Inside the child process: who somebody is becomes a keyed hash before anything else sees it.

The same person has the same hash, so that repeat petitioners can be counted without being named. The key is a
setting and never in the store: without it nobody can try out telephone numbers.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Collection

import pyarrow as pa

from gridmap.sources.values import as_text

#: Left out before hashing: 138 0013 8000 and 138-0013-8000 are one number.
_NOISE = re.compile(r"[\s\-()（）]+")
_LENGTH = 24


def disguised(table: pa.Table, columns: Collection[str], *, key: str) -> pa.Table:
    """Return a table in which some columns hold keyed hashes in place of what they held.

    >>> table = disguised(pa.table({"phone": ["138 0013 8000", "13800138000", None]}), ["phone"], key="k")
    >>> first, second, none = table["phone"].to_pylist()
    >>> first == second, len(first), none
    (True, 24, None)
    """
    for name in columns:
        at = table.schema.get_field_index(name)
        hashed = [_hash(text, key) for text in as_text(table[name]).to_pylist()]
        table = table.set_column(at, name, pa.array(hashed, pa.string()))
    return table


def _hash(text: str | None, key: str) -> str | None:
    bare = _NOISE.sub("", text or "").lower()
    return hmac.new(key.encode(), bare.encode(), "sha256").hexdigest()[:_LENGTH] if bare else None
