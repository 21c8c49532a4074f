"""Counts in sentences."""

from __future__ import annotations


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 source`, `2 sources`; `many` where it does not end in -s."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"
