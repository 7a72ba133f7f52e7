"""Who gave the command: the terminal of this process, or another one that speaks through the relay.

Commands ask here for what belongs to the caller and not to the process: the folder that relative paths start
from, whether somebody can answer a question, and the store, when the process has it open already.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

import click

from gridmap import settings
from gridmap.store import Database


@dataclass(frozen=True)
class Caller:
    """Hold what is known of a caller elsewhere.

    Parameters
    ----------
    folder : the caller's working folder
    interactive : whether a person sits at the other end
    write : takes a piece of text for the caller's stdout or stderr
    ask : puts a yes-or-no question to the caller
    secret : lets the caller type what nobody else is to see
    account : account whose rights the caller has asked for; empty = those of the owner
    database : the store, open in this process
    """

    folder: Path
    interactive: bool
    write: Callable[[str, str], None]
    ask: Callable[[str], bool]
    secret: Callable[[str], str]
    account: str
    database: Database


_CALLER: ContextVar[Caller | None] = ContextVar("caller", default=None)


def current() -> Caller | None:
    """Return the caller elsewhere for whom this thread works; None when it is this process's own terminal."""
    return _CALLER.get()


@contextmanager
def working_for(caller: Caller) -> Iterator[None]:
    """Let this thread work for a caller elsewhere until the block ends."""
    token = _CALLER.set(caller)
    try:
        yield
    finally:
        _CALLER.reset(token)


def path_of(text: str) -> Path:
    """Return the path that a caller means: relative ones start from the caller's folder."""
    caller = current()
    return caller.folder / text if caller else Path(text)


def is_interactive() -> bool:
    """Return whether somebody can answer a question."""
    caller = current()
    return caller.interactive if caller else sys.stdin.isatty()


def confirm(question: str) -> bool:
    """Ask a yes-or-no question; the answer no is the default."""
    caller = current()
    return caller.ask(question) if caller else click.confirm(question, err=True)


def secret(question: str) -> str:
    """Let somebody type a secret, unseen; without a terminal it is the next line of the input."""
    caller = current()
    return caller.secret(question) if caller else typed_secret(question)


def typed_secret(question: str) -> str:
    """Read a secret at this process's own terminal, or from its input."""
    if sys.stdin.isatty():
        return str(click.prompt(question, hide_input=True, err=True))
    return sys.stdin.readline().rstrip("\r\n")


def account() -> str:
    """Return the account whose rights the caller has asked for; empty for those of the owner."""
    caller = current()
    return caller.account if caller else settings.from_environment().account


class Mouth:
    """Stand in for stdout or stderr: what a thread writes goes to the caller it works for."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._own = getattr(sys, name)

    def write(self, text: str) -> int:
        """Write to the caller elsewhere, or where this process writes itself."""
        caller = current()
        if caller is None:
            return int(self._own.write(text))
        caller.write(self._name, text)
        return len(text)

    def flush(self) -> None:
        """Send on what this process wrote itself."""
        if current() is None:
            self._own.flush()

    def isatty(self) -> bool:
        """Return whether a person reads this."""
        caller = current()
        return caller.interactive if caller else bool(self._own.isatty())

    def __getattr__(self, name: str) -> object:
        if name == "buffer":  # bytes written there would pass the caller by
            raise AttributeError(name)
        return getattr(self._own, name)


@contextmanager
def mouths() -> Iterator[None]:
    """Let every thread's words go to the caller it works for, until the block ends."""
    own = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = Mouth("stdout"), Mouth("stderr")
    try:
        yield
    finally:
        sys.stdout, sys.stderr = own
