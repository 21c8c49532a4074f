"""What systemd hears."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from aggregator.observe.notify import notify


@pytest.mark.parametrize("abstract", [False, True])
def test_systemd_is_told_where_it_listens(tmp_path: Path, abstract: bool) -> None:
    address = f"@{tmp_path}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(address.replace("@", "\0", 1))
        notify("READY=1", "STATUS=fine", environ={"NOTIFY_SOCKET": address})
        assert ear.recv(100) == b"READY=1\nSTATUS=fine"


def test_nobody_is_told_where_nobody_listens() -> None:
    notify("READY=1", environ={})
