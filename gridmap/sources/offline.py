"""A process without a network: Linux is told to refuse it every socket that leads out of the machine's files.

GDAL fetches what a file names in more places than can be switched off one by one (the `crs` of a GeoJSON
may be a link). So the reading process may not make sockets at all: a filter of system calls (seccomp) that
no library can take away again answers `socket` with "not permitted".
"""

from __future__ import annotations

import ctypes
import errno
import platform
import sys

#: Number of `socket` and the kernel's name of the machine, by what Python calls it.
_MACHINES = {"x86_64": (41, 0xC000003E), "aarch64": (198, 0xC00000B7)}
_SET_SECCOMP, _FILTER, _NO_NEW_PRIVILEGES = 22, 2, 38
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
_NUMBER_AT, _MACHINE_AT = 0, 4


class _Step(ctypes.Structure):
    """One instruction of the filter, as the kernel has it."""

    _fields_ = (
        ("code", ctypes.c_ushort),
        ("yes", ctypes.c_ubyte),
        ("no", ctypes.c_ubyte),
        ("k", ctypes.c_uint),
    )


class _Program(ctypes.Structure):
    """The filter: how many instructions, and where they lie."""

    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.POINTER(_Step)))


def cut_off() -> bool:
    """Take the network from this process and from all it starts; return whether that could be done.

    It can on Linux, on processors of the kinds x86-64 and ARM-64. Elsewhere what is set in the environment
    of the process has to do (a proxy that leads nowhere).
    """
    machine = _MACHINES.get(platform.machine())
    if sys.platform != "linux" or machine is None:
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    steps = _steps(*machine)
    program = _Program(len(steps), steps)
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(_SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0) == 0)


def _steps(socket: int, machine: int) -> ctypes.Array[_Step]:
    """Return the filter: on this kind of machine, `socket` is refused, everything else allowed."""
    steps = (
        (_LOAD, 0, 0, _MACHINE_AT),
        (_EQUAL, 0, 3, machine),
        (_LOAD, 0, 0, _NUMBER_AT),
        (_EQUAL, 0, 1, socket),
        (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ALLOW),
    )
    return (_Step * len(steps))(*(_Step(*step) for step in steps))
