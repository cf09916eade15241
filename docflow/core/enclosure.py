"""What a fork that parses a stranger's file may still do: Landlock for files, seccomp for system calls, by itself.

Both are for processes without rights and cannot be undone: a fork shuts itself in before it opens the file. Where the
kernel has not got one of them the other is in force all the same, beside the limits; ``in_force`` tells which.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 444, 445, 446
"""System calls, of the same number on every machine."""
ABI_VERSION: Final = 1
PATH_BENEATH: Final = 1
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 1 << 1, 1 << 2, 1 << 3
TRUNCATE: Final = 1 << 14
FS_BITS: Final = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""How many rights on files each version of Landlock knows; the newest counts for later ones."""
NET_TCP: Final = 0b11
SCOPES: Final = 0b11
NET_SINCE, SCOPES_SINCE = 4, 6

SET_SECCOMP, SET_NO_NEW_PRIVILEGES, FILTER = 22, 38, 2
LOAD, JUMP_EQUAL, JUMP_AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
ALLOW, REFUSE = 0x7FFF0000, 0x00050000
NUMBER_AT, ARCHITECTURE_AT, ARGUMENT_AT = 0, 4, 16
"""Where a filter finds the call, the architecture and the first argument (``struct seccomp_data``)."""
FAMILY_UNIX: Final = 1
FOREIGN_CALLS: Final = 0x40000000
"""From here on calls of x86-64 are of another ABI (x32), which nothing of ours uses."""

READ_KEYS: Final = frozenset({"path", "source", "logo", "key", "certificate", "chain", "trusted"})
"""What a request calls files that are read; never names that a stranger gave."""
WRITE_KEYS: Final = frozenset({"out", "pixels"})
"""What a request calls files that are written."""


@dataclass(frozen=True, slots=True)
class Openings:
    """What an operation needs beyond the files that its request names."""

    network: bool = False
    anything: bool = False
    """Nothing is shut: a token of the seal has drivers and sockets of its own, and the file is ours."""


@dataclass(frozen=True, slots=True)
class _Calls:
    """Numbers of system calls of one architecture."""

    architecture: int
    sockets: tuple[int, ...]
    others: tuple[int, ...]


CALLS: Final[Mapping[str, _Calls]] = {
    # socket, connect, accept, sendto, sendmsg, bind, listen, accept4, sendmmsg; then ptrace, kill, mount and umount2,
    # unshare, setns, execve and execveat, process_vm_readv and -writev, open_by_handle_at, bpf, perf_event_open,
    # userfaultfd, keyctl, io_uring_setup and -enter, pidfd_send_signal and -getfd.
    "x86_64": _Calls(
        0xC000003E,
        (41, 42, 43, 49, 50, 288),
        (101, 62, 165, 166, 272, 308, 59, 322, 310, 311, 304, 321, 298, 323, 250, 425, 426, 424, 438),
    ),
    "aarch64": _Calls(
        0xC00000B7,
        (198, 203, 202, 200, 201, 242),
        (117, 129, 40, 39, 97, 268, 221, 281, 270, 271, 265, 280, 241, 282, 219, 425, 426, 424, 438),
    ),
}
"""Pairs of connected sockets within the process stay possible: they reach nobody else."""


def shut_in(request: Mapping[str, Any], openings: Openings) -> None:
    """Leave this process nothing but the files that a request names, and the libraries.

    What is written is made beforehand, so that no folder need be open.
    """
    if openings.anything:
        return
    read, write = _named(request, READ_KEYS), _named(request, WRITE_KEYS)
    for name in write:
        os.close(os.open(name, os.O_WRONLY | os.O_CREAT, 0o600))
    libc = _libc()
    if libc.prctl(SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return
    _shut_files(libc, read, write, network=openings.network)
    _shut_calls(libc, network=openings.network)


def prepare() -> None:
    """Find out once, before there are forks, what each of them would have to."""
    _libc()
    landlock_version()
    _library_folders()
    _program_for(network=False)
    _program_for(network=True)


def in_force() -> dict[str, bool]:
    """Return what this process, which shut itself in, is indeed refused; nothing is contacted."""
    import socket

    def is_refused(attempt: Any) -> bool:
        try:
            attempt()
        except PermissionError:
            return True
        except OSError:
            return False
        return False

    def opened() -> None:
        with socket.socket():
            return

    return {
        "network": is_refused(opened),
        "files": is_refused(lambda: os.close(os.open("/etc/passwd", os.O_RDONLY))),
    }


def _named(request: Mapping[str, Any], keys: Collection[str]) -> list[str]:
    """Return the files that stand in a request under some keys, wherever."""
    found: list[str] = []
    for key, value in request.items():
        if isinstance(value, Mapping):
            found += _named(value, keys)
        elif isinstance(value, Sequence) and not isinstance(value, str):
            found += [one for one in value if isinstance(one, str) and key in keys]
            found += [name for one in value if isinstance(one, Mapping) for name in _named(one, keys)]
        elif key in keys and isinstance(value, str):
            found.append(value)
    return found


@cache
def _libc() -> Any:
    return ctypes.CDLL(None, use_errno=True)


@cache
def landlock_version() -> int:
    """Return the version of Landlock, or 0 where the kernel has none or does not use it."""
    return max(0, int(_libc().syscall(LANDLOCK_CREATE, None, ctypes.c_size_t(0), ABI_VERSION)))


@cache
def _library_folders() -> tuple[str, ...]:
    """Return where code and what belongs to it lies: nothing of an installation's data."""
    own = Path(__file__).parents[1]
    folders = (sys.prefix, sys.base_prefix, own, own.parent / "workers", "/usr", "/lib", "/lib64", "/etc/fonts")
    return tuple(dict.fromkeys(str(Path(name).resolve()) for name in folders if Path(name).exists()))


def _shut_files(libc: Any, read: Iterable[str], write: Iterable[str], *, network: bool) -> None:
    version = landlock_version()
    if not version:
        return
    rights = (1 << FS_BITS[min(version, max(FS_BITS))]) - 1
    handled_net = 0 if network or version < NET_SINCE else NET_TCP
    scopes = SCOPES if version >= SCOPES_SINCE else 0
    attributes = struct.pack("QQQ", rights, handled_net, scopes)
    size = 24 if version >= SCOPES_SINCE else 16 if version >= NET_SINCE else 8
    rules = int(libc.syscall(LANDLOCK_CREATE, attributes, ctypes.c_size_t(size), 0))
    if rules < 0:
        return
    looking = READ_FILE | READ_DIR | EXECUTE
    for name in _library_folders():
        _allow(libc, rules, name, looking)
    # What asks for a time-stamp needs names of hosts and authorities.
    for name in ("/etc", "/run/systemd/resolve") if network else ("/etc/ld.so.cache",):
        _allow(libc, rules, name, looking)
    for name in ("/dev/null", "/dev/urandom", *read):
        _allow(libc, rules, name, READ_FILE)
    for name in ("/dev/null", *write):
        _allow(libc, rules, name, (READ_FILE | WRITE_FILE | TRUNCATE) & rights)
    libc.syscall(LANDLOCK_RESTRICT, rules, 0)
    os.close(rules)


def _allow(libc: Any, rules: int, name: str, rights: int) -> None:
    """Open a path to some rights; one that is not there opens nothing."""
    try:
        handle = os.open(name, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    is_folder = os.path.isdir(name)  # noqa: PTH112 - some fifteen of these come before every file
    allowed = rights if is_folder else rights & (EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE)
    libc.syscall(LANDLOCK_ADD, rules, PATH_BENEATH, struct.pack("=Qi", allowed, handle), 0)
    os.close(handle)


def _shut_calls(libc: Any, *, network: bool) -> None:
    program = _program_for(network=network)
    if not program:
        return
    kept = ctypes.create_string_buffer(program, len(program))
    # ``struct sock_fprog``: how many instructions, and where they are.
    described = struct.pack("HP", len(program) // 8, ctypes.addressof(kept))
    libc.prctl(SET_SECCOMP, FILTER, ctypes.c_char_p(described), 0, 0)


@cache
def _program_for(*, network: bool) -> bytes:
    """Return the filter of this machine, or nothing where the numbers of its calls are not known here."""
    calls = CALLS.get(platform.machine())
    is_known = calls is not None and struct.calcsize("P") == 8
    return _program(calls, network=network) if calls is not None and is_known else b""


def _program(calls: _Calls, *, network: bool) -> bytes:
    """Return a filter that answers some calls, and all of a foreign architecture, with ``EACCES``.

    Where the network is open, sockets of this machine's other processes are not.
    """

    def step(code: int, value: int, *, then: int = 0, otherwise: int = 0) -> bytes:
        return struct.pack("HBBI", code, then, otherwise, value)

    refused = calls.others if network else (*calls.sockets, *calls.others)
    no, count = step(RETURN, REFUSE | errno.EACCES), len(refused)
    of_this_machine = (
        step(JUMP_EQUAL, calls.sockets[0], otherwise=3),
        step(LOAD, ARGUMENT_AT),
        step(JUMP_EQUAL, FAMILY_UNIX, then=count + 2),
        step(LOAD, NUMBER_AT),
    )
    return b"".join(
        (
            step(LOAD, ARCHITECTURE_AT),
            step(JUMP_EQUAL, calls.architecture, then=1),
            no,
            step(LOAD, NUMBER_AT),
            step(JUMP_AT_LEAST, FOREIGN_CALLS, then=count + 1 + (len(of_this_machine) if network else 0)),
            *(of_this_machine if network else ()),
            *(step(JUMP_EQUAL, call, then=count - index) for index, call in enumerate(refused)),
            step(RETURN, ALLOW),
            no,
        )
    )
