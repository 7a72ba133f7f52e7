"""A browser without a screen: one session of the pages, over their own protocol.

It opens the WebSocket of the pages, asks for a page under an address, takes what the server draws until the
page is finished, and fetches what a map or an image would fetch. What a person waits for is measured, drawing
left out. It speaks to this machine only.
"""

from __future__ import annotations

import math
import re
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

_LONGEST_S = 60.0
_SCREEN = "gm_screen=1920x1080x1"
#: What the pages fetch beside the socket: the cells and the ground of maps. Pictures and reports are links.
_FETCHED = re.compile(r"""["'(](/api/(?:cells|base|regions|drafts)[^"'()\\\s{}]+)""")
_TILED = re.compile(r'"(/tiles/[^"]*\{z\}[^"]*)"')
_LAST_ZOOM = re.compile(r'"maxZoom":(\d+)')
_VIEW = re.compile(r'"initialViewState":\{"longitude":([-\d.]+),"latitude":([-\d.]+),"zoom":([\d.]+)')
_KEPT = "immutable"


@dataclass
class Seen:
    """Hold what one page took.

    Parameters
    ----------
    seconds : from asking until the page was finished and what it fetches had come
    queries : seconds of each answer that it fetched
    bytes : what travelled
    fault : what went wrong, empty when nothing did
    """

    seconds: float = 0.0
    queries: list[float] = field(default_factory=list)
    bytes: int = 0
    fault: str = ""


class Browser:
    """Be one session.

    Parameters
    ----------
    port : of a server on this machine
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._pages: dict[str, str] = {}
        self._kept: set[str] = set()
        self._line: ClientConnection | None = None

    def close(self) -> None:
        """Leave the pages."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def look(self, page: str, asked: dict[str, Any]) -> Seen:
        """Open a page under an address, and wait until it is there.

        Parameters
        ----------
        page : its name
        asked : the parameters of the address
        """
        seen, began = Seen(), time.perf_counter()
        try:
            if self._line is None:
                self._get("/", seen)
                self._line = self._opened()
            address = urlencode(asked, doseq=True)
            self._line.send(self._message(page, address))
            wanted = self._drawn(self._line, seen)
            for path in sorted(wanted - self._kept):
                self._fetch(path, seen)
        except (OSError, HTTPException, WebSocketException) as fault:
            seen.fault = f"{type(fault).__name__}: {fault}"[:200]
            self.close()
        seen.seconds = time.perf_counter() - began
        return seen

    def _opened(self) -> ClientConnection:
        return connect(
            f"ws://127.0.0.1:{self._port}/_stcore/stream",
            subprotocols=["streamlit"],  # type: ignore[list-item]
            additional_headers={"Origin": f"http://127.0.0.1:{self._port}", "Cookie": _SCREEN},
            max_size=1 << 28,
            open_timeout=_LONGEST_S,
            ping_interval=None,
        )

    def _message(self, page: str, address: str) -> bytes:
        """Ask for a page: by its number once the server has told the numbers."""
        message = BackMsg()
        asked = message.rerun_script
        asked.query_string = address
        asked.page_script_hash = self._pages.get(page, "")
        asked.page_name = "" if asked.page_script_hash else page
        asked.context_info.url = f"http://127.0.0.1:{self._port}/{page}?{address}"
        asked.context_info.timezone = "Asia/Shanghai"
        asked.context_info.locale = "zh-CN"
        return bytes(message.SerializeToString())

    def _drawn(self, line: ClientConnection, seen: Seen) -> set[str]:
        """Take messages until the page is finished; return what it will fetch."""
        wanted: set[str] = set()
        deadline = time.monotonic() + _LONGEST_S
        while True:
            data = line.recv(timeout=max(0.0, deadline - time.monotonic()))
            raw = data if isinstance(data, bytes) else data.encode()
            seen.bytes += len(raw)
            message = ForwardMsg.FromString(raw)
            kind = message.WhichOneof("type")
            if kind == "navigation":
                self._pages = {
                    entry.url_pathname: entry.page_script_hash for entry in message.navigation.app_pages
                }
            elif kind == "delta":
                wanted |= _fetched(raw)
                if message.delta.new_element.WhichOneof("type") == "exception":
                    seen.fault = f"the page failed: {message.delta.new_element.exception.type}"
            elif kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return wanted

    def _fetch(self, path: str, seen: Seen) -> None:
        began = time.perf_counter()
        headers = self._get(path, seen)
        seen.queries.append(time.perf_counter() - began)
        if _KEPT in headers:
            self._kept.add(path)

    def _get(self, path: str, seen: Seen) -> str:
        """Fetch something; return what its headers say about keeping it."""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=_LONGEST_S)
        try:
            connection.request("GET", path, headers={"Cookie": _SCREEN})
            answer = connection.getresponse()
            seen.bytes += len(answer.read())
            if answer.status != 200:
                seen.fault = f"{answer.status} to {path.partition('?')[0]}"
            return answer.getheader("cache-control") or ""
        finally:
            connection.close()


def _fetched(raw: bytes) -> set[str]:
    """Return the addresses of this server that a message tells the browser to fetch."""
    if b"/api/" not in raw and b"/tiles/" not in raw:
        return set()
    text = raw.decode("utf-8", "replace").replace("\\u0026", "&").replace("&amp;", "&")
    return set(_FETCHED.findall(text)) | _tiles(text)


def _tiles(text: str) -> set[str]:
    """Return the tiles of a map's first view: those around its middle that a wide screen shows."""
    seen = _VIEW.search(text)
    if seen is None:
        return set()
    # Nearer than its last zoom a layer's tiles are enlarged, not asked for.
    nearest = min(map(int, _LAST_ZOOM.findall(text)), default=99)
    lon, lat, zoom = float(seen[1]), math.radians(float(seen[2])), min(int(float(seen[3])), nearest)
    column = (lon + 180) / 360 * 2**zoom
    row = (1 - math.asinh(math.tan(lat)) / math.pi) / 2 * 2**zoom
    corner = {"{z}": zoom, "{x}": int(column), "{y}": int(row)}
    return {_filled(path, {**corner, "{x}": corner["{x}"] + x, "{y}": corner["{y}"] + y})
            for path in _TILED.findall(text) for x in (-1, 0, 1) for y in (-1, 0, 1)}  # fmt: skip


def _filled(path: str, numbers: dict[str, int]) -> str:
    for hole, number in numbers.items():
        path = path.replace(hole, str(number))
    return path
