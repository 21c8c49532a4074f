"""The YAML that people write → the configuration that the program uses.

document.py   text → nodes with places → plain data       syntax.py   what the YAML parser complains about, explained
settings.py   the pydantic models: one field for each key   units.py   durations and sizes
explain.py    pydantic's complaints, explained
outline.py    what must differ: sources, names, addresses of feeds
load.py       the road from the file to `model.settings.Configuration`
reference.py  docs/configuration.md, written from settings.py
"""

from aggregator.config.load import load

__all__ = ["load"]
