"""The page of the log: for those with the right, filtered, verified, taken away."""

from pathlib import Path

import pytest

from gridmap.access import OWNER, Scope, acting, audit
from gridmap.store import Database, shared_store
from gridmap.ui import exports, log_card, who
from gridmap.ui.shell import PAGES
from gridmap.ui.words import say
from tests.test_pages import html_of, page

pytestmark = pytest.mark.usefixtures("on_the_city")
LEADER = Scope("leader_li", "leader", None)


@pytest.fixture
def db(city: Path) -> Database:
    store = shared_store(city)
    audit.note(store, LEADER, "sign_in", detail={"address": "10.0.0.9"})
    audit.note(store, Scope("officer_wu", "data_officer", None), "export", object_="<b>list.csv", rows=12)
    audit.note(store, OWNER, "command.load petitions", detail={"file": "july.csv", "commit": "False"})
    return store


def test_the_log_says_who_did_what_and_when_the_newest_first(db: Database) -> None:
    body = html_of(page("audit"))
    assert body.index("officer_wu") < body.index("leader_li")
    assert all(word in body for word in (say("did_export", "zh"), "数据专员", "10.0.0.9", "12"))
    assert "<b>list.csv" not in body
    assert say("did_command", "zh", what="load petitions") in body


def test_the_log_is_filtered_by_person_and_action(db: Database) -> None:
    app = page("audit", lang="en")
    app.selectbox(key="gm_log_person").select("leader_li").run()
    assert "officer_wu" not in html_of(app)
    app.multiselect(key="gm_log_actions").select("export").run()
    assert not app.exception
    assert say("no_log", "en") in html_of(app)


def test_a_button_says_in_words_whether_the_log_stands(db: Database) -> None:
    app = page("audit")
    app.button(key="gm_verify_log").click().run()
    assert [told.value for told in app.success] == [say("log_whole", "zh", n=len(audit.listed(db)))]
    with db._cursor() as cursor:
        cursor.execute("update audit_entry set account = 'innocent' where seq = 2")
    app.button(key="gm_verify_log").click().run()
    assert not app.success
    assert "#2" in app.error[0].value
    with db._cursor() as cursor:
        cursor.execute("update audit_entry set account = 'officer_wu' where seq = 2")


def test_the_log_is_taken_away_as_it_is_shown(db: Database) -> None:
    rows = log_card._rows(audit.listed(db), "en")
    file = exports.csv(rows).decode("utf-8-sig").splitlines()
    assert file[0] == "When,Who,Role,Action,To what,More,Rows"
    assert len(file) == len(rows) + 1


@pytest.mark.parametrize(("role", "regions", "opens"), [
    ("administrator", None, True), ("administrator", (1,), False), ("data_officer", None, False),
    ("planner", None, False), ("leader", None, False),
])  # fmt: skip
def test_the_page_is_for_those_with_the_right_over_the_whole_store(
    role: str, regions: tuple[int, ...] | None, opens: bool
) -> None:
    with acting(Scope("someone", role, regions)):
        assert ("audit" in who.pages(PAGES)) == opens


def test_a_stranger_who_failed_to_sign_in_is_nobody_known_and_not_the_machine() -> None:
    told = {action: log_card._person("", "en", action=action) for action in ("sign_in_failed", "log_cut")}
    assert told == {"sign_in_failed": "Nobody known", "log_cut": "Owner of the machine"}
    assert log_card._person("wu", "en", action="sign_in_failed") == "wu"
