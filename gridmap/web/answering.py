"""What our routes have in common: a body read no further than allowed, and faults as HTTP tells them."""

from __future__ import annotations

from starlette.requests import Request

from gridmap.errors import Denied, GridmapError, StoreError

#: The faults that an answer tells in words; whatever else is raised is a fault of ours.
TOLD = (GridmapError, ValueError)


async def body_of(request: Request, *, most: int) -> bytes | None:
    """Return what was sent; None, and the rest unread, when that is more bytes than allowed."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            return None
    return bytes(body)


def status_of(fault: Exception) -> int:
    """Return the status of a fault.

    401 without and 403 with too little right, 503 without a store, 400 for a wrong request.
    """
    if isinstance(fault, Denied):
        return 403 if fault.action else 401
    return 503 if isinstance(fault, StoreError) else 400
