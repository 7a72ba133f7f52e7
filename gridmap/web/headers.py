"""Headers that tell a browser what the pages need, so that it refuses everything else."""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256

from gridmap import settings
from gridmap.ui import shell

_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


@cache
def security_headers(*, secure: bool) -> dict[str, str]:
    """Return the headers of every answer.

    Parameters
    ----------
    secure : whether the request came over TLS
    """
    headers = {
        "content-security-policy": policy(),
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "same-origin",
        "permissions-policy": "geolocation=(self), camera=(), microphone=(), payment=(), usb=()",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }
    return headers | ({"strict-transport-security": "max-age=31536000"} if secure else {})


def policy() -> str:
    """Return the content security policy: everything from here, nothing else, no frames.

    Scripts: our own files and the few inline ones, by hash; the map and the charts compile expressions
    in the browser (`unsafe-eval`), components come as blobs. Styles: the framework writes them into the page.
    """
    language = settings.from_environment().language
    hashes = " ".join(sorted({_hash(script) for script in _SCRIPT.findall(shell.html(language))}))
    rules = {
        "default-src": "'none'",
        "script-src": f"'self' 'unsafe-eval' blob: {hashes}",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self' data: blob:",
        "worker-src": "'self' blob:",
        "media-src": "'self'",
        "manifest-src": "'self'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _hash(script: str) -> str:
    return f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"
