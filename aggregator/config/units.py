"""Durations (`90s 15m 2h 7d`) and sizes (`500kB 15MB`): read from text, and written back in the same form."""

from __future__ import annotations

import re
from datetime import timedelta

_SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_BYTES = {"GB": 1_000_000_000, "MB": 1_000_000, "kB": 1_000, "B": 1}
_BYTES_ANY_CASE = {unit.lower(): factor for unit, factor in _BYTES.items()}

# Nine digits are enough for anything sensible, and keep timedelta from overflowing.
_DURATION = re.compile(r"([0-9]{1,9}) ?([smhd])")
_SIZE = re.compile(r"([0-9]{1,12}) ?([kmg]?b)", re.IGNORECASE)


def read_duration(text: str) -> timedelta | None:
    """The duration that `text` names, or None where it names none."""
    match = _DURATION.fullmatch(text)
    return timedelta(seconds=int(match[1]) * _SECONDS[match[2]]) if match else None


def write_duration(duration: timedelta) -> str:
    """In the largest unit that loses nothing; parts of a second are dropped."""
    seconds = duration.days * 86_400 + duration.seconds
    unit = next((unit for unit, length in _SECONDS.items() if seconds and seconds % length == 0), "s")
    return f"{seconds // _SECONDS[unit]}{unit}"


def read_size(text: str) -> int | None:
    """The number of bytes that `text` names, or None where it names none. Case does not matter: 15mb is 15MB."""
    match = _SIZE.fullmatch(text)
    return int(match[1]) * _BYTES_ANY_CASE[match[2].lower()] if match else None


def write_size(size: int) -> str:
    """In the largest unit that loses nothing."""
    unit = next((unit for unit, factor in _BYTES.items() if size and size % factor == 0), "B")
    return f"{size // _BYTES[unit]}{unit}"
