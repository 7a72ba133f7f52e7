"""How the framework is set: offline, quiet, quick, closed, in our colours and letters."""

from __future__ import annotations

from typing import Any

from gridmap import settings
from gridmap.ui import theme, who
from gridmap.web import logs
from gridmap.web.gate import HEADER

_FONT_WEIGHTS = (400, 700)
_FONT_SUBSETS = ("latin", "chinese-simplified")


def config(*, port: int, address: str) -> dict[str, Any]:
    """Return the settings of Streamlit: offline, quiet, quick, closed, in our colours and letters."""
    chosen = settings.from_environment()
    return {
        "server.trustedUserHeaders": {HEADER: who.SESSION},  # set by our gate, which drops a client's own
        "server.enableXsrfProtection": True,
        "server.enableCORS": True,
        "server.maxUploadSize": chosen.upload_mb,
        "server.disconnectedSessionTTL": 60,
        "client.showErrorLinks": False,
        **({"secrets.files": [str(chosen.oidc)]} if chosen.sign_in == "oidc" else {}),
        "server.port": port,
        "server.address": address,
        "server.headless": True,
        "server.fileWatcherType": "none",
        "server.enableStaticServing": False,
        "browser.gatherUsageStats": False,
        # Named, so that the server does not ask the internet who it is.
        "browser.serverAddress": "localhost" if address in ("0.0.0.0", "127.0.0.1", "::") else address,
        "client.toolbarMode": "minimal",
        "client.showErrorDetails": "none",
        "logger.messageFormat": logs.FORMAT,
        "logger.level": chosen.log_level,
        "logger.enableRich": False,
        # A full collection after every run costs more than everything else together.
        "runner.postScriptGC": False,
        "theme.font": theme.FONT,
        "theme.fontFaces": _font_faces(),
        **_colours("light", theme.LIGHT),
        **_colours("dark", theme.DARK),
    }


def _colours(kind: str, colours: theme.Palette) -> dict[str, Any]:
    return {
        f"theme.{kind}.primaryColor": colours.accent,
        f"theme.{kind}.backgroundColor": colours.card,
        f"theme.{kind}.secondaryBackgroundColor": colours.card,
        f"theme.{kind}.textColor": colours.text,
        f"theme.{kind}.borderColor": colours.line,
        f"theme.{kind}.linkColor": colours.accent,
    }


def _font_faces() -> list[dict[str, Any]]:
    """Name the letters we serve ourselves; where they are absent the system's take their place."""
    return [
        {"family": "Noto Sans SC", "weight": weight, "style": "normal",
         "url": f"/assets/noto-sans-sc-{subset}-{weight}-normal.woff2"}
        for subset in _FONT_SUBSETS for weight in _FONT_WEIGHTS
    ]  # fmt: skip
