"""The code of the pages, packed: ten megabytes of text travel as three, from memory, and are kept for good.

The framework sends its code as it lies on the disk, so that a proxy may pack it. Here most installations have
none, and a ward reads its first page over whatever line it has. A file is packed once, when it is first asked
for. Letters are packed already: of them the browser is only told that it may keep them.
"""

from __future__ import annotations

import gzip
from functools import cache, lru_cache
from mimetypes import guess_type
from pathlib import Path

import anyio.to_thread
import streamlit
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Send
from starlette.types import Scope as Asgi

_FRAMEWORK = Path(streamlit.__file__).parent / "static" / "static"
_BELOW = "/static/"
_PACKED = (".js", ".css", ".svg", ".json")
_LETTERS = (".woff2",)
#: Addresses carry a hash of what they lead to.
_FOR_GOOD = "public, max-age=31536000, immutable"
_A_MONTH = "public, max-age=2592000"


class Packed:
    """Answer for the framework's code; hand everything else on.

    Parameters
    ----------
    app : what answers everything else
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Asgi, receive: Receive, send: Send) -> None:
        """Answer one request, or hand it on."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self.app(scope, receive, send)
        elif scope["path"].endswith(_LETTERS) and scope["path"].startswith("/assets/"):
            await self.app(scope, receive, _kept(send))
        elif scope["path"] in _files() and takes_packed(Headers(scope=scope)):
            body = await anyio.to_thread.run_sync(packed, scope["path"])
            await _answer(scope["path"], body)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def takes_packed(headers: Headers) -> bool:
    """Return whether whoever asks can read what is packed, and asks for the whole of it."""
    names = {part.partition(";")[0].strip() for part in headers.get("accept-encoding", "").split(",")}
    return "gzip" in names and "range" not in headers


@lru_cache(maxsize=1000)
def packed(path: str) -> bytes:
    """Return a file of the framework, packed.

    Parameters
    ----------
    path : address of the file
    """
    return gzip.compress(_files()[path].read_bytes(), compresslevel=6, mtime=0)


@cache
def _files() -> dict[str, Path]:
    """Return the files that are worth packing, by their address: nothing else can be asked for here."""
    return {_BELOW + file.relative_to(_FRAMEWORK).as_posix(): file
            for file in _FRAMEWORK.rglob("*") if file.suffix in _PACKED}  # fmt: skip


def _answer(path: str, body: bytes) -> Response:
    kind = guess_type(path)[0] or "application/octet-stream"
    headers = {"content-encoding": "gzip", "vary": "accept-encoding", "cache-control": _FOR_GOOD}
    return Response(body, media_type=kind, headers=headers)


def _kept(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200:
            MutableHeaders(scope=message)["cache-control"] = _A_MONTH
        await send(message)

    return sending
