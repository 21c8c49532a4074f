"""What `${…}` in a text stands for.

    ${NAME}  ${NAME:-otherwise}  the environment      ${file:PATH}  the content of a file
    ${credential:NAME}  a file in $CREDENTIALS_DIRECTORY, where systemd puts what `LoadCredential=` names

No value of them ever stands in a message: `label` is what is said instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path, PurePath

MAX_SIZE = 64_000  # bytes; a secret is a line

_PLACE = re.compile(r"\$\$\{|\$\{([^}]*)(\}?)")
_NAMED = re.compile(
    r"file:(?P<file>.+)|credential:(?P<credential>[^/]+)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)(:-(?P<otherwise>.*))?",
    re.DOTALL,
)

Taken = tuple[str, str]
"""A value, and the label that stands for it in messages."""


def labelled(written: str) -> str:
    """A text as it stands in the file, each `${…}` as the label of it: no path of this machine, no second value."""
    return _PLACE.sub(lambda match: match[0] if match[0] == "$${" else _label(match[1]), written)


def has_places(written: str) -> bool:
    """Whether a text as it stands in the file takes anything from elsewhere; `$${` does not."""
    return any(match[0] != "$${" for match in _PLACE.finditer(written))


def without_places(written: str) -> str:
    """A text as it stands in the file, and nothing where a `${…}` stands."""
    return re.sub(r"\$\{[^}]*\}", "", written)


def _label(inner: str) -> str:
    kind, colon, rest = inner.partition(":")
    return f"${{{PurePath(rest).name if colon and kind in ('file', 'credential') else kind}}}"


class Expander:
    """Fills texts in. `files` lists what was read for that."""

    def __init__(self, environ: Mapping[str, str], folder: Path) -> None:
        self._environ = environ
        self._folder = folder
        self.files: dict[Path, None] = {}

    def expand(self, written: str, note: Callable[[str], None]) -> tuple[str, tuple[Taken, ...]]:
        """The text filled in, and what was taken for that; `note` is told of each `${…}` that stands for nothing."""
        taken: list[Taken] = []

        def fill(match: re.Match[str]) -> str:
            if match[0] == "$${":
                return "${"
            try:
                value, secret = self._value(match)
            except LookupError as refusal:
                note(str(refusal.args[0]))
                # One problem is enough: what stands in its place is fit for a URL, too.
                return re.sub(r"\W", "", match[1])
            if secret:
                taken.append((value, _label(match[1])))
            return value

        return _PLACE.sub(fill, written), tuple(taken)

    def _value(self, match: re.Match[str]) -> tuple[str, bool]:
        """The value, and whether it is one to keep to ourselves. Raises LookupError with a sentence."""
        named = _NAMED.fullmatch(match[1])
        if not match[2] or named is None:
            kinds = "${NAME}, ${file:path} or ${credential:name}"
            raise LookupError(f"`{match[0]}` must be {kinds}; for the characters themselves write $${{")
        if named["file"]:
            return self._content(self._path(named["file"]), match[0]), True
        if named["credential"]:
            return self._credential(named["credential"], match[0]), True
        name, otherwise = named["name"], named["otherwise"]
        if otherwise is not None and not self._environ.get(name):
            return otherwise, False  # it stands in the file for everybody
        if name not in self._environ:
            instead = f"or write the value here instead of ${{{name}}}"
            raise LookupError(f"the environment has no {name}; set it, {instead}")
        return self._environ[name], True

    def _path(self, text: str) -> Path:
        home = self._environ.get("HOME")
        return Path(home + text[1:]) if home and text.startswith("~/") else self._folder / text

    def _credential(self, name: str, written: str) -> str:
        folder = self._environ.get("CREDENTIALS_DIRECTORY")
        if not folder:
            how = f"systemd sets it where the unit has LoadCredential={name}:/path"
            raise LookupError(f"{written}: the environment has no CREDENTIALS_DIRECTORY; {how}")
        return self._content(Path(folder) / name, written)

    def _content(self, path: Path, written: str) -> str:
        self.files[path] = None
        try:
            with path.open("rb") as stream:
                raw = stream.read(MAX_SIZE + 1)
        except (OSError, ValueError) as error:
            reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
            raise LookupError(
                f"{written}: {path} cannot be read: {reason}; make it readable, or name another"
            ) from None
        try:
            text = raw.decode("utf-8").rstrip("\r\n")
        except UnicodeDecodeError:
            raise LookupError(f"{written}: {path} is not text; write the secret into it as one line") from None
        if not text or len(raw) > MAX_SIZE:
            size = "empty" if not text else f"larger than {MAX_SIZE // 1000}kB"
            raise LookupError(f"{written}: {path} is {size}; write the secret into it as one line")
        return text
