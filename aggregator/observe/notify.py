"""What systemd is told (sd_notify(3)): ready, reloading, stopping, and one line of status."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


def notify(*states: str, environ: Mapping[str, str] = os.environ) -> None:
    """Send states such as `READY=1` to the socket that systemd names; nothing where there is none."""
    address = environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):  # abstract socket
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as door:
        door.connect(address)
        door.sendall("\n".join(states).encode())


@contextmanager
def reloading() -> Iterator[None]:
    """Between these two, systemd waits (`Type=notify-reload` needs the monotonic time; `Type=notify` ignores it)."""
    notify("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")
    try:
        yield
    finally:
        notify("READY=1")
