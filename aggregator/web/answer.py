"""An answer that is ready: made once, sent many times."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus

from starlette.types import Send

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole response."""

    status: HTTPStatus
    headers: Headers
    body: bytes = b""
    head: bytes = field(init=False)  # status line and headers as they are sent, without the empty line at the end

    def __post_init__(self) -> None:
        lines = [f"HTTP/1.1 {self.status.value} {self.status.phrase}".encode()]
        lines += [name + b": " + value for name, value in self.headers]
        object.__setattr__(self, "head", b"\r\n".join(lines) + b"\r\n")

    async def send(self, send: Send) -> None:
        """Send it through ASGI."""
        await send({"type": "http.response.start", "status": self.status.value, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body})


def plain(status: HTTPStatus, words: str, *headers: tuple[bytes, bytes]) -> Answer:
    """A sentence, and never anything that a browser would take for a page: words may be somebody else's."""
    body = words.encode()
    common = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", b"%d" % len(body)),
        (b"x-content-type-options", b"nosniff"),
    ]
    return Answer(status, [*common, *headers], body)
