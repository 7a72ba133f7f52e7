"""Signing in through an identity provider (OpenID Connect): the framework asks it, our session follows.

`st.login` sends the browser to `/auth/login`, and the provider sends it back to `/oauth2callback`, where
the framework (Authlib) checks state, nonce, signature and times, and would then give the browser a cookie
that nobody can revoke for thirty days. `web.callback` keeps that cookie, takes the claims out of it, looks
for the account they name, and gives the browser a session of ours: the same table, the same times, the same
end.

Who has no account here does not get in, whatever the provider says. Roles are those of the account; where the
file maps groups to roles, a role counts only when provider and account agree on it. Nobody is ever given one.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

from streamlit.auth_util import encode_provider_token, get_cookie_with_chunks
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value

from gridmap import settings
from gridmap.access import givable_roles
from gridmap.errors import UsageError

#: Where the framework's own way begins and ends.
BEGIN, CALLBACK = "/auth/login", "/oauth2callback"
#: Cookies of the framework that say who somebody is; neither taken from a browser nor given to one.
USER_COOKIE = "_streamlit_user"
_NEEDED = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
_SHORTEST_SECRET = 32

Claims = Mapping[str, Any]


@dataclass(frozen=True)
class Provider:
    """Hold how claims become accounts.

    Parameters
    ----------
    account : claim that names the account; one that people cannot change themselves
    groups : claim with the groups somebody is in; empty = roles are those of the account alone
    roles : role by group
    """

    account: str = "sub"
    groups: str = ""
    roles: Mapping[str, str] = field(default_factory=dict)

    def account_of(self, claims: Claims) -> str:
        """Return the account that claims name; empty when they name none.

        >>> Provider("email").account_of({"email": "a@b.cn", "email_verified": False})
        ''
        """
        if self.account == "email" and claims.get("email_verified") is not True:
            return ""
        named = claims.get(self.account)
        return named if isinstance(named, str) else ""

    def roles_of(self, claims: Claims) -> frozenset[str] | None:
        """Return the roles that the provider agrees to; None where it is not asked.

        >>> sorted(Provider(groups="g", roles={"a": "leader"}).roles_of({"g": ["a", "b"]}))
        ['leader']
        """
        if not self.groups:
            return None
        said = claims.get(self.groups, ())
        groups = said.split() if isinstance(said, str) else [each for each in said if isinstance(each, str)]
        return frozenset(self.roles[group] for group in groups if group in self.roles)


def provider() -> Provider:
    """Return how claims become accounts, from the file that the setting names.

    Raises
    ------
    UsageError : when the file cannot be read, lacks something, or maps a group to a role there is not
    """
    file = settings.from_environment().oidc
    try:
        return _read(file, file.stat().st_mtime_ns)
    except OSError as fault:
        raise UsageError(f"GRIDMAP_SIGN_IN=oidc needs a file that says which provider: {fault}. "
                         "Name it in GRIDMAP_OIDC.") from fault  # fmt: skip


@lru_cache(maxsize=4)
def _read(file: Path, _changed_ns: int) -> Provider:
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise UsageError(f"{file} is no valid TOML: {fault}.") from fault
    told, own = said.get("auth", {}), said.get("gridmap", {})
    missing = [name for name in _NEEDED if not told.get(name)]
    if missing:
        raise UsageError(f"{file} does not say {', '.join(missing)} under [auth].")
    if len(told["cookie_secret"]) < _SHORTEST_SECRET:
        raise UsageError(f"{file}: cookie_secret has at least {_SHORTEST_SECRET} random letters.")
    wrong = sorted(set(own.get("roles", {}).values()) - set(givable_roles()))
    if wrong:
        raise UsageError(f"{file}, [gridmap.roles]: there is no role {', '.join(wrong)}.")
    if own.get("roles") and not own.get("groups"):
        raise UsageError(f"{file}: [gridmap] groups names the claim that [gridmap.roles] is about.")
    return Provider(own.get("account", "sub"), own.get("groups", ""), own.get("roles", {}))


def way_in() -> str:
    """Return the address that leads to the identity provider, valid for a few minutes."""
    return f"{BEGIN}?provider={encode_provider_token('default')}"


def claims_in(set_cookies: list[str]) -> Claims | None:
    """Return the claims that the framework put into the cookies of its answer; None when it let nobody in."""
    values: dict[str, str] = {}
    for header in set_cookies:
        cookie: SimpleCookie = SimpleCookie(header)
        values |= {name: morsel.value for name, morsel in cookie.items() if name.startswith(USER_COOKIE)}
    secret = get_cookie_secret()
    told = get_cookie_with_chunks(
        lambda name: decode_signed_value(secret, name, values[name]) if values.get(name) else None,
        USER_COOKIE,
    )
    claims = json.loads(told) if told else None
    return claims if isinstance(claims, dict) and claims.get("is_logged_in") is True else None


def without_framework_cookies(header: bytes) -> bytes:
    """Return a Cookie header without what would tell the framework who somebody is.

    >>> without_framework_cookies(b"a=1; _streamlit_user=x; _streamlit_user_1=y; b=2")
    b'a=1; b=2'
    """
    parts = [part.strip() for part in header.split(b";")]
    return b"; ".join(part for part in parts if not part.startswith(USER_COOKIE.encode()))
