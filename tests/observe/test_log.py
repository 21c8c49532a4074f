"""The log: for people, or one object a line."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from aggregator.observe.log import start_logging


@pytest.fixture(autouse=True)
def the_log_of_others() -> Iterator[None]:
    root = logging.getLogger()
    before, level = root.handlers, root.level
    yield
    root.handlers, root.level = before, level


def test_text_is_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    start_logging("text")
    logging.getLogger("aggregator.x").warning("%s failed", "新浪")
    assert "WARNING 新浪 failed" in capsys.readouterr().err


def test_json_is_one_object_a_line_with_the_traceback_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    start_logging("json")
    try:
        raise ValueError("two\nlines")
    except ValueError:
        logging.getLogger("aggregator.x").exception("it failed")
    [line] = capsys.readouterr().err.splitlines()
    said = json.loads(line)
    assert (said["level"], said["logger"], said["message"]) == ("error", "aggregator.x", "it failed")
    assert "ValueError: two\nlines" in said["traceback"]
    assert said["time"].endswith("+00:00")


def test_nothing_is_said_of_a_tick_in_which_a_job_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    start_logging("text")
    logging.getLogger("apscheduler.scheduler").warning('Execution of job "%s" skipped', "attempt")
    assert capsys.readouterr().err == ""
