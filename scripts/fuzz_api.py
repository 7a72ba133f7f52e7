"""Ask a server everything that its own description says, well and badly written (schemathesis).

The tests ask a few of each route; this asks as many as it is told, of a real server with a small store of its
own, and says what came of them:

    python scripts/fuzz_api.py [HOW MANY OF EACH ROUTE AND KIND]
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup

from gridmap import outside
from gridmap.torture import town
from gridmap.web import openapi

#: Held by every answer. The rest of schemathesis's checks would find fault with views, which are read
#: leniently, with an open server, which asks nobody to sign in, and with refusals of names of nothing.
CHECKS = ("not_a_server_error", "status_code_conformance", "content_type_conformance",
          "response_schema_conformance", "response_headers_conformance")  # fmt: skip
_MANY = 500
#: Beginnings of paths whose answers are set as pages: seconds each.
SLOW = ("/api/picture", "/api/report", "/api/board", "/api/plan")
_PATIENCE_S = 60


@dataclass
class Asked:
    """Count what was answered to one route, and keep what was wrong with it."""

    label: str
    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def ask_all(address: str, *, examples: int, seldom: tuple[str, ...] = ()) -> Iterator[Asked]:
    """Ask every route of a server, and say how it answered.

    Parameters
    ----------
    address : of the server
    examples : how many well-written and how many badly written requests to each route
    seldom : beginnings of paths that are asked a twentieth as often, because they take long
    """
    schemathesis.checks.load_all_checks()
    schema = schemathesis.openapi.from_url(f"{address}{openapi.PATH}")
    found: Any
    for found in schema.get_all_operations():
        operation = found.ok()
        asked = Asked(operation.label)
        few = max(1, examples // 20) if operation.path.startswith(seldom or ("//",)) else examples
        modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE][: 1 if operation.path == "/healthz" else 2]
        for mode in modes:  # a route that takes nothing cannot be asked badly
            _ask(operation, mode, few, asked)
        yield asked


def _ask(operation: Any, mode: GenerationMode, examples: int, asked: Asked) -> None:
    checks: list[Any] = [schemathesis.checks.CHECKS.get_one(name) for name in CHECKS]

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=examples, deadline=None, database=None, derandomize=True,
              suppress_health_check=list(HealthCheck), phases=[Phase.generate])  # fmt: skip
    def ask(case: Any) -> None:
        answer = case.call(timeout=_PATIENCE_S)
        asked.statuses[answer.status_code] += 1
        try:
            case.validate_response(answer, checks=checks)
        except FailureGroup as failures:
            asked.faults.append(str(failures))

    ask()


def main() -> None:
    """Ask a server of one's own, print the counts, and end with 1 where something was wrong."""
    examples = int(sys.argv[1]) if len(sys.argv) > 1 else _MANY
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        town.build(Path(folder) / "store")
        with outside.served(Path(folder) / "store") as server:
            for asked in ask_all(f"http://127.0.0.1:{server.port}", examples=examples, seldom=SLOW):
                wrong += len(asked.faults)
                print(asked.label, dict(sorted(asked.statuses.items())), flush=True)
                for fault in list(dict.fromkeys(asked.faults))[:3]:
                    print(fault)
            print(f"{wrong} faults; the server {'lives' if server.lives else 'is dead'}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
