"""What a worker that reads a folder gives up: sockets, programs, and every file but those of the folder.

A worker over data in memory needs no file and gets none (``worker``). RocksDB opens tables when a query first needs
them, so there files must stay possible. On Linux the kernel is told which: Landlock leaves reading below one folder,
and a filter of system calls (seccomp) refuses sockets, programs and ways around both. Neither can be taken back.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys
from pathlib import Path

_NO_NEW_PRIVILEGES = 38
_SECCOMP_FILTER, _ALL_THREADS = 1, 1
_REFUSE, _ALLOW = 0x00050000 | 13, 0x7FFF0000  # with EACCES
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER, _ARCHITECTURE = 0, 4
_X32 = 0x40000000
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
_RULESET, _RULE, _RESTRICT, _BELOW = 444, 445, 446, 1
# All that the first version of Landlock can refuse; later versions refuse more, none of it needed by a reader.
_ALL_FILES = (1 << 13) - 1

# Of each machine: its name to the kernel, the number of the call that sets the filter, and the calls refused: socket,
# socketpair, connect, accept, bind, listen, execve, execveat, ptrace, process_vm_writev, open_by_handle_at,
# io_uring_setup, accept4.
_CALLS: dict[str, tuple[int, int, tuple[int, ...]]] = {
    "x86_64": (0xC000003E, 317, (41, 53, 42, 43, 49, 50, 59, 322, 101, 311, 304, 425, 288)),
    "aarch64": (0xC00000B7, 277, (198, 199, 203, 202, 200, 201, 221, 281, 117, 271, 265, 425, 242)),
}


def confine_to(folder: Path) -> tuple[bool, bool]:
    """Give up all files but those below a folder, for reading; and all sockets and programs.

    For this thread, those it starts from now on and, of the system calls, every thread. What is open stays open.

    :returns: whether files, and whether sockets, are now refused by the kernel
    """
    if sys.platform != "linux":
        return False, False
    library = ctypes.CDLL(None, use_errno=True)
    if library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return False, False
    return _confine_files(library, folder), _confine_calls(library)


def _confine_files(library: ctypes.CDLL, folder: Path) -> bool:
    attributes = struct.pack("Q", _ALL_FILES)
    rules = library.syscall(_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0)
    if rules < 0:
        return False
    try:
        below = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            rule = struct.pack("=Qi", _READ_FILE | _READ_FOLDER, below)
            if library.syscall(_RULE, rules, _BELOW, rule, 0) != 0:
                return False
        finally:
            os.close(below)
        return bool(library.syscall(_RESTRICT, rules, 0) == 0)
    finally:
        os.close(rules)


def _confine_calls(library: ctypes.CDLL) -> bool:
    if platform.machine() not in _CALLS:
        return False
    architecture, seccomp, refused = _CALLS[platform.machine()]
    last = len(refused) + 1  # from the first comparison of numbers to "allow", in steps
    program = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _REFUSE),
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, last, 0, _X32),
        *((_EQUAL, last - 1 - place, 0, number) for place, number in enumerate(refused)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in program))
    filter_ = struct.pack("HxxxxxxP", len(program), ctypes.addressof(code))
    return bool(library.syscall(seccomp, _SECCOMP_FILTER, _ALL_THREADS, filter_) == 0)
