"""Sessions end, locks hold, and signing in tells a stranger nothing."""

from __future__ import annotations

import pytest

from gridmap.access import Scope, passwords
from gridmap.access.sessions import RIGHTS_FRESH_S, SessionTable
from gridmap.access.signing_in import Lockout, sign_in
from gridmap.errors import Denied, UsageError
from gridmap.store import Database

SCOPES = (Scope("zhang", "grid_manager", (1,)), Scope("zhang", "viewer", None))


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def table(clock: Clock) -> SessionTable:
    return SessionTable(clock=clock)


def scopes_of(_user: str) -> tuple[Scope, ...]:
    return SCOPES


def test_an_unused_session_ends_after_half_an_hour(table: SessionTable, clock: Clock) -> None:
    token, _ = table.begin("zhang", SCOPES)
    clock.now += 29 * 60
    assert table.found(token, scopes_of) is not None
    clock.now += 30 * 60
    assert table.found(token, scopes_of) is None


def test_a_session_in_use_ends_after_eight_hours(table: SessionTable, clock: Clock) -> None:
    token, _ = table.begin("zhang", SCOPES)
    for _ in range(31):
        clock.now += 15 * 60
        assert table.found(token, scopes_of) is not None
    clock.now += 15 * 60
    assert table.found(token, scopes_of) is None
    assert table.count() == 0


def test_a_session_ends_when_its_account_loses_its_rights(table: SessionTable, clock: Clock) -> None:
    token, _ = table.begin("zhang", SCOPES)
    clock.now += RIGHTS_FRESH_S
    assert table.found(token, lambda _user: ()) is None
    assert table.count() == 0


def test_a_role_taken_away_is_gone_from_a_session(table: SessionTable, clock: Clock) -> None:
    token, _ = table.begin("zhang", SCOPES)
    clock.now += RIGHTS_FRESH_S
    session = table.found(token, lambda _user: SCOPES[1:])
    assert session is not None
    assert session.scope.role == "viewer"


def test_the_name_inside_the_server_is_not_the_token(table: SessionTable) -> None:
    token, session = table.begin("zhang", SCOPES)
    assert table.known(session.ident, scopes_of) is not None
    assert table.known(token, scopes_of) is None
    assert table.found(session.ident, scopes_of) is None
    assert table.known("", scopes_of) is None


def test_all_sessions_of_an_account_end_together(table: SessionTable) -> None:
    tokens = [table.begin("zhang", SCOPES)[0] for _ in range(3)]
    other, _ = table.begin("li", SCOPES)
    assert table.end_all("zhang") == 3
    assert [table.found(token, scopes_of) for token in tokens] == [None, None, None]
    assert table.found(other, scopes_of) is not None


def test_five_failures_lock_an_account_for_a_quarter_of_an_hour(clock: Clock) -> None:
    lockout = Lockout(clock=clock)
    for _ in range(5):
        assert not lockout.is_locked("Zhang", "10.0.0.1")
        lockout.failed("zhang", "10.0.0.1")
    assert lockout.is_locked("ZHANG", "10.0.0.2")
    assert not lockout.is_locked("li", "10.0.0.1")
    clock.now += 15 * 60
    assert not lockout.is_locked("zhang", "10.0.0.2")


def test_an_address_that_tries_many_accounts_is_locked(clock: Clock) -> None:
    lockout = Lockout(clock=clock)
    for number in range(30):
        lockout.failed(f"name{number}", "10.0.0.1")
    assert lockout.is_locked("another", "10.0.0.1")
    assert not lockout.is_locked("another", "10.0.0.2")
    clock.now += 15 * 60
    lockout.failed("name0", "10.0.0.2")
    assert len(lockout._failures) == 2, "what nobody tries again is forgotten"


def test_an_unknown_account_takes_the_same_work(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(passwords, "fits", lambda given, known: asked.append((given, known)))
    with pytest.raises(Denied):
        sign_in(empty, "nobody", "a password of some length", address="10.0.0.1", lockout=Lockout())
    assert asked == [("a password of some length", None)]


def test_no_password_fits_where_there_is_no_hash() -> None:
    assert not passwords.fits("of nobody", None)


@pytest.mark.parametrize("given", ["short", "aaaaaaaaaaaaaaaa", "zhang is my name", "my password is here"])
def test_an_easy_password_is_refused(given: str) -> None:
    with pytest.raises(UsageError):
        passwords.hashed(given, account="zhang")
