"""Durations (`100ms 90s 15m 2h 7d`) and sizes (`500kB 15MB`): read from text, and written back in the same form."""

from __future__ import annotations

import re
from datetime import timedelta

_MILLISECONDS = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1_000, "ms": 1}
_BYTES = {"GB": 1_000_000_000, "MB": 1_000_000, "kB": 1_000, "B": 1}
_BYTES_ANY_CASE = {unit.lower(): factor for unit, factor in _BYTES.items()}

# Nine digits are enough for anything sensible, and keep timedelta from overflowing.
_DURATION = re.compile(r"([0-9]{1,9}) ?(ms|[smhd])")
_SIZE = re.compile(r"([0-9]{1,12}) ?([kmg]?b)", re.IGNORECASE)


def read_duration(text: str) -> timedelta | None:
    """The duration that `text` names, or None where it names none."""
    match = _DURATION.fullmatch(text)
    return timedelta(milliseconds=int(match[1]) * _MILLISECONDS[match[2]]) if match else None


def write_duration(duration: timedelta) -> str:
    """In the largest unit that loses nothing; parts of a millisecond are dropped."""
    length = duration // timedelta(milliseconds=1)
    unit = next((unit for unit, factor in _MILLISECONDS.items() if length and length % factor == 0), "s")
    return f"{length // _MILLISECONDS[unit]}{unit}"


def read_size(text: str) -> int | None:
    """The number of bytes that `text` names, or None where it names none. Case does not matter: 15mb is 15MB."""
    match = _SIZE.fullmatch(text)
    return int(match[1]) * _BYTES_ANY_CASE[match[2].lower()] if match else None


def write_size(size: int) -> str:
    """In the largest unit that loses nothing."""
    unit = next((unit for unit, factor in _BYTES.items() if size and size % factor == 0), "B")
    return f"{size // _BYTES[unit]}{unit}"
