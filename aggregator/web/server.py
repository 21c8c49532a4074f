"""The HTTP server, in a thread of its own: started, told to stop, and gone within three seconds."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from starlette.types import ASGIApp

from aggregator.web.protocol import GuardedProtocol

_BACKLOG = 2048
_KEEP_ALIVE = 30  # seconds that a connection may idle between two requests
_GRACE = 2  # seconds for answers under way when the server stops


@dataclass(frozen=True, slots=True)
class Listening:
    """Where the server can be reached."""

    host: str
    port: int  # the real one, also where 0 was asked for

    @property
    def url(self) -> str:
        """Its root."""
        return f"http://[{self.host}]:{self.port}/" if ":" in self.host else f"http://{self.host}:{self.port}/"


class Server(uvicorn.Server):
    """uvicorn, with an eye on every connection."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Accepts connections once this has returned."""
        await super().startup(sockets)
        self.ready.set()

    async def on_tick(self, counter: int) -> bool:
        """Comes ten times a second."""
        if counter % 10 == 0:
            now = asyncio.get_running_loop().time()
            for connection in list(self.server_state.connections):
                assert isinstance(connection, GuardedProtocol)
                connection.tend(now)
        return await super().on_tick(counter)


@contextmanager
def serve(app: ASGIApp, host: str = "127.0.0.1", port: int = 8080) -> Iterator[Listening]:
    """Serve while the context lasts. A port that is taken, or a host that is not ours, raises OSError at once.

    Signal handlers are left alone: who starts the server decides when it ends.
    """
    listener = _listen(host, port)
    server = Server(_settings(app))
    thread = threading.Thread(target=server.run, args=([listener],), name="web", daemon=True)
    thread.start()
    try:
        while not server.ready.wait(0.1):
            if not thread.is_alive():
                raise RuntimeError("The web server did not start; the log says why.")
        yield Listening(*listener.getsockname()[:2])
    finally:
        server.should_exit = True
        thread.join(_GRACE + 1)
        listener.close()


def _listen(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise OSError(error.errno, f"cannot listen on {host}:{port}: {error.strerror}") from error
    listener.setblocking(False)
    return listener


def _settings(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="uvloop",
        http=GuardedProtocol,
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,  # logging belongs to the program, not to its server
        log_level=logging.ERROR,  # below that it tells of every malformed request: a way to fill a disk
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=_BACKLOG,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=_GRACE,
    )
