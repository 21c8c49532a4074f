"""Shell completion: what stands in the configuration, and what bash needs to insert it right.

The shells call the program with _AGGREGATOR_COMPLETE set; nothing is ever said on standard error then.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import BashComplete, CompletionItem, add_completion_class, get_completion_class
from click.shell_completion import split_arg_string as split

from aggregator.cli.group import VARIABLE, main

if TYPE_CHECKING:
    from aggregator.config.outline import Outline

SHELLS = ("bash", "zsh", "fish")

_SPECIAL = re.compile(r"""([\s\\'"`$&;()<>|*?\[\]#~!{}])""")

_BASH = """\
%(complete_func)s() {
    local IFS=$'\\n' kind value
    COMPREPLY=()
    while IFS=, read -r kind value; do
        case $kind in
            dir) COMPREPLY+=($(compgen -d -- "${COMP_WORDS[COMP_CWORD]}")); compopt -o filenames ;;
            file) COMPREPLY+=($(compgen -f -- "${COMP_WORDS[COMP_CWORD]}")); compopt -o filenames ;;
            plain) COMPREPLY+=("$value") ;;
        esac
    done < <(COMP_LINE=${COMP_LINE:0:COMP_POINT} COMP_BREAKS=$COMP_WORDBREAKS \\
        %(complete_var)s=bash_complete "$1" 2>/dev/null)
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""


class Bash(BashComplete):
    """As bash needs it: click's own leaves the quoting to readline, which does not do it."""

    source_template = _BASH

    @staticmethod
    def _check_version() -> None:
        """The script needs bash 4.4, of 2016; to look which one there is costs a process."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before, and the beginning of the one that is meant, without their quotes."""
        line = os.environ.get("COMP_LINE", "")
        words = split(line)
        if not words or _is_between(line):
            words.append("")
        return words[1:-1], words[-1]

    def format_completion(self, item: CompletionItem) -> str:
        """Quoted as the word was begun, without the part that bash keeps."""
        word = _begun(os.environ.get("COMP_LINE", ""))
        if item.type != "plain" or word[:1] in ('"', "'"):
            return f"{item.type},{item.value}"
        return f"{item.type},{_insertable(item.value, word, os.environ.get('COMP_BREAKS', ''))}"


def _is_between(line: str) -> bool:
    """Whether a new word begins here."""
    return not _begun(line)


def _begun(line: str) -> str:
    """The last word as it was typed."""
    start, quote, at = 0, "", 0
    while at < len(line):
        sign = line[at]
        if quote:
            at += quote == '"' and sign == "\\"
            quote = "" if sign == quote else quote
        elif sign == "\\":
            at += 1
        elif sign in "\"'":
            quote = sign
        elif sign.isspace():
            start = at + 1
        at += 1
    return line[start:]


def _insertable(value: str, word: str, breaks: str) -> str:
    escaped = _SPECIAL.sub(r"\\\1", value)
    if "=" in word and word.startswith("-"):  # click is asked for what follows: --category=
        word = word.partition("=")[2]
    kept = max((at for at, sign in enumerate(word) if sign in ":=" and sign in breaks), default=-1) + 1
    return escaped[kept:] if escaped.startswith(word[:kept]) else escaped


add_completion_class(Bash, "bash")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print the script with which a shell completes commands, options, categories and sources.

    \b
    eval "$(aggregator completion bash)"      in ~/.bashrc
    eval "$(aggregator completion zsh)"       in ~/.zshrc, below compinit
    aggregator completion fish > ~/.config/fish/completions/aggregator.fish
    """
    found = get_completion_class(shell)
    assert found is not None, "click knows the three"
    click.echo(found(main, {}, "aggregator", VARIABLE).source())


def categories(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The categories of the configuration that begin so."""
    outline = _outline(context)
    return _beginning(("/".join(path) for path in outline.categories) if outline else (), incomplete)


def sources(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The names of its sources; where a URL was begun, their URLs, without secrets."""
    outline = _outline(context)
    return _beginning(_of_sources(outline, incomplete) if outline else (), incomplete)


def _of_sources(outline: Outline, incomplete: str) -> Iterator[str]:
    for category in outline.categories.values():
        for source in category.sources:
            yield source.name
            if incomplete.startswith("http"):
                yield source.written


def _beginning(names: Iterable[str], incomplete: str) -> list[CompletionItem]:
    begun = incomplete.casefold()
    found = dict.fromkeys(name for name in names if name.casefold().startswith(begun) and name.isprintable())
    return [CompletionItem(name) for name in found]


def _outline(context: click.Context) -> Outline | None:
    """What the file names, as far as it can be read: nobody who presses Tab asks what is wrong with it."""
    from aggregator.config.document import read_document
    from aggregator.config.outline import sketch_outline
    from aggregator.model.errors import ConfigError

    file = Path(context.find_root().params.get("config") or "config.yaml").expanduser()
    try:
        return sketch_outline(read_document(file, os.environ, file.absolute().parent))
    except (ConfigError, OSError):
        return None
