"""Who brought each petition: made-up numbers, most of them once, a few again and again."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gridmap.demo.noise import generator
from gridmap.demo.petition_times import AS_OF
from gridmap.demo.street import Street
from gridmap.demo.tables import table_of
from gridmap.registers import register_named

#: Share of petitions whose petitioner is known, of those that come from a regular, and petitions per regular.
KNOWN, FROM_REGULARS, EACH = 0.85, 0.09, 9.0
_DAY_S = 86_400


def petitioners_of(street: Street, petitions: pa.Table, *, days: int) -> pa.Table:
    """Return who brought one street's petitions of the last days, by numbers that no telephone has.

    Parameters
    ----------
    street : the street
    petitions : its petitions
    days : how far back petitioners are known, by the day a petition was received
    """
    since = (AS_OF - np.timedelta64(days * _DAY_S, "s")).astype("datetime64[us]")
    mine = petitions.filter(pc.greater_equal(petitions["received_at"], pa.scalar(since)))
    random = generator(street.seed, street.number, "petitioners")
    known = np.flatnonzero(random.random(mine.num_rows) < KNOWN)
    regulars = max(round(len(known) * FROM_REGULARS / EACH), 1)
    regular = random.random(len(known)) < FROM_REGULARS
    who = np.where(regular, random.integers(0, regulars, len(known)), regulars + np.arange(len(known)))
    return table_of(register_named("petitioners"), {
        "petition_no": mine["petition_no"].take(pa.array(known)),
        "petitioner": np.array([f"{street.prefix}-{number:08d}" for number in who.tolist()], dtype=object),
    }, len(known))  # fmt: skip
