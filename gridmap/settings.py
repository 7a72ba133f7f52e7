"""Settings: one frozen object, read from the environment here and nowhere else."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from gridmap.errors import UsageError

PREFIX = "GRIDMAP_"
_USER: ContextVar[str] = ContextVar("user", default="")


def _setting(default: object, help_text: str) -> Any:
    return field(default=default, metadata={"help": help_text})


#: The names of this machine that no other machine can be reached by.
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True)
class Settings:
    """Hold everything that can be set from outside; each has a default and a sentence of help.

    The environment variable of a setting is its name in capitals behind GRIDMAP_, such as
    GRIDMAP_STORE.
    """

    store: Path = _setting(Path("gridmap-store"), "folder of the store")
    crs: str = _setting("EPSG:4547", "metric CRS of a new store; an existing store keeps its own")
    language: str = _setting("zh", "language of the screens at first sight: zh or en")
    port: int = _setting(8501, "port of the dashboards")
    address: str = _setting("127.0.0.1", "address the dashboards listen on")
    threads: int = _setting(0, "threads for the database; 0 = all cores")
    memory_limit: str = _setting("2GB", "memory the database may use before it spills to disk")
    child_memory_mb: int = _setting(4096, "memory for the process that reads a file")
    child_seconds: int = _setting(3600, "time for the process that reads a file")
    min_cell_m2: float = _setting(1.0, "land smaller than this is joined to the neighbour it touches most")
    snap_m: float = _setting(1.0, "repair: vertices of neighbours closer than this become one")
    gap_width_m: float = _setting(10.0, "repair: gaps narrower than this are closed")
    band_low: int = _setting(300, "fewest households a grid should have")
    band_high: int = _setting(500, "most households a grid should have")
    min_rank_n: int = _setting(5, "fewest cases for a cell to appear in a ranking of rates")
    small_cells: int = _setting(
        5, "fewest cases shown to readers who may not see small cells; fewer are withheld"
    )
    office_hours: str = _setting("09:00-12:00,14:00-18:00", "hours of a working day, for time limits")
    hash_key: str = _setting("", "secret of this office, to tell repeat petitioners without naming them")
    extensions: str = _setting(
        "", "folders with registers and measures of your own, laid out as queries/ is; separated by colons"
    )
    snapshot_seconds: int = _setting(
        0, "how often the server makes a snapshot for further viewers, if something has changed; 0 = never"
    )
    reserve_mb: int = _setting(200, "room on the disk of the store that an import leaves free")
    board_link: str = _setting(
        "", "what the QR code of a notice board leads to; {code} in it becomes the code of the block"
    )
    sign_in: str = _setting(
        "accounts", "who lets people in: accounts (of the store), proxy, oidc, or open (all on this machine)"
    )
    account: str = _setting("", "account whose rights the command line has; empty = those of the owner")
    keys: Path = _setting(
        Path("~/.config/gridmap"),
        "folder of the secret keys and of the anchor of the log; never in the store",
    )
    personal_months: int = _setting(
        36, "whole months for which names, telephones, addresses and texts are kept"
    )
    oidc: Path = _setting(
        Path("/etc/gridmap/oidc.toml"), "file that says which identity provider signs people in, and how"
    )
    trusted_proxies: str = _setting("", "addresses of reverse proxies that are believed, comma between them")
    proxy_header: str = _setting("X-Remote-User", "header in which a trusted proxy names who has signed in")
    hosts: str = _setting("", "names the server answers to, comma between them; empty = any")
    log_level: str = _setting("info", "least the server writes into its log: debug, info, warning, error")
    upload_mb: int = _setting(50, "largest file a browser may send, in megabytes")
    wait_seconds: int = _setting(30, "how long a command waits for an import that has the store open")
    user: str = _setting("", "name written beside imports and boundary changes; empty = the login name")

    @property
    def author(self) -> str:
        """Return the name to record beside a change."""
        return self.user or getpass.getuser()


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from environment variables.

    Parameters
    ----------
    environment : variables to read; the process's own when omitted

    Raises
    ------
    UsageError : when a value does not fit its setting, or a GRIDMAP_ variable names no setting

    >>> from_environment({"GRIDMAP_PORT": "9000"}).port
    9000
    """
    variables = os.environ if environment is None else environment
    given = frozenset((name, variables[name]) for name in variables if name.startswith(PREFIX))
    found = _read(given)
    return replace(found, user=_USER.get()) if environment is None and _USER.get() else found


@lru_cache(maxsize=8)
def _read(given: frozenset[tuple[str, str]]) -> Settings:
    variables = dict(given)
    known = {PREFIX + entry.name.upper(): entry for entry in fields(Settings)}
    unknown = sorted(name for name in variables if name not in known)
    if unknown:
        raise UsageError(f"No setting is called {', '.join(unknown)}. Settings: {', '.join(known)}.")
    values = {known[name].name: _parse(name, known[name].default, variables[name])
              for name in known if name in variables}  # fmt: skip
    return Settings(**values)


@contextmanager
def acting_as(user: str) -> Iterator[None]:
    """Let this thread record a caller's name beside what it changes; an empty one leaves it as it is."""
    token = _USER.set(user)
    try:
        yield
    finally:
        _USER.reset(token)


def _parse(name: str, default: object, text: str) -> Any:
    kind = type(default) if isinstance(default, int | float | str) else Path
    try:
        return kind(text)
    except ValueError as fault:
        raise UsageError(f"{name}={text!r} is not a {kind.__name__}.") from fault
