"""A file as it stands on the disk: read within bounds, and pointed into."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml

from aggregator.model.errors import ConfigError, Problem

MAX_SIZE = 10_000_000  # bytes; 100,000 sources fit

_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # what YAML counts as the end of a line

Severity = Literal["error", "warning"]


@dataclass(slots=True)
class Text:
    """The content of a file, and problems with places in it."""

    file: Path
    content: str = ""
    _lines: list[str] = field(default_factory=list)

    def line(self, number: int) -> str:
        """The line, counted from 0; empty where there is none."""
        if not self._lines:
            self._lines = _BREAK.split(self.content)
        return self._lines[number] if number < len(self._lines) else ""

    def problem(
        self,
        message: str,
        start: Any,
        end: Any = None,
        *,
        path: tuple[str | int, ...] = (),
        suggestion: str | None = None,
        severity: Severity = "error",
    ) -> Problem:
        """A problem from one of the YAML parser's marks to another."""
        return Problem(
            file=self.file,
            line=start.line + 1,
            column=start.column + 1,
            message=message,
            severity=severity,
            end=(end.line + 1, end.column + 1) if end is not None else None,
            excerpt=self.line(start.line),
            path=path,
            suggestion=suggestion,
        )

    def fatal(self, message: str, line: int = 1, column: int = 1) -> ConfigError:
        """What keeps the file from being read at all; counted from 1."""
        excerpt = self.line(line - 1)
        return ConfigError(
            (Problem(file=self.file, line=line, column=column, message=message, excerpt=excerpt),), (self.file,)
        )


def read_text(file: Path) -> Text:
    """The text of a file. Raises ConfigError where it is none that YAML could be read from."""
    raw = _read(file)
    try:
        text = Text(file, raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        if wide := _wide_encoding(raw):
            raise Text(file).fatal(f"the file is in {wide}; save it as UTF-8") from None
        readable = Text(file, raw[: error.start].decode("utf-8-sig", "replace"))
        message = "the file is not UTF-8 from here on; save it as UTF-8"
        raise readable.fatal(message, *_line_and_column(readable.content)) from None
    if wide := _wide_encoding(raw):
        raise Text(file).fatal(f"the file is in {wide}; save it as UTF-8")
    if control := yaml.reader.Reader.NON_PRINTABLE.search(text.content):
        message = f"a control character (U+{ord(control[0]):04X}) is not allowed here; remove it"
        raise text.fatal(message, *_line_and_column(text.content[: control.start()]))
    return text


def _wide_encoding(raw: bytes) -> str | None:
    """UTF-16 and UTF-32, by their mark, or by the zeros beside the letters of the first key."""
    if raw.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "UTF-32"
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "UTF-16"
    return "UTF-16" if re.match(rb"(?:[\t -~]\0){4}|(?:\0[\t -~]){4}", raw) else None


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            raw = stream.read(MAX_SIZE + 1)
    except FileNotFoundError:
        raise Text(file).fatal("there is no such file; `aggregator init` makes one, --config names another") from None
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise Text(file).fatal(f"the file cannot be read: {reason}") from None
    if len(raw) > MAX_SIZE:
        raise Text(file).fatal(f"the file is too big; {MAX_SIZE // 1_000_000}MB is the most")
    return raw


def _line_and_column(before: str) -> tuple[int, int]:
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
