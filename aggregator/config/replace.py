"""A file of the user's takes new content: all of it or none, with the mode and the owner that it has."""

from __future__ import annotations

import fcntl
import os
import tempfile
from codecs import BOM_UTF8
from contextlib import suppress
from pathlib import Path

from aggregator.model.errors import AggregatorError, ConfigError, Problem


def read_raw(file: Path) -> bytes:
    """The bytes of a file. Raises ConfigError where there is none to be read."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        message = "there is no such file; name another one with --config"
        raise ConfigError((Problem(file=file, line=1, column=1, message=message),), (file,)) from None
    except OSError as error:
        message = f"the file cannot be read: {error.strerror or error}"
        raise ConfigError((Problem(file=file, line=1, column=1, message=message),), (file,)) from None


def replace_file(file: Path, before: bytes, text: str) -> None:
    """Put a text in the place of what was read before. Links are followed; a byte order mark stays.

    Raises AggregatorError where that cannot be done, or where the file is not what it was.
    """
    real = file.resolve()
    content = (BOM_UTF8 if before.startswith(BOM_UTF8) else b"") + text.encode()
    try:
        folder = os.open(real.parent, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)  # two of us at once: the second sees that the file has changed
            if real.read_bytes() != before:
                raise AggregatorError(f"{file} was changed by somebody else meanwhile; look at it, and try again")
            _replace(real, content)
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise AggregatorError(f"{file} cannot be written: {error.strerror or error}") from error


def _replace(real: Path, content: bytes) -> None:
    status = real.stat()
    number, name = tempfile.mkstemp(dir=real.parent, prefix=f".{real.name}.")
    try:
        with os.fdopen(number, "wb") as stream:
            stream.write(content)
            stream.flush()
            with suppress(PermissionError):  # who is not root keeps the owner by being it
                os.fchown(stream.fileno(), status.st_uid, status.st_gid)
            os.fchmod(stream.fileno(), status.st_mode & 0o7777)
            os.fsync(stream.fileno())
        os.replace(name, real)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_file(file: Path, content: bytes, *, mode: int | None = None) -> None:
    """Write a file of the user's anew, whole or not at all; what is no file (a pipe, a device) is written to.

    `mode` is that of the new file; None: that of the one that is there, or what the umask leaves. May raise OSError.
    """
    real = file.resolve()
    if real.exists() and not real.is_file():
        real.write_bytes(content)
        return
    number, name = tempfile.mkstemp(dir=real.parent, prefix=f".{real.name}.")
    try:
        with os.fdopen(number, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fchmod(stream.fileno(), _mode_of(real) if mode is None else mode)
            os.fsync(stream.fileno())
        os.replace(name, real)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _mode_of(real: Path) -> int:
    with suppress(FileNotFoundError):
        return real.stat().st_mode & 0o7777
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask
