"""Feeds of this machine: a file, and what a command prints. Only the owner's configuration names them.

file:///path.xml        read, unless its time and size are those of the last visit
exec:program arguments  run without a shell, bounded in time and output, ended with all that it started
"""

from __future__ import annotations

import contextlib
import os
import selectors
import shlex
import signal
import stat
import subprocess
import threading
import time
from collections import deque
from pathlib import Path
from typing import IO
from urllib.parse import unquote_to_bytes

from aggregator.fetch import coding
from aggregator.model.exchange import Failure, Fetched, FetchFailed, FetchResult, NotModified, Request
from aggregator.model.source import Validators, shown_url

_STEP = 1 << 16
_LAST_WORDS = 4_000  # bytes of standard error that are kept: its end says what went wrong
_LONGEST_LINE = 300


def fetch_file(request: Request) -> FetchResult:
    """The file that a `file:` URL names, unless it is as it was."""
    try:
        path = Path(os.fsdecode(unquote_to_bytes(request.url.removeprefix("file:").removeprefix("//"))))
        with open(path, "rb", opener=_open_at_once) as file:
            return _read(request, file)
    except OSError as error:
        return _failed(request, Failure.FILE, error.strerror or str(error))
    except ValueError as error:  # a NUL in its name
        return _failed(request, Failure.FILE, str(error))


def _open_at_once(path: str, flags: int) -> int:
    """Opening a named pipe would else wait for somebody to write into it."""
    return os.open(path, flags | os.O_NONBLOCK)


def _read(request: Request, file: IO[bytes]) -> FetchResult:
    found = os.fstat(file.fileno())
    if not stat.S_ISREG(found.st_mode):
        return _failed(request, Failure.FILE, "it is a device or a pipe")
    validators = Validators(url=request.url, etag=f"{found.st_mtime_ns}-{found.st_size}-{found.st_ino}")
    if request.validators == validators:
        return NotModified(url=shown_url(request.url), validators=validators)
    return _fetched(request, deque([file.read(request.max_size + 1)]), validators)


def _fetched(request: Request, chunks: deque[bytes], validators: Validators | None = None) -> FetchResult:
    """The document, out of gzip if it is in it."""
    try:
        body = coding.decode(chunks, "", request.max_size)
    except coding.TooLargeError:
        return _failed(request, Failure.TOO_LARGE, f"it is larger than {request.max_size} bytes")
    except coding.DamagedError as error:
        return _failed(request, Failure.FILE, str(error))
    return Fetched(url=shown_url(request.url), body=body, validators=validators)


def _failed(request: Request, failure: Failure, detail: str) -> FetchFailed:
    return FetchFailed(url=shown_url(request.url), failure=failure, detail=detail)


class Commands:
    """Runs commands in one folder, with our environment. Thread-safe."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._closed = False

    def run(self, request: Request) -> FetchResult:
        """What the command of an `exec:` URL prints."""
        try:
            process = self._start(shlex.split(request.url.removeprefix("exec:")))
        except OSError as error:
            return _failed(request, Failure.COMMAND, f"cannot be started: {error.strerror or error}")
        except ValueError as error:
            return _failed(request, Failure.COMMAND, f"cannot be started: {error}")
        try:
            return _judge(request, _Output(process, request))
        finally:
            self._end(process)

    def close(self) -> None:
        """End what runs; nothing is started afterwards."""
        with self._lock:
            self._closed = True
            for process in self._running:
                _kill(process)

    def _start(self, words: list[str]) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._closed:
                raise ValueError("we are shutting down")
            process = subprocess.Popen(  # noqa: S603 - the owner's own words, and no shell
                words,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,  # a process group of its own, so that what it starts ends with it
            )
            self._running.add(process)
            return process

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        """Its whole group: a command that ended may have left others running."""
        with self._lock:
            self._running.discard(process)
            _kill(process)
        process.wait()
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()


def _kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


class _Output:
    """What a command prints until it ends, its time is over, or it is too much."""

    def __init__(self, process: subprocess.Popen[bytes], request: Request) -> None:
        assert process.stdout is not None
        assert process.stderr is not None
        self.process = process
        self.printed: deque[bytes] = deque()
        self.last_words = b""
        self.size = 0
        self.fault: Failure | None = None
        self._most = request.max_size
        self._deadline = time.monotonic() + request.timeout.total_seconds()
        self._read(process.stdout, process.stderr)

    def _read(self, printed: IO[bytes], complaints: IO[bytes]) -> None:
        with selectors.DefaultSelector() as selector:
            for pipe in (printed, complaints):
                os.set_blocking(pipe.fileno(), False)
                selector.register(pipe, selectors.EVENT_READ)
            while selector.get_map() and self.fault is None:
                if (left := self._deadline - time.monotonic()) <= 0:
                    self.fault = Failure.TIMEOUT
                for key, _ in selector.select(max(0.0, left)):
                    data = os.read(key.fd, _STEP)
                    if not data:
                        selector.unregister(key.fileobj)
                    elif key.fileobj is printed:
                        self._take(data)
                    else:
                        self.last_words = (self.last_words + data)[-_LAST_WORDS:]

    def _take(self, data: bytes) -> None:
        self.printed.append(data)
        self.size += len(data)
        if self.size > self._most:
            self.fault = Failure.TOO_LARGE

    def exit_code(self) -> int | None:
        """None if it closed its output and goes on until its time is over."""
        try:
            return self.process.wait(max(0.0, self._deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            return None


def _judge(request: Request, output: _Output) -> FetchResult:
    if output.fault is Failure.TOO_LARGE:
        return _failed(request, Failure.TOO_LARGE, f"it printed more than {request.max_size} bytes")
    code = None if output.fault is not None else output.exit_code()
    if code is None:
        seconds = f"{request.timeout.total_seconds():g}"
        return _failed(request, Failure.TIMEOUT, f"the command did not end within {seconds} s")
    if code != 0:
        how = f"exit code {code}" if code > 0 else f"ended by signal {-code}"
        return _failed(request, Failure.COMMAND, f"{how}{_last_line(output.last_words)}")
    return _fetched(request, output.printed)


def _last_line(last_words: bytes) -> str:
    lines = [line for line in last_words.decode("utf-8", "replace").splitlines() if line.strip()]
    return f": {lines[-1].strip()[:_LONGEST_LINE]}" if lines else ""
