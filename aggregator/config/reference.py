"""docs/configuration.md, written from the settings: `python -m aggregator.config.reference > docs/configuration.md`."""

from __future__ import annotations

import sys
from datetime import timedelta
from inspect import cleandoc
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from aggregator.config import settings
from aggregator.config.units import write_duration, write_size

_HEAD = """\
# The configuration

<!-- Written by `python -m aggregator.config.reference`; a test fails when this page is stale. -->

One YAML file, `config.yaml` unless `--config` names another one. Everything but `categories` may be left out.
[examples/full.yaml](../examples/full.yaml) shows every key at work.

* **Durations** are `90s`, `15m`, `2h` or `7d`; **sizes** are `500kB` or `15MB` (1 kB is 1,000 bytes).
* **Paths** are relative to the file; `~/` is the home folder.
* **The nearest setting wins**: that of the source, then that of its category, then those of the categories above it,
  then `defaults`, then `polling`. Headers are joined one by one; a list such as `remove` replaces the one further away.
* **Anchors, aliases and merges** (`&name`, `*name`, `<<: *name`) work; a key at the top that begins with `x-` is a
  place for them, and nothing else looks at it. Keys may not be written twice.

## What is wrong, and what would change

`aggregator check` reports everything that is wrong at once: the file, the line and the column, what to write instead,
and the line itself with a caret.

```text
config.yaml:7:5: evrey: is not a key here; did you mean every?
7 |     evrey: 15m
  |     ^~~~~
```

Warnings do not fail; with anything else the exit code is 2. `aggregator check --format json` prints an array for
editors: objects with `file`, `line`, `column`, `end_line`, `end_column`, `key`, `path`, `message`, `suggestion` and
`severity`.

`aggregator diff new.yaml` tells what another file would change in the place of this one: settings; sources that are
added, removed, moved, renamed, or set otherwise; feeds that appear, vanish or change their URL; how many of the stories
that are stored each feed gains and loses. `--json` says the same to programs. A running daemon takes a changed file
over by itself and logs these lines; a wrong one changes nothing.

## In an editor

[config.schema.json](config.schema.json) is a JSON Schema of the whole file; `aggregator schema` prints it. With the
YAML language server (in VS Code the extension *YAML*, in Vim, Neovim, Emacs, Helix and Kate through their LSP client)
the first line of the file is enough, and it completes keys, explains them, and underlines what is wrong:

```text
# yaml-language-server: $schema=docs/config.schema.json
```

The path is relative to the file. Where there is no copy of the schema: `aggregator schema > config.schema.json`.

## Secrets

What stands in a value as `${…}` is filled in when the file is read, and is never shown: not in a log, not in a message,
not on the page. `$${` stands for `${` itself.

| written | stands for |
|---|---|
| `${NAME}` | the variable `NAME` of the environment |
| `${NAME:-otherwise}` | the same; where it is not set or empty, what is written behind `:-` |
| `${file:secrets/token}` | what the file holds, without the line break at its end; relative to `config.yaml` |
| `${credential:token}` | the same of a file in `$CREDENTIALS_DIRECTORY`, from systemd ([how](operations.md)) |

Numbers, durations and switches may come from there as well: `concurrency: ${CONCURRENCY:-32}`, `hub: ${HUB:-own}`.

A file of a secret is watched as the configuration is: a new token is taken over when it is written.

## Many files

`include:` names further files, a folder (of which every `*.yaml` and `*.yml` is taken, in the order of their names), a
pattern, or a list of these, relative to the file that it stands in. All other paths stay relative to `config.yaml`.

```yaml
include: [feeds/*.yaml, more.yaml]
categories:
  technology:
    include: lists/technology.yaml
    sources:
      - https://lwn.net/headlines/rss
```

An included file has the same keys as this one, and may include others. A category that stands in several files has the
sources of all of them, those of the including file first. At the top a file is included whole; in a category, a file
holds keys of that category, or a list of sources alone. Two files that give one key different values are a mistake, and
it is told where both stand. Included files and folders are watched: a new file in a folder is taken over at once.
"""

_SECTIONS: tuple[tuple[str, type[settings.Settings], str], ...] = (
    ("publish", settings.Publish, ""),
    ("server", settings.Server, ""),
    ("storage", settings.Storage, ""),
    ("polling", settings.Polling, ""),
    (
        "defaults",
        settings.Defaults,
        "A category may have every one of these keys, too, and those below under `categories`.\n",
    ),
    (
        "categories",
        settings.Category,
        """\
Each key is the name of a category. `技术/安全` is a category below `技术`, which exists even if it has no key of its
own; the feed of a category holds the stories of those below it. Two feeds may not have the same address, and neither
`all` nor a name that begins with `_` or `.` can be one. A file needs at least one source.
""",
    ),
    (
        "access",
        settings.Access,
        """\
Below a category, or below `server`: the nearest one wins, and a category's own replaces that of the level above it.
[access](access.md) tells how subscribers use it, and what it does to the feed of all.
""",
    ),
    (
        "podcast",
        settings.Podcast,
        """\
Below a category. [podcasts](podcasts.md) tells when a feed is one, and what apps make of it.
""",
    ),
    (
        "categories.….sources",
        settings.Source,
        """\
Each item is a URL or a mapping of these keys. No URL may be followed twice, whether with `http` or with `https`, with
a slash at its end or with parameters called `utm_…`. Where several sources of a category have the same host and no
`name`, the first one keeps the host as its name and the others get the path as well. A source is known by its URL as it
stands in the file: the value of a `${NAME}` in it may change.

Subscribers, logs and the page see a URL as it stands in the file, without `user:password@`: what `${NAME}` stands for
never leaves the machine but to the publisher. Of a local file or a command they see the last part of its name.

A **file** may be gzipped; it is read again when its time or size changes. A **command** is split into words as a shell
would do it, but no shell is involved: no pipes, no `*`. It runs in the folder of the configuration with our environment
and an empty standard input, and is ended, with all that it started, when `timeout` is over. What it prints is the feed;
an exit code other than 0 is a failure, and the last line that it wrote to standard error says why. Files and commands
can only be named here: a redirect never leads to one, and commands need `polling.allow_exec` besides.
""",
    ),
)

_TAIL = """\
## What YAML makes of it

Some texts are no texts to YAML, and need quotes: `no`, `yes`, `on` and `off` are truth values, `12:30` is the number
750, `2024-01-01` is a date, `404` is a number. So do texts that hold `: ` or ` #`, or that begin with one of
`[ ] { } * & ! | > % @ #` or a backquote. Where that has happened, the message says so.
"""


def render_reference() -> str:
    """The whole page."""
    return "\n".join([_HEAD, *(_render_section(*section) for section in _SECTIONS), _render_beside(), _TAIL])


def _render_beside() -> str:
    """The keys of the file that are no sections."""
    fields = {
        name: field for name, field in settings.Root.model_fields.items() if field.annotation is str or name == "rules"
    }
    rows = [_render_field(name, field) for name, field in fields.items()]
    heading = ", ".join(f"`{name}`" for name in fields)
    table = ["| key | value | default | meaning |", "|---|---|---|---|", *rows]
    return "\n".join([f"## {heading}\n\nAt the beginning of a line, outside of everything else.\n", *table, ""])


def _render_section(title: str, model: type[settings.Settings], notes: str) -> str:
    fields = model.model_fields
    inherited = settings.Defaults.model_fields if model is settings.Category else {}
    rows = [_render_field(name, field) for name, field in fields.items() if name not in inherited]
    table = "\n".join(["| key | value | default | meaning |", "|---|---|---|---|", *rows])
    head = f"## `{title}`\n\n{cleandoc(model.__doc__ or '')}\n"
    return "\n".join([head, *([notes] if notes else []), table, ""])


def _render_field(name: str, field: FieldInfo) -> str:
    cells = f"`{name}`", _kind(name, field), _default(name, field), field.description or ""
    return f"| {' | '.join(cells)} |"


def _kind(name: str, field: FieldInfo) -> str:
    """What may stand there, with its limits."""
    limits = ((words, getattr(limit, bound, None)) for limit in field.metadata for bound, words in _BOUNDS.items())
    bounds = [f"{words} {written(name, limit)}" for words, limit in limits if limit is not None]
    return ", ".join([_kind_name(field.annotation, field.metadata), *bounds])


_BOUNDS = {"ge": "from", "le": "to"}


def _kind_name(annotation: Any, metadata: tuple[Any, ...] | list[Any] = ()) -> str:
    for mark in (*metadata, *getattr(annotation, "__metadata__", ())):
        if isinstance(mark, settings.Kind):
            return mark.name
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation is settings.Access:
        return "[`access`](#access)"
    if annotation is settings.Podcast:
        return "[`podcast`](#podcast)"
    if annotation is settings.PodcastOwner:
        return "`email`, and `name` if there is one"
    if origin is list and isinstance(arguments[0], type) and issubclass(arguments[0], settings.Settings):
        return "list of sources"
    if origin is list:
        return f"list of {_kind_name(arguments[0])}"
    if origin is Literal:
        return ", ".join(f"`{choice}`" for choice in arguments)
    if arguments:
        return " or ".join(dict.fromkeys(_kind_name(each) for each in arguments if each is not type(None)))
    return {int: "number", bool: "`true` or `false`"}.get(annotation, "text")


def _default(name: str, field: FieldInfo) -> str:
    if field.is_required():
        return "must be given"
    if field.default is None:
        return "–"
    return f"`{written(name, field.default)}`"


def written(name: str, value: object) -> str:
    """As one writes it into the file."""
    if isinstance(value, timedelta):
        return write_duration(value)
    if isinstance(value, list):
        return f"[{', '.join(map(str, value))}]"
    if isinstance(value, bool | float):
        return f"{value:g}" if isinstance(value, float) else str(value).lower()
    return write_size(value) if name == "max_size" and isinstance(value, int) else str(value)


if __name__ == "__main__":
    sys.stdout.write(render_reference())
