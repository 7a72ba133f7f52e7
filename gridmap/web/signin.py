"""The pages around signing in: plain HTML that needs no script. The only ones that anybody may see."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from html import escape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from gridmap import settings
from gridmap.access import accounts, audit, refusals, role_named
from gridmap.access.scope import Scope
from gridmap.access.sessions import SESSIONS, Session, agreed_of
from gridmap.access.signing_in import LOCKOUT, sign_in
from gridmap.errors import Denied, UsageError
from gridmap.store import Database, shared_store
from gridmap.ui import theme, who
from gridmap.ui.words import say
from gridmap.web import cookies, oidc
from gridmap.web.answering import body_of, lang_of
from gridmap.web.gate import Caller, caller_in, caller_of, is_of

_LONGEST_FORM = 4096
_COLOURS = ("page", "card", "line", "text", "soft", "accent", "bad")


def routes() -> list[BaseRoute]:
    """Return the routes for signing in and out, and for one's own account."""
    return [
        Route("/signin", _form, methods=["GET"]),
        Route("/signin", _sign_in, methods=["POST"]),
        Route("/signout", _sign_out, methods=["POST"]),
        Route("/account", _account, methods=["GET"]),
        Route("/account", _change, methods=["POST"]),
    ]


def safe_next(wanted: str) -> str:
    """Return where to go after signing in: a path of this server, whatever was asked for.

    >>> [safe_next(wanted) for wanted in ("/mine?at=1", "//evil.example/", "https://[evil")]
    ['/mine?at=1', '/', '/']
    """
    local = wanted.startswith("/") and not wanted.startswith(("//", "/\\", "/sign"))
    return wanted if local and wanted.isprintable() and not urlsplit(wanted).netloc else "/"


async def _form(request: Request) -> Response:
    wanted = request.query_params.get("next", "/")
    response = HTMLResponse(_page(request, _sign_in_form(request, wanted)))
    if _by_provider():
        cookies.remember(response, safe_next(wanted), secure=_caller(request).secure)
    return response


def let_in(request: Request, name: str, *, agreed: frozenset[str] | None) -> Response:
    """Begin a session for somebody whom an identity provider names, if there is such an account here.

    Parameters
    ----------
    request : that of the browser which comes back
    name : the account
    agreed : roles that the provider agrees to; None where it is not asked
    """
    caller, account = _caller(request), accounts.found(_store(), name)
    scopes = agreed_of(accounts.scopes_of(_store(), name), agreed)
    if not scopes:
        _note(Scope(account.name if account else "", ""), "sign_in_failed", caller.address)
        return turned_away(request)
    token, session = SESSIONS.begin(name, scopes, agreed=agreed)
    _note(session.scope, "sign_in", caller.address)
    wanted = escape(_led_to(safe_next(cookies.remembered(request.cookies)), session.scope))
    page = _page(request, f'<p><a href="{wanted}">{_say(request, "back_to_map")}</a></p>', leads_to=wanted)
    response = HTMLResponse(page)
    cookies.give(response, token, secure=caller.secure)
    return response


def turned_away(request: Request) -> Response:
    """Say that somebody whom an identity provider sent back does not get in."""
    page = _page(request, _sign_in_form(request, "/", fault="signin_no_account"))
    return HTMLResponse(page, status_code=401)


def _by_provider() -> bool:
    return settings.from_environment().sign_in == "oidc"


async def _sign_in(request: Request) -> Response:
    caller = _caller(request)
    if _by_provider() or not _from_here(request):
        return _refused(request)
    asked = await _fields(request)
    wanted = safe_next(asked.get("next", "/"))
    try:
        token, session = await anyio.to_thread.run_sync(_signed_in, asked, caller.address)
    except Denied:
        page = _page(request, _sign_in_form(request, wanted, fault="signin_failed"))
        return HTMLResponse(page, status_code=401)
    response = RedirectResponse(_led_to(wanted, session.scope), status_code=303)
    cookies.give(response, token, secure=caller.secure)
    return response


def _led_to(wanted: str, scope: Scope) -> str:
    """Return the page that was asked for; the one that their role begins with where none was."""
    return who.first_page(scope) if wanted == "/" else wanted


def _signed_in(asked: Mapping[str, str], address: str) -> tuple[str, Session]:
    name = asked.get("user", "").strip()
    was_locked = LOCKOUT.is_locked(name, address)
    try:
        token, session = sign_in(_store(), name, asked.get("password", ""), address=address)
    except Denied:
        # The name as typed may be a password in the wrong field: only that of an account is kept.
        known = accounts.found(_store(), name)
        asker = Scope(known.name if known else "", "")
        if was_locked:
            refusals.note(_store(), asker, "sign_in")
        else:
            _note(asker, "sign_in_failed", address)
        raise
    _note(session.scope, "sign_in", address)
    return token, session


def _note(scope: Scope, action: str, address: str) -> None:
    if not _store().read_only:
        audit.note(_store(), scope, action, detail={"address": address})


async def _sign_out(request: Request) -> Response:
    if not _from_here(request):
        return _refused(request)
    ended = SESSIONS.end(cookies.token_of(request.cookies))
    if ended is not None:
        await anyio.to_thread.run_sync(_note, ended.scope, "sign_out", _caller(request).address)
    response = RedirectResponse("/signin", status_code=303)
    cookies.take_back(response, secure=_caller(request).secure)
    return response


async def _account(request: Request) -> Response:
    caller = _caller(request)
    if caller.session is None:
        return RedirectResponse("/", status_code=303)
    return HTMLResponse(_page(request, _account_card(request, caller.session)))


async def _change(request: Request) -> Response:
    """Take another role of the account, or another password."""
    caller = _caller(request)
    if caller.session is None or not _from_here(request):
        return _refused(request)
    asked = await _fields(request)
    if "role" in asked:
        chosen = SESSIONS.choose(cookies.token_of(request.cookies), asked["role"])
        return RedirectResponse(who.first_page(chosen.scope) if chosen else "/", status_code=303)
    if _by_provider():
        return _refused(request)
    try:
        await anyio.to_thread.run_sync(_new_password, caller, asked)
    except (Denied, UsageError):
        body = _account_card(request, caller.session, fault="password_refused")
        return HTMLResponse(_page(request, body), status_code=400)
    response = RedirectResponse("/signin", status_code=303)
    cookies.take_back(response, secure=caller.secure)
    return response


def _new_password(caller: Caller, asked: Mapping[str, str]) -> None:
    """Change the password of who knows the old one; every session of the account ends."""
    user = caller.session.user if caller.session else ""
    token, _ = sign_in(_store(), user, asked.get("old", ""), address=caller.address)
    SESSIONS.end(token)
    accounts.set_password(_store(), user, asked.get("new", ""))
    _note(Scope(user, caller.scope.role if caller.scope else ""), "password_changed", caller.address)
    SESSIONS.end_all(user)


def _store() -> Database:
    return shared_store(settings.from_environment().store)


def _caller(request: Request) -> Caller:
    return caller_in(request.scope) or caller_of(request, settings.from_environment())


def _from_here(request: Request) -> bool:
    """Return whether a form was sent from a page of ours: browsers always say where one comes from."""
    origin = request.headers.get("origin", "")
    if origin and origin != "null":
        return is_of(request.headers.get("host", ""), origin)
    return request.headers.get("sec-fetch-site", "") in ("same-origin", "none")


def _refused(request: Request) -> Response:
    return HTMLResponse(_page(request, f"<p>{_say(request, 'form_from_elsewhere')}</p>"), status_code=403)


async def _fields(request: Request) -> dict[str, str]:
    body = await body_of(request, most=_LONGEST_FORM)
    if body is None:
        return {}
    try:
        fields = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=10)
    except ValueError:
        return {}
    return {name: values[-1] for name, values in fields.items()}


# -- what is drawn ------------------------------------------------------------------------------------


def _say(request: Request, name: str, **values: str) -> str:
    return escape(say(name, lang_of(request), **values))


def _sign_in_form(request: Request, wanted: str, *, fault: str = "") -> str:
    wrong = f'<p class="bad" role="alert">{_say(request, fault)}</p>' if fault else ""
    if _by_provider():
        return f"""
<h1>{_say(request, "product")}</h1><h2>{_say(request, "sign_in")}</h2>{wrong}
<p><a class="button" href="{escape(oidc.way_in())}">{_say(request, "sign_in_there")}</a></p>
<p class="soft">{_say(request, "sign_in_note")}</p>"""
    return f"""
<h1>{_say(request, "product")}</h1><h2>{_say(request, "sign_in")}</h2>{wrong}
<form method="post" action="/signin?lang={lang_of(request)}" autocomplete="on">
<input type="hidden" name="next" value="{escape(safe_next(wanted))}">
<label>{_say(request, "account")}
<input name="user" required maxlength="64" autocomplete="username" autofocus></label>
<label>{_say(request, "password")}
<input name="password" type="password" required maxlength="200" autocomplete="current-password"></label>
<button>{_say(request, "sign_in")}</button></form>
<p class="soft">{_say(request, "sign_in_note")}</p>"""


def _account_card(request: Request, session: Session, *, fault: str = "") -> str:
    wrong = f'<p class="bad" role="alert">{_say(request, fault)}</p>' if fault else ""
    roles = "".join(_role_button(request, scope, session) for scope in session.scopes)
    password = "" if session.vouched or _by_provider() else _password_form(request)
    return f"""
<h1>{escape(session.user)}</h1>{wrong}<h2>{_say(request, "roles")}</h2>
<form method="post" action="/account">{roles}</form>{password}
<form method="post" action="/signout"><button class="plain">{_say(request, "sign_out")}</button></form>
<p class="soft"><a href="/">{_say(request, "back_to_map")}</a></p>"""


def _password_form(request: Request) -> str:
    return f"""<h2>{_say(request, "change_password")}</h2><form method="post" action="/account">
<label>{_say(request, "old_password")}
<input name="old" type="password" required autocomplete="current-password"></label>
<label>{_say(request, "new_password")}
<input name="new" type="password" required minlength="10" maxlength="200" autocomplete="new-password"></label>
<button>{_say(request, "change_password")}</button></form>"""


def _role_button(request: Request, scope: Scope, session: Session) -> str:
    role = role_named(scope.role)
    title = escape(role.title_zh if lang_of(request) == "zh" else role.title_en)
    mark = ' aria-current="true"' if scope == session.scope else ""
    return f'<button class="plain" name="role" value="{escape(scope.role)}"{mark}>{title}</button>'


def _page(request: Request, body: str, *, leads_to: str = "") -> str:
    """Return a whole page; one that leads on does so by itself, to an escaped address."""
    on = f'<meta http-equiv="refresh" content="0;url={leads_to}">' if leads_to else ""
    lang = "zh-CN" if lang_of(request) == "zh" else "en"
    return f"""<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>gridmap</title>{on}
<style>{_style()}</style></head>
<body><main>{body}</main></body></html>"""


def _colours(colours: theme.Palette) -> str:
    named = (*((name, getattr(colours, name)) for name in _COLOURS), ("font", theme.FONT))
    return ":root{" + ";".join(f"--{name}:{value}" for name, value in named) + "}"


@cache
def _style() -> str:
    dark = f"@media (prefers-color-scheme: dark){{{_colours(theme.DARK)}}}"
    return _colours(theme.LIGHT) + dark + Path(__file__).with_name("signin.css").read_text(encoding="utf-8")
