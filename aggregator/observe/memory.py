"""What the C library keeps of memory that the program gave back. Where it is not glibc, nothing is to be done."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Mapping

_M_ARENA_MAX = -8  # mallopt(3)
_ARENAS = 2


def share_arenas(environ: Mapping[str, str] = os.environ) -> None:
    """Let all threads allocate from few heaps, unless the operator has said how many. To be called before there are
    threads.

    glibc gives them eight for each processor, and what one thread frees in its own no other can use. Ours take turns
    anyhow, for only one runs Python at a time.
    """
    mallopt = _of_libc("mallopt")
    if mallopt is not None and "MALLOC_ARENA_MAX" not in environ:
        mallopt(_M_ARENA_MAX, _ARENAS)


def return_memory() -> None:
    """Give back what is free: a first round of polls, or a publication of everything, takes more than what follows."""
    trim = _of_libc("malloc_trim")
    if trim is not None:
        trim(ctypes.c_size_t(0))


def _of_libc(name: str) -> ctypes._NamedFuncPointer | None:
    return getattr(ctypes.CDLL(None), name, None)
