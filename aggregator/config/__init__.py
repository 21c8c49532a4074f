"""The YAML that people write → the configuration that the program uses.

text.py       a file, and places in it                    syntax.py   what the YAML parser complains about, explained
nodes.py      text → nodes with places                     include.py  the nodes of a file and of all that it includes
document.py   nodes → plain data                           secret.py   what `${…}` stands for
renamed.py    keys that had another name, here or elsewhere
settings.py   the pydantic models: one field for each key   units.py   durations and sizes
values.py     what a URL, a slug, a language is: checks that need no pydantic
explain.py    pydantic's complaints, explained                meant.py     what was meant instead
outline.py    what must differ: sources, names, addresses of feeds
loading.py    the road from the file to `model.settings.Configuration`
schema.py     the JSON Schema, made from settings.py
reference.py  docs/configuration.md, written from settings.py
rules.py      `rules:`, read from the file
prefer.py     `prefer:`: whose copy of a story is shown
corrections.py corrections.yaml
starter.py    what `init` writes
edit.py       the file, edited by commands: only the lines that must change
layout.py     where in a text its parts stand              scalars.py  values, written as those around them
replace.py    a file, replaced at once                     fitting.py  names from elsewhere, made to fit
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aggregator.model.settings import Configuration

__all__ = ["load"]


def load(path: Path, environ: Mapping[str, str], *, in_place_of: Path | None = None) -> Configuration:
    """The configuration that a file holds. Raises ConfigError with everything that is wrong with it, and no other.

    Where the file is to take the place of another one, its relative paths are relative to that.
    """
    from aggregator.config import loading  # pydantic takes its time; whoever completes a name needs only the outline

    return loading.load(path, environ, in_place_of=in_place_of)
