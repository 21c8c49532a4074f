"""The marker `needs`: a missing program skips a test at home, and fails it in CI."""

from __future__ import annotations

import pytest

from tests import conftest


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)


def setup(node: pytest.Item, *programs: str) -> None:
    node.add_marker(pytest.mark.needs(*programs))
    conftest.pytest_runtest_setup(node)


def test_what_is_there_runs(request: pytest.FixtureRequest) -> None:
    setup(request.node, "sh")


def test_what_is_missing_skips(request: pytest.FixtureRequest) -> None:
    with pytest.raises(pytest.skip.Exception, match="no-such-reader not installed; scripts/install-test-programs"):
        setup(request.node, "sh", "no-such-reader")


def test_what_is_missing_fails_in_ci(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no-such-reader"):
        setup(request.node, "no-such-reader")
