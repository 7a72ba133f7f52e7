"""Let the command line work while the dashboards have the store open.

DuckDB lets one process open a store. The process that serves the dashboards listens on a socket in the
store's folder; a command that finds the store in use hands its words over, the server runs it in a thread of
its own on the open store, and what it writes comes back as it is written. Only the user the server runs as
may speak (the socket belongs to that user alone, and the system names who is calling).

One JSON object a line. From the command: {"words", "folder", "interactive", "user", "account"}, then
{"answer"} for each question. From the server: {"stdout"}, {"stderr"}, {"question"}, {"secret"}, and last
{"exit"}.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import sys
import tempfile
import threading
import traceback
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, cast

import click
from tqdm import tqdm

from gridmap import settings
from gridmap.cli import caller
from gridmap.errors import StoreError
from gridmap.store import shared_store

SOCKET = "owner.sock"
#: The longest path that a socket may have on every system.
_LONGEST_PATH = 100
_PEER = struct.Struct("3i")


def is_listened_to(folder: Path) -> bool:
    """Return whether a server has the store of this folder open and takes commands."""
    try:
        _connected(folder).close()
    except OSError:
        return False
    return True


def hand_over(folder: Path, words: Sequence[str]) -> int:
    """Let the server run a command, write what it writes, answer what it asks; return its exit code.

    Raises
    ------
    StoreError : when the server went away before the command was done
    """
    try:
        with _connected(folder) as line, _wire(line) as wire:
            _send(wire, {"words": list(words), "folder": str(Path.cwd()),
                         "interactive": sys.stdin.isatty() and sys.stderr.isatty(),
                         "user": settings.from_environment().user,
                         "account": settings.from_environment().account})  # fmt: skip
            return _listened(wire)
    except OSError as fault:
        raise StoreError(f"The running gridmap stopped answering ({fault}). {_ASK_AGAIN}") from fault


@contextmanager
def listening(folder: Path, commands: click.Command) -> Iterator[None]:
    """Take commands for the store of this folder until the block ends; without sockets, take none.

    Parameters
    ----------
    folder : folder of the store, which `shared_store` opens in this process
    commands : the command line as a whole
    """
    with ExitStack() as stack:
        if hasattr(socket, "AF_UNIX"):
            door = stack.enter_context(_door(folder))
            stack.enter_context(caller.mouths())
            # Its thread would write for one caller what belongs to another.
            tqdm.monitor_interval = 0
            threading.Thread(target=_answer_all, args=(door, folder, commands), daemon=True).start()
        yield


# -- the command's side -------------------------------------------------------------------------------

_ASK_AGAIN = "Give the command again: what was done already is not done twice."


def _connected(folder: Path) -> socket.socket:
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        line.connect(str(_address(folder)))
    except OSError:
        line.close()
        raise
    return line


def _listened(wire: BinaryIO) -> int:
    for text in wire:
        said = json.loads(text)
        if "exit" in said:
            return int(said["exit"])
        if "question" in said:
            _send(wire, {"answer": click.confirm(said["question"], err=True)})
        if "secret" in said:
            _send(wire, {"answer": caller.typed_secret(said["secret"])})
        for name in ("stdout", "stderr"):
            if name in said:
                getattr(sys, name).write(said[name])
                getattr(sys, name).flush()
    raise StoreError(f"The running gridmap stopped before the command was done. {_ASK_AGAIN}")


# -- the server's side --------------------------------------------------------------------------------


@contextmanager
def _door(folder: Path) -> Iterator[socket.socket]:
    """Give a listening socket that nobody but this user can open, and take it away in the end."""
    address = _address(folder)
    address.unlink(missing_ok=True)
    door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o077)
    try:
        door.bind(str(address))
    finally:
        os.umask(before)
    door.listen(16)
    try:
        yield door
    finally:
        with suppress(OSError):
            door.shutdown(socket.SHUT_RDWR)  # closing alone would not wake who waits for a caller
        door.close()
        address.unlink(missing_ok=True)


def _address(folder: Path) -> Path:
    """Return where the socket is: in the store's folder, or among this user's own when that is too long."""
    inside = folder.resolve() / SOCKET
    if len(str(inside).encode()) <= _LONGEST_PATH:
        return inside
    own = Path(tempfile.gettempdir()) / f"gridmap-{os.getuid()}"
    own.mkdir(mode=0o700, exist_ok=True)
    return own / f"{sha256(str(inside).encode()).hexdigest()[:20]}.sock"


def _answer_all(door: socket.socket, folder: Path, commands: click.Command) -> None:
    while True:
        try:
            line, _ = door.accept()
        except OSError:
            return  # the door was closed: the server stops
        threading.Thread(target=_answer, args=(line, folder, commands), daemon=True).start()


def _answer(line: socket.socket, folder: Path, commands: click.Command) -> None:
    """Run one command; when its caller hangs up it is done to the end, and given again it counts once."""
    with suppress(OSError, ValueError), line, _wire(line) as wire:
        text = wire.readline()
        if not text or not _is_this_user(line):
            return
        _send(wire, {"exit": _run(json.loads(text), wire, folder, commands)})


def _is_this_user(line: socket.socket) -> bool:
    if not hasattr(socket, "SO_PEERCRED"):
        return True  # the socket's own rights are all that such a system has
    _, user, _ = _PEER.unpack(line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size))
    return bool(user == os.getuid())


def _run(asked: dict[str, Any], wire: BinaryIO, folder: Path, commands: click.Command) -> int:
    who = caller.Caller(
        folder=Path(asked["folder"]), interactive=bool(asked["interactive"]), database=shared_store(folder),
        write=lambda name, text: _told(wire, {name: text}),
        ask=lambda question: bool(_asked(wire, "question", question)),
        secret=lambda question: str(_asked(wire, "secret", question)), account=str(asked.get("account", "")),
    )  # fmt: skip
    with caller.working_for(who), settings.acting_as(str(asked["user"])):
        return _exit_code(commands, asked["words"])


def _told(wire: BinaryIO, said: dict[str, Any]) -> None:
    """Tell the caller, if he is still there: a fault here would leave the lock of a progress bar taken."""
    with suppress(OSError, ValueError):
        _send(wire, said)


def _asked(wire: BinaryIO, kind: str, question: str) -> object:
    """Put a question to the caller; who is gone has said nothing, and not yes."""
    _told(wire, {kind: question})
    answer = wire.readline()
    return json.loads(answer)["answer"] if answer else ""


def _exit_code(commands: click.Command, words: Sequence[str]) -> int:
    """Run the words as the command line would, and return the exit code they would end with."""
    code: object = 0
    try:
        commands.main(args=list(words), prog_name="gridmap")
    except SystemExit as ended:
        code = ended.code
    except Exception:
        traceback.print_exc()  # as a command alone would: the caller sees it
        code = 1
    return code if isinstance(code, int) else int(code is not None)


def _wire(line: socket.socket) -> BinaryIO:
    return cast(BinaryIO, line.makefile("rwb"))


def _send(wire: BinaryIO, said: dict[str, Any]) -> None:
    wire.write(json.dumps(said, ensure_ascii=False).encode() + b"\n")
    wire.flush()
