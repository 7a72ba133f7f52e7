"""Processes that are copies of this one: quick to start, and free to die.

This process must never open a store itself: a copy would share its locks and lack its threads.
"""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Callable
from typing import NoReturn

Say = Callable[[str], None]

#: A process that says nothing for so long is stuck.
STUCK_S = 120.0


def forked(work: Callable[[Say], None]) -> tuple[int, int]:
    """Run something in a process of its own; return its number and the end of the pipe it speaks into."""
    heard, spoken = os.pipe()
    child = os.fork()
    if child:
        os.close(spoken)
        return child, heard
    os.close(heard)
    return _be_the_child(work, spoken)


def listened(heard: int, child: int, *, until: str = "") -> str:
    """Return what a process says, up to a word or to its end; one that is stuck is killed, and it is said."""
    said = ""
    while not (until and said.endswith(until)):
        ready, _, _ = select.select([heard], [], [], STUCK_S)
        if not ready:
            os.kill(child, signal.SIGKILL)
            return f"{said}stuck for {STUCK_S:.0f} s\n"
        text = os.read(heard, 1 << 16)
        if not text:
            break
        said += text.decode()
    return said


def said_by(work: Callable[[Say], None]) -> list[str]:
    """Do something in a process of its own, and return the lines it said."""
    child, heard = forked(work)
    said = listened(heard, child)
    ended(heard, child)
    return [line for line in said.splitlines() if line]


def ended(heard: int, child: int) -> None:
    """Wait until a process is gone, and close the pipe it spoke into."""
    os.waitpid(child, 0)
    os.close(heard)


def in_own_process(work: Callable[[], None]) -> None:
    """Do something in a process of its own.

    Raises
    ------
    RuntimeError : when it failed
    """
    said = said_by(lambda _say: work())
    if said:
        raise RuntimeError(" ".join(said))


def _be_the_child(work: Callable[[Say], None], spoken: int) -> NoReturn:
    """Work and end, without going back into what the parent was doing."""

    def say(text: str) -> None:
        os.write(spoken, text.encode())

    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # its bars of progress are nobody's
    try:
        work(say)
    except BaseException as fault:
        say(f"{type(fault).__name__}: {' '.join(str(fault).split())}\n")
    os._exit(0)
