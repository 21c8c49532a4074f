"""Files that are replaced atomically, under a folder that any web server may serve.

    path_of | compare | .publish-*.tmp, fsync | replace | fsync of the directory

A name is a readable path such as "feeds/金融/新浪财经.atom". The file is called exactly so, for any web server looks
for what the address says when it is decoded. Levels that would be hidden, or lead elsewhere, are escaped by
`file_name`; no feed is called like that (`config/values.py`). Whoever serves the files asks `path_of`.

Every step goes through the descriptor of the directory that it happens in, and none of these was reached through a
symbolic link: whoever may write below the folder cannot make us write elsewhere.
"""

from __future__ import annotations

import fcntl
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Self

_TEMPORARY = re.compile(r"\.publish-[0-9a-f]{16}\.tmp")  # begins with a dot: web servers do not list or serve it
_LONGEST = 255  # bytes in the name of a file, on every file system that we know

_UNSAFE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\ud800-\udfff/\\]"  # control characters, separators, and that with which we escape
    r"|^\."  # hidden files and temporary ones begin with a dot
)
_ESCAPED = re.compile(r"(?:\\[0-9A-F]{2})+")
_UNSAFE_ONCE = re.compile(  # until November 2026 names were what Windows has as well, and escaped as in URLs
    r"""[\x00-\x1f\x7f-\x9f\ud800-\udfff/\\<>:"|?*]|^\.|[. ]$"""
    r"|^(?i:con|prn|aux|nul|com[0-9]|lpt[0-9])(?=\.|$)|%(?=[0-9A-Fa-f]{2}|~)|^%$"
)
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,16}$")


@dataclass(frozen=True, slots=True)
class Written:
    """The file is new, or has other content than before."""

    path: Path


@dataclass(frozen=True, slots=True)
class Same:
    """The file held these bytes already; it was not touched."""

    path: Path


def file_name(level: str) -> str:
    r"""What the file or directory is called that stands for one level of a name: itself, wherever that is safe.

    Different levels have different names: what is unsafe is escaped by its bytes (`\2E`), and a name that is too long
    for a file ends in a digest of the whole after `\~`; a suffix stays.
    """
    return _called(level, _UNSAFE, "\\")


def _called(level: str, unsafe: re.Pattern[str], mark: str) -> str:
    if not level:
        return mark
    name = unsafe.sub(lambda found: _escape(found[0], mark), level)
    if len(name.encode()) <= _LONGEST:
        return name
    suffix = match[0] if (match := _SUFFIX.search(name)) else ""
    ending = f"{mark}~{sha256(name.encode()).hexdigest()[:32]}{suffix}"
    start = name.encode()[: _LONGEST - len(ending)].decode(errors="ignore")
    return start + ending


def path_of(folder: Path, name: str) -> Path:
    """Where the file of this name lies; never outside the folder."""
    return folder.joinpath(*map(file_name, name.split("/")))


def name_of(folder: Path, path: Path) -> str | None:
    """The name that this file stands for; None if it is too long, so that only a digest of it is left."""
    levels = [_ESCAPED.sub(_read_back, level) for level in path.relative_to(folder).parts]
    name = "/".join(levels)
    return name if path_of(folder, name) == path else None


def publish(folder: Path, name: str, content: bytes) -> Written | Same:
    """Let the file of this name hold this content, at once and durably. A reader sees the old bytes or the new ones.

    `OSError` if that cannot be done: then the old file stays as it was.
    """
    with Batch() as batch:
        return batch.publish(folder, name, content)


class Batch:
    """Many files that are published one after another: each is whole wherever it is seen, and when the batch has ended,
    all of them are durable. A directory waits for the disk once instead of once for each file.

    Where the power fails before that, the last names may be missing or old; none holds half a file.
    """

    def __init__(self) -> None:
        self._changed: dict[tuple[Path, tuple[str, ...]], None] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for folder, levels in self._changed:
            with _directory(folder, levels, create=False) as directory:
                os.fsync(directory)

    def publish(self, folder: Path, name: str, content: bytes) -> Written | Same:
        """As the function of this name, but for what is durable when."""
        path = path_of(folder, name)
        levels = path.parent.relative_to(folder).parts
        folder.mkdir(parents=True, exist_ok=True)
        with _directory(folder, levels, create=True) as directory:
            if _holds(directory, path.name, content):
                return Same(path)
            _replace(directory, path.name, content)
        self._changed[folder, levels] = None
        return Written(path)


def list_folder(folder: Path, name: str) -> frozenset[str]:
    """The files in the directory of this name, as they are called there; none if there is no such directory."""
    levels = path_of(folder, name).relative_to(folder).parts
    try:
        with _directory(folder, levels, create=False) as directory:
            return frozenset(entry.name for entry in os.scandir(directory) if entry.is_file(follow_symlinks=False))
    except (FileNotFoundError, NotADirectoryError):
        return frozenset()


class Listing:
    """Which files there are below a folder, with one look at each directory that is asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._found: dict[str, frozenset[str]] = {}

    def has(self, name: str) -> bool:
        """Whether there was a file of this name when its directory was first asked for."""
        above, _, last = name.rpartition("/")
        if above not in self._found:
            try:
                self._found[above] = list_folder(self._folder, above)
            except OSError:  # whoever writes there will say why that cannot be done
                self._found[above] = frozenset()
        return file_name(last) in self._found[above]


def read(folder: Path, name: str) -> bytes | None:
    """The content of the file of this name; None if there is none that can be read."""
    path = path_of(folder, name)
    try:
        with _directory(folder, path.parent.relative_to(folder).parts, create=False) as directory:
            descriptor = os.open(path.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=directory)
            with open(descriptor, "rb") as file:
                return file.read()
    except OSError:
        return None


def remove(folder: Path, name: str) -> bool:
    """Take the file of this name away, and the directories that it leaves empty. True if there was such a file."""
    path = path_of(folder, name)
    levels = path.parent.relative_to(folder).parts
    try:
        with _directory(folder, levels, create=False) as directory:
            os.unlink(path.name, dir_fd=directory)
            os.fsync(directory)
    except FileNotFoundError:
        return False
    _remove_empty(folder, levels)
    return True


def adopt(folder: Path, name: str) -> None:
    """Let the file or directory of this name, and those above it, be called as they are today, if an earlier version
    called them otherwise. `OSError` if that cannot be done."""
    levels = name.split("/")
    for depth, level in enumerate(levels):
        once, now = _called(level, _UNSAFE_ONCE, "%"), file_name(level)
        if once != now:
            with (
                suppress(FileNotFoundError, NotADirectoryError),
                _directory(folder, tuple(map(file_name, levels[:depth])), create=False) as above,
            ):
                _rename(above, once, now)


def sweep(folder: Path) -> int:
    """Delete what killed processes left half-written, and count it. A file that is being written is left alone."""
    swept = 0
    with suppress(FileNotFoundError):  # nothing was published yet
        for _, _, files, directory in os.fwalk(folder.resolve()):  # follows no symbolic link, not even a first one
            for name in filter(_TEMPORARY.fullmatch, files):
                swept += _sweep_one(directory, name)
    return swept


def _escape(unsafe: str, mark: str) -> str:
    # One character is enough to make a device's name a harmless one.
    return "".join(f"{mark}{byte:02X}" for byte in unsafe[0].encode(errors="surrogatepass")) + unsafe[1:]


def _read_back(escaped: re.Match[str]) -> str:
    return bytes.fromhex(escaped[0].replace("\\", "")).decode(errors="surrogateescape")


@contextmanager
def _directory(folder: Path, levels: tuple[str, ...], *, create: bool) -> Iterator[int]:
    """A descriptor of the directory at these levels, none of which is a symbolic link; the folder itself may be one."""
    directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for level in levels:
            if create:
                _make(directory, level)
            below = os.open(level, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=directory)
            os.close(directory)
            directory = below
        yield directory
    finally:
        os.close(directory)


def _make(parent: int, level: str) -> None:
    with suppress(FileExistsError):
        os.mkdir(level, dir_fd=parent)
        os.fsync(parent)


def _holds(directory: int, name: str, content: bytes) -> bool:
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=directory)
    except OSError:  # absent, a symbolic link, unreadable: it will be replaced
        return False
    with open(descriptor, "rb") as file:
        return os.fstat(descriptor).st_size == len(content) and file.read() == content


def _replace(directory: int, name: str, content: bytes) -> None:
    temporary = f".publish-{token_hex(8)}.tmp"
    # Mode 0644 less the umask: a web server of another user must be able to read it.
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644, dir_fd=directory)
    try:
        with open(descriptor, "wb") as file:
            fcntl.flock(descriptor, fcntl.LOCK_EX)  # tells `sweep` that we live
            file.write(content)
            file.flush()
            os.fsync(descriptor)
            os.replace(temporary, name, src_dir_fd=directory, dst_dir_fd=directory)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(temporary, dir_fd=directory)
        raise


def _rename(directory: int, once: str, now: str) -> None:
    """What has both names was made anew: a file by the old one is of no use."""
    there = set(os.listdir(directory))
    if once in there and now not in there:
        os.rename(once, now, src_dir_fd=directory, dst_dir_fd=directory)
    elif once in there and not stat.S_ISDIR(os.lstat(once, dir_fd=directory).st_mode):
        os.unlink(once, dir_fd=directory)


def _remove_empty(folder: Path, levels: tuple[str, ...]) -> None:
    with suppress(OSError):  # not empty: then none above it is
        for depth in range(len(levels), 0, -1):
            with _directory(folder, levels[: depth - 1], create=False) as parent:
                os.rmdir(levels[depth - 1], dir_fd=parent)


def _sweep_one(directory: int, name: str) -> int:
    with suppress(FileNotFoundError, BlockingIOError):
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=directory)
        with open(descriptor, "rb"):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.unlink(name, dir_fd=directory)
        return 1
    return 0
