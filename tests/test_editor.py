"""What travels between the boundary editor and the browser, and what the editor answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from gridmap.access import audit
from gridmap.editing.session import Drafting
from gridmap.periods import Period
from gridmap.planning import LOADS
from gridmap.store import shared_store
from gridmap.ui import editor, open_drafts, traffic
from gridmap.ui.open_drafts import OpenDraft, opened
from gridmap.ui.words import WORDS
from gridmap.ui.words_desk import EDITOR
from tests.screens_city import CODES
from tests.toy import at

pytestmark = pytest.mark.usefixtures("on_the_city")
ONE, TWO, FOUR = (CODES[letter] for letter in "124")
SOURCE = Path(editor.__file__).parent.parent
NAMES = iter(range(1000))


@pytest.fixture
def draft(city: Path) -> Iterator[OpenDraft]:
    name = f"draft {next(NAMES)}"
    Drafting.begin(shared_store(city), name, author="Li")
    yield opened(name)
    open_drafts._OPEN.clear()


def ask(
    draft: OpenDraft, author: str = "Li", revision: int | None = None, **operation: Any
) -> dict[str, Any]:
    asked = {"id": "1", "revision": draft.revision if revision is None else revision, "op": operation}
    return editor.answer(draft, asked, author=author, period=Period(), lang="zh")


def unpacked(rings: list[list[int]], origin: traffic.Origin) -> shapely.Polygon:
    """Build the polygon again that has travelled."""
    shell, *holes = [np.cumsum(np.reshape(ring, (-1, 2)), axis=0) + origin for ring in rings]
    return shapely.Polygon(shell, holes)


def test_every_cell_arrives_as_it_is(draft: OpenDraft) -> None:
    told = editor.whole_map(draft, period=Period(), lang="zh")
    assert set(told["cells"]) == set(draft.coverage.codes)
    for code, rings in told["cells"].items():
        assert unpacked(rings, told["origin"]).equals_exact(draft.coverage.land(code), 0)


def test_only_the_cells_that_changed_travel_back(draft: OpenDraft) -> None:
    (x, y), (to_x, to_y) = at(3, 3), at(3.2, 3.2)
    told = ask(draft, op="move_vertex", at=[x, y], to=[to_x, to_y])
    assert told["refused"] is None
    assert set(told["cells"]) == set(draft.drafting.done[-1].touched)
    assert set(told["loads"]) == set(told["cells"])
    assert (told["since"], told["revision"], told["undo"]) == (0, 1, True)


def test_what_ended_travels_as_nothing(draft: OpenDraft) -> None:
    told = ask(draft, op="merge", codes=[ONE, TWO], into=ONE)
    assert told["cells"][TWO] is None
    assert told["regions"][TWO] is None


def test_loads_after_an_edit_are_those_of_a_fresh_count(draft: OpenDraft) -> None:
    told = ask(draft, op="merge", codes=[ONE, TWO], into=ONE)
    fresh = OpenDraft(Drafting.open(draft.drafting.db, draft.drafting.draft.name)).loads(Period())[1]
    assert told["loads"][ONE] == pytest.approx(fresh.loads.loc[ONE, list(traffic.LOADS)].to_list())
    assert set(traffic.LOADS) <= set(LOADS)


def test_a_refusal_says_why_and_where_in_the_language_of_the_screen(draft: OpenDraft) -> None:
    told = ask(draft, op="move_vertex", at=list(at(6, 0)), to=list(at(6.2, 0.2)))
    assert told["refused"]["reason"] == "outline"
    assert told["refused"]["at"] is not None
    assert told["refused"]["text"] == WORDS["refused_outline"][0]
    assert told["cells"] == {}


def test_an_edit_drawn_on_an_older_state_is_refused_and_shows_the_new_one(draft: OpenDraft) -> None:
    ask(draft, "Wang", op="rename", code=ONE, name="新名")
    told = ask(draft, revision=0, op="rename", code=TWO, name="乙")
    assert told["refused"]["reason"] == "stale_base"
    assert told["regions"][ONE][0] == "新名"
    assert told["revision"] == 1


def test_news_says_who_did_it(draft: OpenDraft) -> None:
    assert editor.news(draft, 0, period=Period()) == {"revision": 0}
    ask(draft, "Wang", op="rename", code=ONE, name="新名")
    told = editor.news(draft, 0, period=Period())
    assert (told["by"], set(told["regions"])) == (["Wang"], {ONE})


def test_a_browser_with_a_state_that_is_forgotten_is_told_to_ask_for_the_whole(draft: OpenDraft) -> None:
    assert editor.changed(draft, 99, period=Period())["whole"] is True


def test_undo_gives_back_the_very_cells(draft: OpenDraft) -> None:
    before = editor.whole_map(draft, period=Period(), lang="zh")["cells"]
    ask(draft, op="split", code=FOUR, line=[list(at(2.9, 1.5)), list(at(6.1, 1.5))])
    told = ask(draft, op="undo")
    assert {code: rings for code, rings in told["cells"].items() if rings} == {
        code: before[code] for code, rings in told["cells"].items() if rings
    }


def test_unlocking_is_recorded_and_told(draft: OpenDraft) -> None:
    assert ask(draft, op="unlock", levels=["community"])["unlocked"] == ["community"]


def test_every_reason_of_the_engine_has_words() -> None:
    sources = "".join(path.read_text() for path in (SOURCE / "edits").glob("*.py"))
    reasons = set(re.findall(r'(?:refusal|EditRefused)\(\s*(?:coverage,\s*)?"([a-z_]+)"', sources))
    assert len(reasons) > 25
    assert {f"refused_{reason}" for reason in reasons} - set(WORDS) == set()


def test_every_word_the_browser_says_has_travelled() -> None:
    scripts = "".join(path.read_text() for path in editor.SCRIPTS.glob("*.js"))
    said = set(re.findall(r'\bsay\("([a-z_]+)"', scripts))
    assert said - {name.removeprefix("ed_") for name in EDITOR} == set()


def test_what_is_done_at_the_desk_is_logged_by_whom_and_where(draft: OpenDraft) -> None:
    name = draft.drafting.draft.name
    ask(draft, op="merge", codes=[ONE, TWO], into=ONE)
    done = draft.drafting.done
    draft.rebase(author="Li", skip=False)
    rows = audit.listed(draft.drafting.db)
    own = rows[rows["object"] == name]
    assert own["action"].tolist() == ["draft.rebase", *["draft.edit"] * len(done)]
    assert set(own["role"]) == {"demo"}
    assert audit.verify(draft.drafting.db) == []
