"""Taking a body out of its Content-Encoding: pure, incremental, and bounded in output, in members and in layers.

We decode rather than libcurl: the limit then holds for what comes out, several gzip members work, and the time is spent
in the thread that asked, not in the one that serves all connections.
"""

from __future__ import annotations

import contextlib
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator

import brotli  # type: ignore[import-untyped]  # has no stubs
import zstandard

OFFERED = "gzip, deflate, br, zstd"
_GZIP_MAGIC = b"\x1f\x8b"
_MAX_LAYERS = 3
_MAX_MEMBERS = 1000  # of one gzip stream: empty members cost time and bring nothing
_STEP = 1 << 16
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_ZSTD_WINDOW = 8 << 20  # RFC 9659: what a decoder of Content-Encoding must hold, and need not exceed
_ZSTD_STEP = 256  # bytes in; four bytes can stand for a block of 128 kB
_NOT_OFFERED = frozenset({"compress", "x-compress", "dcb", "dcz"})

Chunks = Iterable[bytes]


class TooLargeError(Exception):
    """More came out than was asked for."""


class DamagedError(Exception):
    """The body is not what its headers say; the message says how."""


def decode(chunks: deque[bytes], content_encoding: str, max_size: int) -> bytes:
    """The whole body, decoded. Consumes the chunks, so that both forms need not be held at once."""
    body = b"".join(_stream(chunks, content_encoding, max_size))
    if body.startswith(_GZIP_MAGIC):  # feed.xml.gz, served as the file that it is
        body = b"".join(_limited(_gunzip(_sliced(body)), max_size))
    return body


def beginning(chunks: deque[bytes], content_encoding: str, size: int) -> bytes:
    """About as much of the start as asked for, of a body that need not be whole. Consumes the chunks."""
    start = b""
    with contextlib.suppress(DamagedError, TooLargeError):
        for piece in _stream(chunks, content_encoding, size + _STEP):
            start += piece
            if len(start) >= size:
                break
    return start[:size]


def _stream(chunks: deque[bytes], content_encoding: str, max_size: int) -> Iterator[bytes]:
    stream: Chunks = _drain(chunks)
    for decoder in _decoders(content_encoding):
        stream = _limited(decoder(stream), max_size)
    yield from _limited(stream, max_size)


def _decoders(content_encoding: str) -> list[Callable[[Chunks], Iterator[bytes]]]:
    names = [name.strip().lower() for name in content_encoding.split(",")]
    if unwanted := _NOT_OFFERED.intersection(names):
        raise DamagedError(f"encoded as {min(unwanted)}, which was not offered")
    # Words that name no coding ("UTF-8", "none") are a common slip, and the body beneath them is plain.
    known = [_DECODERS[name] for name in reversed(names) if name in _DECODERS]
    if len(known) > _MAX_LAYERS:
        raise DamagedError(f"encoded {len(known)} times over")
    return known


def _drain(chunks: deque[bytes]) -> Iterator[bytes]:
    while chunks:
        yield chunks.popleft()


def _sliced(body: bytes) -> Iterator[bytes]:
    """In small pieces: zlib hands back a copy of whatever of a piece it has not used yet."""
    return (body[start : start + _STEP] for start in range(0, len(body), _STEP))


def _limited(stream: Chunks, max_size: int) -> Iterator[bytes]:
    size = 0
    for piece in stream:
        size += len(piece)
        if size > max_size:
            raise TooLargeError
        yield piece


def _gunzip(stream: Chunks) -> Iterator[bytes]:
    """RFC 1952, with several members; what follows the last one is ignored, as gzip itself does."""
    source = _Rebuffered(stream)
    if not source.starts_with(_GZIP_MAGIC):
        yield from source.rest()  # announced, but not done: seen from servers behind some proxies
        return
    members = 0
    while source.starts_with(_GZIP_MAGIC):
        members += 1
        if members > _MAX_MEMBERS:
            raise DamagedError(f"more than {_MAX_MEMBERS} gzip members")
        yield from _inflate(source, zlib.MAX_WBITS | 16)


def _undeflate(stream: Chunks) -> Iterator[bytes]:
    """RFC 9110 section 8.4.1.2 means zlib; some servers send it bare."""
    source = _Rebuffered(stream)
    head = source.peek(2)
    if not head:
        return
    is_zlib = len(head) == 2 and head[0] & 0x0F == 8 and int.from_bytes(head, "big") % 31 == 0
    yield from _inflate(source, zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS)


def _inflate(source: _Rebuffered, wbits: int) -> Iterator[bytes]:
    inflater = zlib.decompressobj(wbits)
    try:
        while not inflater.eof:
            data = inflater.unconsumed_tail or source.take()
            if not data:
                raise DamagedError("the compressed body is cut short")
            if piece := inflater.decompress(data, _STEP):
                yield piece
    except zlib.error as error:
        raise DamagedError(f"the compressed body is damaged ({error})") from None
    source.give_back(inflater.unused_data)


def _unbrotli(stream: Chunks) -> Iterator[bytes]:
    """RFC 7932."""
    decoder = brotli.Decompressor()
    source = _Rebuffered(stream)
    try:
        while not decoder.is_finished():
            data = source.take() if decoder.can_accept_more_data() else b""
            piece = decoder.process(data, output_buffer_limit=_STEP)
            if piece:
                yield piece
            elif not data and decoder.can_accept_more_data():
                raise DamagedError("the compressed body is cut short")
    except brotli.error as error:
        raise DamagedError(f"the compressed body is damaged ({error})") from None


def _unzstd(stream: Chunks) -> Iterator[bytes]:
    """RFC 8878, with several frames. The library cannot bound what comes out, so little is put in at a time."""
    source = _Rebuffered(stream)
    if not source.starts_with(_ZSTD_MAGIC):
        yield from source.rest()
        return
    frames = 0
    while source.starts_with(_ZSTD_MAGIC):
        frames += 1
        if frames > _MAX_MEMBERS:
            raise DamagedError(f"more than {_MAX_MEMBERS} zstd frames")
        yield from _unzstd_frame(source)


def _unzstd_frame(source: _Rebuffered) -> Iterator[bytes]:
    decoder = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj()
    try:
        while not decoder.eof:
            data = source.take(_ZSTD_STEP)
            if not data:
                raise DamagedError("the compressed body is cut short")
            if piece := decoder.decompress(data):
                yield piece
    except zstandard.ZstdError as error:
        raise DamagedError(f"the compressed body is damaged ({error})") from None
    source.give_back(decoder.unused_data)


class _Rebuffered:
    """Chunks of any size, with a look ahead and the right to give back."""

    def __init__(self, stream: Chunks) -> None:
        self._stream = iter(stream)
        self._held = b""

    def peek(self, count: int) -> bytes:
        while len(self._held) < count:
            piece = next(self._stream, None)
            if piece is None:
                break
            self._held += piece
        return self._held[:count]

    def starts_with(self, prefix: bytes) -> bool:
        return self.peek(len(prefix)) == prefix

    def take(self, most: int | None = None) -> bytes:
        held = self._held or next(self._stream, b"")
        taken, self._held = (held, b"") if most is None else (held[:most], held[most:])
        return taken

    def give_back(self, data: bytes) -> None:
        self._held = data + self._held

    def rest(self) -> Iterator[bytes]:
        if self._held:
            yield self.take()
        yield from self._stream


_DECODERS: dict[str, Callable[[Chunks], Iterator[bytes]]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _undeflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}
