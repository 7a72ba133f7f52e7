"""Write requirements.lock: every package of a full set-up, at the version a clean environment gets today."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: What the Makefile installs first, to build gridmap itself without fetching anything else.
BUILD_TOOLS = ("hatchling", "editables")
HEADER = """\
# Every package of a full set-up at the version gridmap is tested with; pip uses it as constraints.
# Made by: make lock
"""


def main() -> None:
    """Install everything into an empty environment and write down what came."""
    with tempfile.TemporaryDirectory() as folder:
        print("Installing into an empty environment; this takes some minutes", file=sys.stderr)
        _run(sys.executable, "-m", "venv", folder)
        python = str(Path(folder) / "bin" / "python")
        _run(python, "-m", "pip", "install", "--quiet", *_requirements())
        frozen = _run(python, "-m", "pip", "freeze", "--exclude", "pip", "--exclude", "setuptools")
    (ROOT / "requirements.lock").write_text(HEADER + frozen, encoding="utf-8")


def _requirements() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    return [*BUILD_TOOLS, *project["dependencies"], *(entry for extra in extras for entry in extra)]


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    main()
