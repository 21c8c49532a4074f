"""The YAML that people write → the configuration that the program uses.

text.py       a file, and places in it                    syntax.py   what the YAML parser complains about, explained
nodes.py      text → nodes with places                     include.py  the nodes of a file and of all that it includes
document.py   nodes → plain data                           secret.py   what `${…}` stands for
renamed.py    keys that had another name, here or elsewhere
settings.py   the pydantic models: one field for each key   units.py   durations and sizes
explain.py    pydantic's complaints, explained
outline.py    what must differ: sources, names, addresses of feeds
load.py       the road from the file to `model.settings.Configuration`
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

from aggregator.config.load import load

__all__ = ["load"]
