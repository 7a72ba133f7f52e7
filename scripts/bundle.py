"""Make dist/gridmap-bundle-VERSION.tar: everything to install gridmap where there is no registry.

Inside: a wheel of gridmap and of everything it stands on at the versions of requirements.lock, the spatial
extension among them; install.sh, the unit of systemd, the configuration of nginx, the Containerfile, docs,
and the sums of all files. For machines like this one: same version of Python, same processor.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
BESIDE = ("deploy/install.sh", "deploy/gridmap.service", "deploy/nginx.conf", "deploy/Containerfile",
          "docs/operations.md", "docs/security.md", "requirements.lock", "LICENSE", "NOTICE")  # fmt: skip


def main() -> None:
    """Gather the wheels, see in an empty environment that none is missing, and pack them."""
    (wheel,) = DIST.glob("gridmap-*.whl")
    with tempfile.TemporaryDirectory() as room:
        folder = Path(room) / "gridmap-bundle"
        gather(wheel, folder)
        try_out(folder, Path(room) / "tried")
        target = DIST / f"gridmap-bundle-{wheel.name.split('-')[1]}.tar"
        with tarfile.open(target, "w") as packed:  # wheels are compressed already
            packed.add(folder, arcname=folder.name)
    print(f"{target.relative_to(ROOT)}: {target.stat().st_size / 1e6:,.0f} MB")


def gather(wheel: Path, folder: Path) -> None:
    """Put everything into one folder, with the sums of its files.

    Parameters
    ----------
    wheel : of gridmap itself
    folder : where to; made here
    """
    wheels = folder / "wheels"
    wheels.mkdir(parents=True)
    print("Gathering the wheels", file=sys.stderr)
    _run(sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet", "--wheel-dir",
         str(wheels), "--constraint", str(ROOT / "requirements.lock"), str(wheel))  # fmt: skip
    for name in BESIDE:
        shutil.copy(ROOT / name, folder)
    python = f"{sys.version_info.major}.{sys.version_info.minor} {platform.machine()}\n"
    (folder / "PYTHON").write_text(python, encoding="utf-8")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    sums = "".join(f"{_sum(path)}  {path.relative_to(folder)}\n" for path in files)
    (folder / "SHA256SUMS").write_text(sums, encoding="utf-8")


def try_out(folder: Path, room: Path) -> None:
    """Install a bundle into an empty environment without an index, and open a new store with what came.

    Parameters
    ----------
    folder : the unpacked bundle
    room : an empty place; made here
    """
    print("Installing them into an empty environment without any registry", file=sys.stderr)
    alone = {"PATH": os.environ["PATH"], "HOME": str(room), "PYTHON": sys.executable, "PIP_NO_INDEX": "1",
             "GRIDMAP_KEYS": str(room / "keys")}  # fmt: skip
    _run("sh", str(folder / "install.sh"), str(room / "venv"), env=alone)
    _run(str(room / "venv" / "bin" / "gridmap"), "init", "--store", str(room / "store"), env=alone)


def _run(*command: str, env: dict[str, str] | None = None) -> None:
    subprocess.run(command, check=True, stdout=sys.stderr, env=env)


def _sum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
