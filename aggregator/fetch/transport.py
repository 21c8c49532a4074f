"""One HTTP exchange at a time on each of many connections: libcurl's multi interface, run by one thread of its own.

This is the only file that knows pycurl. It follows no redirect, decodes nothing and reads no clock but the monotonic
one. What it does is bounded: by one deadline per exchange, by the size of the body and of the header lines, and by the
guard's word on the address of every connection, when it is opened and again before a request uses it.

    worker thread: exchange(ask) ──► inbox ──wake──► loop thread: lanes ─► libcurl ─► Answer ──► the worker's future
"""

from __future__ import annotations

import contextlib
import logging
import os
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pycurl

from aggregator.fetch.guard import Guard
from aggregator.fetch.lanes import Lanes
from aggregator.model.exchange import Failure

log = logging.getLogger(__name__)

_MAX_HEAD = 256_000  # bytes of header lines, interim responses and trailers included
_MAX_LINES = 2_000
_MAX_UNWANTED = 65_536  # of a body that is not going to be read: enough to keep the connection, not enough to hurt
_FAREWELL = 2.0  # seconds
_SELECT = {
    pycurl.POLL_IN: selectors.EVENT_READ,
    pycurl.POLL_OUT: selectors.EVENT_WRITE,
    pycurl.POLL_INOUT: selectors.EVENT_READ | selectors.EVENT_WRITE,
}
_TLS_CODES = frozenset(
    {
        pycurl.E_SSL_CONNECT_ERROR,
        pycurl.E_PEER_FAILED_VERIFICATION,
        pycurl.E_SSL_CERTPROBLEM,
        pycurl.E_SSL_CIPHER,
        pycurl.E_SSL_ISSUER_ERROR,
        pycurl.E_USE_SSL_FAILED,
        pycurl.E_SSL_INVALIDCERTSTATUS,
        pycurl.E_SSL_PINNEDPUBKEYNOTMATCH,
    }
)
_FAILURES = {
    pycurl.E_COULDNT_RESOLVE_HOST: Failure.DNS,
    pycurl.E_COULDNT_RESOLVE_PROXY: Failure.DNS,
    pycurl.E_COULDNT_CONNECT: Failure.CONNECT,
    pycurl.E_GOT_NOTHING: Failure.CONNECT,
    pycurl.E_SEND_ERROR: Failure.CONNECT,
    pycurl.E_RECV_ERROR: Failure.CONNECT,
    pycurl.E_OPERATION_TIMEDOUT: Failure.TIMEOUT,
    pycurl.E_FILESIZE_EXCEEDED: Failure.TOO_LARGE,
    pycurl.E_SSL_CACERT_BADFILE: Failure.OURS,
    pycurl.E_SSL_ENGINE_INITFAILED: Failure.OURS,
    pycurl.E_FAILED_INIT: Failure.OURS,
    pycurl.E_OUT_OF_MEMORY: Failure.OURS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One GET of one URL, or a POST where there is a form: no redirect, no decoding."""

    url: str  # as `target.Target` writes it: unambiguous, without credentials
    host: str
    port: int
    headers: tuple[bytes, ...]  # whole lines
    timeout: float  # seconds from the start of the exchange; waiting for a turn does not count
    max_size: int  # of the body as it travels
    addresses: tuple[str, ...] = ()  # found by the caller; libcurl resolves if there are none
    form: bytes | None = None
    proxy: str | None = None


@dataclass(slots=True, kw_only=True)
class Answer:
    """What came, whole or not."""

    status: int = 0  # of a head that came to its end; 0: none did
    head: list[bytes] = field(default_factory=list)  # its lines, without the status line
    body: deque[bytes] = field(default_factory=deque)  # as it travelled
    took: float = 0.0  # seconds since the exchange started
    failure: Failure | None = None  # why it is not whole
    detail: str = ""  # what went wrong, in words


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What all exchanges of a transport have in common."""

    guard: Guard
    concurrency: int
    per_host: int
    spacing: float  # seconds between two starts at one host
    ca_file: Path | None


class _Job:
    """An ask on its way, and the answer when there is one. A bare lock: half the cost of a Future."""

    __slots__ = ("_answer", "_done", "ask")

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        self._answer = Answer()
        self._done = threading.Lock()
        self._done.acquire()

    def finish(self, answer: Answer) -> None:
        self._answer = answer
        self._done.release()

    def wait(self) -> Answer:
        self._done.acquire()
        return self._answer


class Transport:
    """Thread-safe; `exchange` waits for its turn and for the answer."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._inbox: deque[_Job] = deque()
        self._lock = threading.Lock()
        self._awake = False  # a wake-up is on its way; a second one would only cost
        self._closed = False
        self._wake_in, self._wake_out = socket.socketpair()
        self._wake_in.setblocking(False)
        self._wake_out.setblocking(False)
        self._thread = threading.Thread(target=self._run, name="fetch", daemon=True)
        self._thread.start()

    def exchange(self, ask: Ask) -> Answer:
        """Ask, and wait for what comes. Raise RuntimeError after `close`."""
        job = _Job(ask)
        with self._lock:
            if self._closed:
                raise RuntimeError("the client is closed")
            self._inbox.append(job)
            self._wake()
        return job.wait()

    def close(self) -> None:
        """End what runs, and give back threads and sockets. A second time does nothing."""
        with self._lock:
            self._closed = True
            if self._thread.is_alive():
                self._wake()
        # libcurl waits for its name lookups, and a dead name server keeps those for many seconds: not us.
        self._thread.join(_FAREWELL)
        self._wake_out.close()

    def _wake(self) -> None:
        if not self._awake:
            self._awake = True
            self._wake_out.send(b"\0")

    def _run(self) -> None:
        loop = _Loop(self._settings, self._wake_in)
        try:
            while loop.turn(self._collect):
                pass
        except BaseException:
            log.exception("the fetch loop broke; every exchange fails until the program is restarted")
        finally:
            with self._lock:
                self._closed = True
            loop.close()
            for job in self._inbox:
                job.finish(_shut_down())

    def _collect(self) -> list[_Job] | None:
        """What has come in since the last wake-up; None if it is time to stop."""
        with self._lock:
            if self._awake:
                self._awake = False
                with contextlib.suppress(BlockingIOError):
                    self._wake_in.recv(16)
            if self._closed:
                return None
            jobs = list(self._inbox)
            self._inbox.clear()
            return jobs


class _Loop:
    """libcurl's sockets and timer on a selector; everything here runs in the one thread that called `turn`."""

    def __init__(self, settings: Settings, wake: socket.socket) -> None:
        self._settings = settings
        self._lanes: Lanes[_Job] = Lanes(
            total=settings.concurrency, per_host=settings.per_host, spacing=settings.spacing
        )
        self._wake = wake
        self._selector = selectors.DefaultSelector()
        self._selector.register(wake, selectors.EVENT_READ)
        self._timer: float | None = None
        self._idle: list[_Handle] = []
        self._running: dict[pycurl.Curl, _Handle] = {}
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._on_socket)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._on_timer)
        # Only idle connections ever stand above these: the lanes count what runs. libcurl closes the oldest idle one.
        self._multi.setopt(pycurl.M_MAX_HOST_CONNECTIONS, settings.per_host)
        self._multi.setopt(pycurl.M_MAX_TOTAL_CONNECTIONS, settings.concurrency)
        self._multi.setopt(pycurl.M_MAXCONNECTS, settings.concurrency)

    def turn(self, collect: Callable[[], list[_Job] | None]) -> bool:
        """Take in what is new, serve every socket that is ready, hand out what is done; False when told to stop."""
        jobs = collect()
        if jobs is None:
            return False
        for job in jobs:
            self._lanes.put(job.ask.host, job)
        self._start()
        for key, events in self._selector.select(self._patience()):
            if key.fileobj is not self._wake:
                mask = (events & selectors.EVENT_READ and pycurl.CSELECT_IN) | (
                    events & selectors.EVENT_WRITE and pycurl.CSELECT_OUT
                )
                self._multi.socket_action(key.fd, mask)
        if self._timer is not None and self._timer <= time.monotonic():
            self._timer = None
            self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
        self._finish()
        return True

    def close(self) -> None:
        for job in (*self._lanes.drain(), *(handle.job for handle in self._running.values())):
            job.finish(_shut_down())
        for curl in self._running:
            self._multi.remove_handle(curl)
        for handle in (*self._idle, *self._running.values()):
            handle.close()
        self._multi.close()
        self._selector.close()
        self._wake.close()

    def _start(self) -> None:
        while (job := self._lanes.take(time.monotonic())) is not None:
            handle = self._idle.pop() if self._idle else _Handle(self._settings)
            try:
                handle.begin(job)
                self._multi.add_handle(handle.curl)
            except (pycurl.error, ValueError, TypeError) as error:  # this one cannot be asked; the others can
                handle.close()
                self._lanes.free(job.ask.host, time.monotonic())
                job.finish(Answer(failure=Failure.OURS, detail=f"libcurl refused the request: {error}"))
            else:
                self._running[handle.curl] = handle

    def _finish(self) -> None:
        done: list[tuple[_Job, Answer]] = []
        more = True
        while more:
            left, good, bad = self._multi.info_read()
            more = left > 0
            done += [self._end(curl, pycurl.E_OK, "") for curl in good]
            done += [self._end(*entry) for entry in bad]
        try:
            self._start()  # before the workers wake up and want the interpreter
        finally:
            for job, answer in done:
                job.finish(answer)

    def _end(self, curl: pycurl.Curl, code: int, message: str) -> tuple[_Job, Answer]:
        self._multi.remove_handle(curl)
        handle = self._running.pop(curl)
        self._idle.append(handle)
        self._lanes.free(handle.job.ask.host, time.monotonic())
        return handle.job, handle.end(code, message)

    def _patience(self) -> float | None:
        moments = [moment for moment in (self._timer, self._lanes.opens_at()) if moment is not None]
        return max(0.0, min(moments) - time.monotonic()) if moments else None

    def _on_timer(self, milliseconds: int) -> None:
        self._timer = None if milliseconds < 0 else time.monotonic() + milliseconds / 1000

    def _on_socket(self, what: int, fd: int, _multi: object, known: object) -> None:
        if what == pycurl.POLL_REMOVE:
            with contextlib.suppress(KeyError):
                self._selector.unregister(fd)
        elif known is None:
            self._selector.register(fd, _SELECT[what])
            self._multi.assign(fd, self)  # so that the next call knows it without asking the selector
        else:
            self._selector.modify(fd, _SELECT[what])


class _Handle:
    """An easy handle, made once and used for one exchange after the other, and what its callbacks gather."""

    def __init__(self, settings: Settings) -> None:
        self._guard = settings.guard
        self._proxied = False
        self._pinned = False
        self._posted = False
        self._opened: list[socket.socket] = []
        self.curl = _configured(settings)
        self.curl.setopt(pycurl.HEADERFUNCTION, self._on_header)
        self.curl.setopt(pycurl.WRITEFUNCTION, self._on_body)
        self.curl.setopt(pycurl.OPENSOCKETFUNCTION, self._on_open)
        self.curl.setopt(pycurl.PREREQFUNCTION, self._on_request)

    def begin(self, job: _Job) -> None:
        self.job = job
        ask = job.ask
        self._started = time.monotonic()
        self._answer = Answer()
        self._interim = 0  # the status of the head that is being read
        self._set_proxy(ask.proxy)
        self._tunnel = self._proxied and ask.url.startswith("https:")  # the proxy's answer to CONNECT comes first
        self._head_size = self._lines = self._body_size = 0
        self._refusal: str | None = None
        self._overflow: str | None = None
        self._enough = False
        curl = self.curl
        curl.setopt(pycurl.URL, ask.url)
        curl.setopt(pycurl.HTTPHEADER, ask.headers)
        curl.setopt(pycurl.TIMEOUT_MS, max(1, int(ask.timeout * 1000)))
        curl.setopt(pycurl.MAXFILESIZE_LARGE, ask.max_size)
        self._set_method(ask.form)
        self._pin(ask)

    def _set_proxy(self, proxy: str | None) -> None:
        if proxy is not None or self._proxied:
            self.curl.setopt(pycurl.PROXY, proxy or "")
            self.curl.setopt(pycurl.NOPROXY, "*" if proxy is None else "")
            self._proxied = proxy is not None

    def _set_method(self, form: bytes | None) -> None:
        if form is not None:
            self.curl.setopt(pycurl.POSTFIELDS, form)
        elif self._posted:
            self.curl.setopt(pycurl.HTTPGET, 1)
        self._posted = form is not None

    def _pin(self, ask: Ask) -> None:
        """Tell libcurl the addresses that our own resolver found, and forget those of the exchange before."""
        if ask.addresses:
            where = f"{ask.host}:{ask.port}"
            addresses = ",".join(f"[{address}]" if ":" in address else address for address in ask.addresses)
            self.curl.setopt(pycurl.RESOLVE, [f"-{where}", f"+{where}:{addresses}"])
            self._pinned = True
        elif self._pinned:
            self.curl.setopt(pycurl.RESOLVE, [])
            self._pinned = False

    def end(self, code: int, message: str) -> Answer:
        while self._opened:
            self._opened.pop().close()
        answer = self._answer
        answer.took = time.monotonic() - self._started
        if code != pycurl.E_OK and not self._enough:
            answer.failure, answer.detail = self._failure(code, message)
        elif not answer.status:
            answer.failure, answer.detail = Failure.PROTOCOL, "the answer has no complete head"
        self._answer = Answer()  # a handle that idles must not keep a body alive
        return answer

    def close(self) -> None:
        self.curl.close()
        while self._opened:
            self._opened.pop().close()

    def _failure(self, code: int, message: str) -> tuple[Failure, str]:
        if self._refusal is not None and code in (pycurl.E_COULDNT_CONNECT, pycurl.E_ABORTED_BY_CALLBACK):
            return Failure.BLOCKED, self._refusal
        if self._overflow is not None:
            return Failure.TOO_LARGE, self._overflow
        if code in _TLS_CODES:
            return Failure.TLS, message
        if code == pycurl.E_UNSUPPORTED_PROTOCOL:
            return Failure.PROTOCOL, "the answer has no HTTP status line"
        failure = _FAILURES.get(code, Failure.PROTOCOL)
        if failure is Failure.CONNECT and self._interim:  # it did speak HTTP, then broke off or talked nonsense
            failure = Failure.PROTOCOL
        return failure, message

    def _on_open(self, _purpose: int, address: Any) -> socket.socket | int:
        """Called with the very address that the connection is about to be made to, whatever name led there."""
        family, kind, protocol, where = address
        if not self._proxied and (refusal := self._judge(where[0], where[1])):
            self._refusal = refusal
            return int(pycurl.SOCKET_BAD)
        # pycurl gives libcurl a duplicate; this one is ours to close.
        self._opened.append(socket.socket(family, kind, protocol))
        return self._opened[-1]

    def _on_request(self, remote: str, _local: str, port: int, _local_port: int) -> int:
        """Called before a request is sent, on a connection that may be an old one: it is judged again."""
        if not self._proxied and (refusal := self._judge(remote, port)):
            self._refusal = refusal
            return int(pycurl.PREREQFUNC_ABORT)
        return int(pycurl.PREREQFUNC_OK)

    def _judge(self, address: str | bytes, port: int) -> str | None:
        text = address.decode("ascii", "replace") if isinstance(address, bytes) else address
        return self._guard.refusal(self.job.ask.host, text, port)

    def _on_header(self, line: bytes) -> int | None:
        self._head_size += len(line)
        self._lines += 1
        if self._head_size > _MAX_HEAD or self._lines > _MAX_LINES:
            self._overflow = "the response has too many or too long headers"
            return -1
        answer = self._answer
        if answer.status:  # trailers: counted, not read
            return None
        if line in (b"\r\n", b"\n"):
            self._end_of_head()
        elif line.startswith(b"HTTP/"):
            self._interim = _status(line)
            answer.head = []
        else:
            answer.head.append(line)
        return None

    def _end_of_head(self) -> None:
        if self._tunnel and 200 <= self._interim < 300:
            self._tunnel = False
        elif self._interim >= 200:
            self._answer.status = self._interim

    def _on_body(self, data: bytes) -> int | None:
        self._body_size += len(data)
        wanted = self._answer.status in (200, 203)
        if self._body_size > (self.job.ask.max_size if wanted else _MAX_UNWANTED):
            self._enough = not wanted
            self._overflow = f"the document is larger than {self.job.ask.max_size} bytes"
            return -1
        self._answer.body.append(data)
        return None


def _configured(settings: Settings) -> pycurl.Curl:
    """An easy handle with all that never changes. Cookies, netrc, HSTS and Alt-Svc are off unless asked for."""
    curl = pycurl.Curl()
    curl.setopt(pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS)
    curl.setopt(pycurl.FOLLOWLOCATION, 0)
    curl.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_2TLS)
    curl.setopt(pycurl.HTTP09_ALLOWED, 0)
    curl.setopt(pycurl.HTTP_CONTENT_DECODING, 0)
    curl.setopt(pycurl.NOSIGNAL, 1)
    curl.setopt(pycurl.NETRC, pycurl.NETRC_IGNORED)
    curl.setopt(pycurl.SSL_VERIFYPEER, 1)
    curl.setopt(pycurl.SSL_VERIFYHOST, 2)
    if settings.ca_file is not None:
        curl.setopt(pycurl.CAINFO, os.fspath(settings.ca_file))
    curl.setopt(pycurl.PROXY, "")  # set, and so not looked up in the environment
    curl.setopt(pycurl.NOPROXY, "*")
    return curl


def _status(line: bytes) -> int:
    word = line.split(None, 2)[1:2]
    return int(word[0]) if word and word[0].isdigit() and len(word[0]) == 3 else 0


def _shut_down() -> Answer:
    return Answer(failure=Failure.OURS, detail="we are shutting down")
