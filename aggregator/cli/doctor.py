"""`doctor`: what the surroundings are like, and what to do about them."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict

import click

from aggregator.cli.group import FAILED, FINE, Context, speaks
from aggregator.cli.machine import answer, json_option
from aggregator.cli.probing import gather
from aggregator.cli.rows import Rows
from aggregator.cli.show import out
from aggregator.jobs.doctor import Finding, examine

SIGNS = {"fine": ("✓", "green"), "warning": ("!", "yellow"), "wrong": ("✗", "red"), "skipped": ("-", "dim")}
PLAIN = {"✓": "ok", "!": "!", "✗": "X", "-": "-"}  # where the terminal cannot show the others


@click.command()
@json_option
@click.pass_obj
@speaks
def doctor(context: Context, as_json: bool) -> None:
    """Say what is wrong with the surroundings, and what to do: database, disk, clock, DNS, port, systemd.

    Nothing is changed. The exit code is 1 if anything is wrong; warnings do not count.

    \b
    aggregator doctor
    aggregator -c /etc/aggregator/config.yaml doctor --json
    """
    findings = examine(gather(context.config, os.environ))
    wrong = sum(finding.verdict == "wrong" for finding in findings)
    if as_json:
        answer({"healthy": not wrong, "findings": [asdict(finding) for finding in findings]})
    else:
        _show(findings)
    sys.exit(FAILED if wrong else FINE)


def _show(findings: tuple[Finding, ...]) -> None:
    table = Rows("", "what", "how it is")
    for finding in findings:
        sign, style = SIGNS[finding.verdict]
        remedy = f" → {finding.remedy}" if finding.remedy else ""
        table.add((_showable(sign), style), finding.what, f"{finding.says}{_showable_text(remedy)}")
    out.print(table)


def _showable(sign: str) -> str:
    return sign if _can_show(sign) else PLAIN[sign]


def _showable_text(text: str) -> str:
    return text if _can_show(text) else text.encode(out.encoding, "replace").decode(out.encoding)


def _can_show(text: str) -> bool:
    try:
        text.encode(out.encoding)
    except UnicodeEncodeError:
        return False
    return True
