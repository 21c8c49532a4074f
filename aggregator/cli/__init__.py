"""The command line. Commands are thin: read the arguments, call a job, show what it did.

app.py       the commands that run, poll and publish
check.py     check
cleaning.py  try, and refine
diff.py      diff
problems.py  problems with the configuration: a caret below the line, or JSON
schema.py    schema
searching.py search
show.py      tables, progress bars, times in words
trial.py     what `try` shows
"""

from aggregator.cli.app import main
from aggregator.cli.check import check
from aggregator.cli.cleaning import refine, try_
from aggregator.cli.diff import diff
from aggregator.cli.schema import schema
from aggregator.cli.searching import search_

__all__ = ["main"]

main.add_command(check)
main.add_command(diff)
main.add_command(refine)
main.add_command(schema)
main.add_command(search_)
main.add_command(try_)
