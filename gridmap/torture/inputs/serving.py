"""A real server, asked by HTTP and WebSocket what nobody ought to ask.

Every request ends in an answer or a refusal; never in a fault of the server, never in its end. Answers hold
no file of the machine, and no markup that a page would run.
"""

from __future__ import annotations

import base64
import http.client
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from urllib.parse import quote, urlencode

from gridmap import outside
from gridmap.outside import Served
from gridmap.torture import town
from gridmap.torture.forking import in_own_process
from gridmap.torture.inputs import phrases
from gridmap.torture.inputs.mutants import mutant
from gridmap.torture.killing import Count

Told = Callable[[int], object]

#: Routes, with holes for what they are asked about.
ROUTES = (
    "/healthz",
    "/metrics",
    "/api/measures",
    "/api/openapi.json",
    "/api/stats",
    "/api/compare",
    "/api/reconcile",
    "/api/quality",
    "/api/duty",
    "/api/hot",
    "/api/regions/{}.geojson",
    "/api/cells.geojson",
    "/api/plan.{}",
    "/tiles/base/{}/{}/{}.mvt",
    "/api/drafts/{}/map.json",
    "/api/drafts/{}/changes.json",
    "/api/drafts/{}/ground.json",
    "/api/picture/{}.{}",
    "/api/report/{}.{}",
    "/api/board/{}.pdf",
    "/tiles/{}/{}/{}/{}.mvt",
    "/assets/{}",
    "/assets/editor/{}",
    "/",
    "/overview",
    "/cells",
    "/health",
    "/mine",
    "/wall",
    "/desk",
    "/audit",
    "/signin",
    "/account",
    "/media/{}",
    "/component/{}",
    "/_stcore/{}",
    "/_stcore/upload_file/{}/{}",
    "/{}",
)
_PARAMETERS = (
    "key",
    "level",
    "since",
    "until",
    "boundaries",
    "category",
    "within",
    "small_cells",
    "against",
    "on",
    "at",
    "theme",
    "lang",
    "paper",
    "show",
    "measure",
    "scheme",
    "classes",
    "breaks",
    "period",
    "day",
    "v",
    "from",
    "to",
    "columns",
    "categories",
    "draft",
    "urgency",
    "scenes",
    "rotate",
    "strip",
    "summed",
    "panel",
)
_FITTING = (
    "petition.received",
    "red_grid",
    "community",
    "street",
    "2024-01-01",
    "S",
    "S01",
    "now",
    "then",
    "total",
    "png",
    "pdf",
    "docx",
    "map",
    "2024-05",
    "withheld",
    "14",
    "road",
    "a3",
    "5",
)
_METHODS = ("GET",) * 12 + (
    "HEAD",
    "POST",
    "PUT",
    "DELETE",
    "OPTIONS",
    "PATCH",
    "TRACE",
    "CONNECT",
    "BREW",
    "get",
)
#: Messages of the pages' own protocol: an address, a wish to end the server or the line, a widget, a file.
_MESSAGES = (
    b"Z\r\n\x0blevel=block",
    b"x\x01",
    b"p\x01",
    b"Z\r\n\x01a\x12\x08\n\x06\n\x01x2\x01y",
    b"\x82\x01\t\n\x01a\x12\x04../x",
)
_LOOKED_AFTER = 50
_MARK = b"<script>window.hostile"
_SECRETS = (b"root:x:0", b"Traceback (most recent")
_GROWTH_MB = 600


def run(folder: Path, *, number: int, seed: int, told: Told) -> Count:
    """Ask a server of a small store hostile requests; return how they ended.

    Parameters
    ----------
    folder : an empty folder to work in
    number : how many requests
    seed : of the random choices
    told : called with 1 after each
    """
    in_own_process(lambda: town.build(folder / "store"))
    count = Count()
    with outside.served(folder / "store", log=folder / "log") as server:
        first = server.memory_mb
        for at in range(number):
            rng = Random(seed * 1_000_003 + at)
            kind, ask = rng.choice(_WAYS)
            _ask(server, kind, ask, rng, count)
            if at % _LOOKED_AFTER == 0 or at == number - 1:
                _look_after(server, count, first)
            told(1)
            if not server.lives:
                break
    return count


def _ask(server: Served, kind: str, ask: Callable[[Served, Random], str], rng: Random, count: Count) -> None:
    count.tried += 1
    count.at[kind] += 1
    try:
        ended = ask(server, rng)
    except TimeoutError:
        ended = "fault: no answer in time"
    except (OSError, http.client.HTTPException) as fault:
        ended = "refused: closed" if kind in _MAY_CLOSE else f"fault: {type(fault).__name__}: {fault}"
    count.acknowledged[ended.partition(":")[0] if ended.startswith("fault") else ended] += 1
    if ended.startswith("fault"):
        count.faults.append(f"{kind}, {ended}")


def _look_after(server: Served, count: Count, first_mb: float) -> None:
    """Hold the server against what it promises: it lives, its store answers, its memory is bounded."""
    if not server.lives or not server.answers():
        count.faults.append(f"the server no longer answers after {count.tried} requests")
        return
    grown = server.memory_mb
    count.most_mb = max(count.most_mb, int(grown))
    if grown > first_mb + _GROWTH_MB:
        count.faults.append(
            f"the server grew from {first_mb:.0f} to {grown:.0f} MB after {count.tried} requests"
        )


# ---- ways to ask --------------------------------------------------------------------------------


def _address(rng: Random) -> str:
    """Return a path with hostile texts in its holes and parameters."""
    route = rng.choice(ROUTES)
    holes = [quote(_text(rng), safe=rng.choice(("", "/", "/.%"))) for _ in range(route.count("{}"))]
    path = route.format(*holes)
    asked = [(rng.choice(_PARAMETERS), _text(rng)) for _ in range(rng.randint(0, 4))]
    return f"{path}?{urlencode(asked)}" if asked else path


def _text(rng: Random) -> str:
    return rng.choice(_FITTING) if rng.random() < 0.5 else phrases.one(rng).replace("\ud800", "")[:2_000]


def _by_address(server: Served, rng: Random) -> str:
    return _answer(server, "GET", _address(rng))


def _by_method(server: Served, rng: Random) -> str:
    body = rng.choice((None, b"", b"{}", rng.randbytes(2_000), b"name=a&password=b"))
    return _answer(server, rng.choice(_METHODS), _address(rng), body=body)


def _by_header(server: Served, rng: Random) -> str:
    names = (
        "Cookie",
        "X-Forwarded-For",
        "X-Forwarded-Proto",
        "X-Remote-User",
        "X-Request-ID",
        "Range",
        "Accept-Encoding",
        "If-None-Match",
        "Content-Type",
        "Authorization",
        "Referer",
        "X-Gridmap-Session",
        "Content-Length",
        "Expect",
        "Accept-Language",
    )
    text = phrases.one(rng).encode("utf-8", "replace")[:4_000].replace(b"\n", b" ").replace(b"\r", b" ")
    headers = {rng.choice(names): rng.choice((text, b"0", b"-1", b"bytes=0-", b"a=b; " * 900, b"9" * 400))}
    return _answer(server, "GET", _address(rng), headers=headers)


def _answer(
    server: Served,
    method: str,
    path: str,
    *,
    body: bytes | None = None,
    headers: dict[str, bytes] | None = None,
) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    try:
        connection.request(method, path, body=body, headers=dict(headers or {}))
        answer = connection.getresponse()
        content = answer.read()
    finally:
        connection.close()
    if answer.status >= 500:
        return f"fault: {answer.status} to {method} {path[:300]}"
    if any(secret in content for secret in _SECRETS):
        return f"fault: a secret was told to {method} {path[:300]}"
    if _MARK in content and "html" in (answer.getheader("content-type") or ""):
        return f"fault: markup comes back from {method} {path[:300]}"
    return "answered" if answer.status < 300 else "refused"


def _by_line(server: Served, rng: Random) -> str:
    """Send bytes that are no HTTP, or nearly."""
    lines = (
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET /%00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET\r\n\r\n",
        b"POST /signin HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
        b"Content-Length: 5\r\n\r\n0\r\n\r\n",
        b"POST /signin HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n",
        b"\x16\x03\x01\x02\x00\x01",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET " + b"/" * 70_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 20_000 + b"\r\n",
        b"GET http://127.0.0.1:9/ HTTP/1.1\r\nHost: 127.0.0.1:9\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    )
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as line:
        line.sendall(mutant(rng.choice(lines), rng, lines) if rng.random() < 0.5 else rng.choice(lines))
        line.shutdown(socket.SHUT_WR)
        said = line.recv(65_536)
    # A body that never ends is a client's fault, whatever number stands on it.
    return (
        "fault: 500 to bytes that are no request"
        if said.startswith(b"HTTP/1.1 500")
        else "refused"
        if said
        else "refused: closed"
    )


def _by_socket(server: Served, rng: Random) -> str:
    """Open the pages' WebSocket and say what no browser says."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as line:
        key = base64.b64encode(rng.randbytes(16)).decode()
        line.sendall(
            f"GET /_stcore/stream HTTP/1.1\r\nHost: localhost:{server.port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Protocol: streamlit, x, y\r\n\r\n".encode()
        )
        opened = line.recv(4_096)
        if b" 101 " not in opened:
            return "refused"
        for frame in _frames(rng):
            line.sendall(frame)
        line.settimeout(0.05)
        try:
            said = line.recv(65_536)
        except TimeoutError:
            return "refused"
    return "answered" if said else "refused: closed"


def _frames(rng: Random) -> Iterator[bytes]:
    for _ in range(rng.randint(1, 4)):
        message = rng.choice(_MESSAGES)
        if rng.random() < 0.6:
            message = mutant(message, rng, _MESSAGES)
        code = rng.choice((0x82, 0x82, 0x82, 0x81, 0x80, 0x89, 0x88, 0x02, 0xF2))
        yield rng.randbytes(rng.randrange(60)) if rng.random() < 0.1 else _framed(message, code, rng)


def _framed(message: bytes, code: int, rng: Random) -> bytes:
    size = len(message) if rng.random() < 0.9 else rng.choice((0, 1, 2**63, 2**40))
    head = bytes([code, 0x80 | size]) if size < 126 else bytes([code, 0xFF]) + size.to_bytes(8, "big")
    mask = rng.randbytes(4)
    return head + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(message))


_WAYS: tuple[tuple[str, Callable[[Served, Random], str]], ...] = (
    *[("requests: addresses", _by_address)] * 6,
    *[("requests: methods and bodies", _by_method)] * 2,
    *[("requests: headers", _by_header)] * 2,
    ("requests: bytes that are none", _by_line),
    ("requests: WebSocket", _by_socket),
)
_MAY_CLOSE = ("requests: bytes that are none", "requests: WebSocket", "requests: headers")
