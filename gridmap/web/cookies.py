"""The cookie: a signed random token that no script can read and no other site can make the browser send."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from urllib.parse import quote, unquote

from itsdangerous import BadSignature, Signer
from starlette.responses import Response

from gridmap.access.sessions import SESSIONS

NAME = "gridmap_session"
#: Where somebody wanted to go, and how long they may stay away at an identity provider.
_WANTED, _BACK, _AWAY_S = "gridmap_wanted", "/oauth2callback", 600
#: Made anew with every start of the server, as the sessions are.
_SIGNER = Signer(secrets.token_bytes(32), salt="gridmap.session", key_derivation="hmac",
                 digest_method=hashlib.sha256)  # fmt: skip


def token_of(cookies: Mapping[str, str]) -> str:
    """Return the token of a cookie; empty when there is none or it was not signed here."""
    try:
        return _SIGNER.unsign(cookies.get(NAME, "")).decode()
    except (BadSignature, UnicodeError):
        return ""


def give(response: Response, token: str, *, secure: bool) -> None:
    """Let a response carry the cookie of a session, for as long as a session can last."""
    response.set_cookie(NAME, _SIGNER.sign(token).decode(), max_age=int(SESSIONS.longest_s), path="/",
                        secure=secure, httponly=True, samesite="strict")  # fmt: skip


def remember(response: Response, wanted: str, *, secure: bool) -> None:
    """Let a browser carry where somebody wanted to go while it is away at an identity provider."""
    response.set_cookie(_WANTED, _SIGNER.sign(quote(wanted)).decode(), max_age=_AWAY_S, path=_BACK,
                        secure=secure, httponly=True, samesite="lax")  # fmt: skip


def remembered(cookies: Mapping[str, str]) -> str:
    """Return where somebody wanted to go before; the start page when that is not known."""
    try:
        return unquote(_SIGNER.unsign(cookies.get(_WANTED, "")).decode())
    except (BadSignature, UnicodeError):
        return "/"


def take_back(response: Response, *, secure: bool) -> None:
    """Let a response take the cookie away."""
    response.delete_cookie(NAME, path="/", secure=secure, httponly=True, samesite="strict")
