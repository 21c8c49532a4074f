"""The command line. Commands are thin: read the arguments, call a job, show what it did.

app.py       the commands that run, poll, publish and check
cleaning.py  try, and refine
show.py      tables, progress bars, times in words
trial.py     what `try` shows
"""

from aggregator.cli.app import main
from aggregator.cli.cleaning import refine, try_

__all__ = ["main"]

main.add_command(refine)
main.add_command(try_)
