"""What blocks write on their notice boards, and of which type communities are, as a street would bring it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from gridmap.demo.facts import facts
from gridmap.demo.noise import generator
from gridmap.demo.street import Street
from gridmap.demo.tables import table_of
from gridmap.registers import register_named


def board_texts_table(street: Street) -> pa.Table:
    """Return the goals, duties and contacts on the boards of one street's blocks; the goals vary."""
    known = facts("boards")
    random = generator(street.seed, street.number, "boards")
    rows = []
    for block in street.grids.today("block").values():
        chosen = np.sort(random.permutation(len(known["goals"]))[: known["goals_of_a_block"]])
        texts = [("goals", known["goals"][at]) for at in chosen]
        texts += [(section, pair) for section in ("duties", "contact") for pair in known[section]]
        rows += [(f"{block.code}-{at:02d}", section, *pair, block.code)
                 for at, (section, pair) in enumerate(texts, start=1)]  # fmt: skip
    names = ("line_no", "section", "text", "text_en", "region_code")
    columns = {name: [row[at] for row in rows] for at, name in enumerate(names)}
    return table_of(register_named("board_texts"), columns, len(rows))


def community_types_table(street: Street) -> pa.Table:
    """Return the type of each of one street's communities, in the shares of Shenzhen's outer districts."""
    shares = facts("boards")["community_types"]
    codes = [community.code for community in street.grids.communities]
    random = generator(street.seed, street.number, "types")
    weight = np.array(list(shares.values()), dtype=float)
    types = random.choice(np.array(list(shares), dtype=object), len(codes), p=weight / weight.sum())
    columns = {"code": codes, "type": types, "region_code": codes}
    return table_of(register_named("community_types"), columns, len(codes))
