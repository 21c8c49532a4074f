"""The command line. Commands are thin: read the arguments, call a job, show what it did.

app.py     the commands that run, poll, publish and check
posts.py   import and export
show.py    tables, progress bars, times in words
"""

from aggregator.cli.app import main

__all__ = ["main"]
