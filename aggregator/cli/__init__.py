"""The command line. Commands are thin: read the arguments, call a job, show what it did.

discovery.py the feeds behind an address    edit.py  add, remove, move, rename
group.py     what all commands share; later.py loads each when it is called
app.py       the commands that run, poll and publish; posts in and out; working.py does it
check.py     check; online.py asks the sources as well
cleaning.py  try, and refine; cleaned.py does them
complete.py  completion: what a shell asks when Tab is pressed
diff.py      diff
doctor.py    doctor; probing.py asks what it judges
init.py      init
machine.py   --json
manual.py    the manual page, made from all of these
stories.py   why, merge, split and regroup; telling.py does it
problems.py  problems with the configuration: a caret below the line, or JSON
schema.py    schema
searching.py search; finding.py does it
show.py      tables, progress bars, times in words
subscriptions.py  import opml and export opml
status.py    status; standing.py does it, watching.py anew every second; pages.py what it says of articles' pages;
             rows.py its rows
token.py     token
words.py     counts in sentences
trial.py     what `try` shows
"""

from aggregator.cli.group import main
from aggregator.cli.later import Later

__all__ = ["main"]

# name, room, the command there, and the line that --help shows: the first sentence of what it says itself
COMMANDS = (
    ("add", "edit", "add", "Follow a site: find the feed behind an address, and write it into the configuration."),
    (
        "backup",
        "app",
        "backup",
        "Copy the database into a file, or into a folder under the time of day, while the program may run.",
    ),
    ("check", "check", "check", "Validate the configuration, or another FILE."),
    (
        "completion",
        "complete",
        "completion",
        "Print the script with which a shell completes commands, options, categories and sources.",
    ),
    ("diff", "diff", "diff", "Tell what another configuration would change."),
    (
        "doctor",
        "doctor",
        "doctor",
        "Say what is wrong with the surroundings, and what to do: database, disk, clock, DNS, port, systemd.",
    ),
    ("export", "app", "export", "Give out what is followed, or every article as a post."),
    ("import", "app", "import_", "Take in what another program follows, or posts."),
    (
        "init",
        "init",
        "init",
        "Write a configuration to start with: feeds of a few topics, or those that you name.",
    ),
    ("merge", "stories", "merge", "Make one story of two, for ever, whatever the rule says."),
    (
        "move",
        "edit",
        "move",
        "Move sources to another CATEGORY, with their settings, comments and articles; a new one is made.",
    ),
    ("once", "app", "once", "Poll what is due, publish, and exit."),
    ("publish", "app", "publish", "Render every feed again from the database."),
    (
        "refine",
        "cleaning",
        "refine",
        "Clean again what is stored, from what publishers wrote, by the rules and settings of today.",
    ),
    ("regroup", "stories", "regroup", "Judge all stories again, by the rule and the corrections of today."),
    ("remove", "edit", "remove", "Follow sources no longer, by name, address or category/name."),
    ("rename", "edit", "rename", "Give a source, or a category, another name."),
    ("run", "app", "run", "Poll, publish and serve, until SIGTERM or Ctrl-C."),
    (
        "schema",
        "schema",
        "schema",
        "Print the JSON Schema of config.yaml: with it an editor completes, explains and checks.",
    ),
    ("search", "searching", "search_", "Find stories by their words, the best first."),
    ("split", "stories", "split", "Keep two articles apart, for ever, whatever the rule says."),
    (
        "status",
        "status",
        "status",
        "Show how every source is doing: last poll, next poll and why then, health, articles.",
    ),
    ("token", "token", "token", "Make a token for a subscriber, or the hash of a password."),
    (
        "try",
        "cleaning",
        "try_",
        "Fetch one feed and show, side by side, what it says and what we would keep; store nothing.",
    ),
    (
        "why",
        "stories",
        "why_",
        "Tell the life of an article: where it was found, what it merged with and why, and where it stands.",
    ),
)

SECTIONS = (  # what people want, in the order in which they come to want it
    ("Run", ("init", "run", "once", "publish", "doctor")),
    ("Look", ("status", "search", "why", "try")),
    ("Edit the configuration", ("add", "remove", "move", "rename", "check", "diff", "schema", "token")),
    ("Mend what is stored", ("merge", "split", "regroup", "refine", "backup")),
    ("In and out", ("import", "export")),
    ("Your shell", ("completion",)),
)

for _name, _room, _command, _says in COMMANDS:
    main.add_command(Later(_name, f"{__name__}.{_room}", _command, _says))
_listed = {name for _, names in SECTIONS for name in names}
_others = tuple(sorted(set(main.commands) - _listed))
main.sections = (*SECTIONS, ("More", _others)) if _others else SECTIONS
