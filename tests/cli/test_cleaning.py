"""`try` and `refine` as people see them."""

from __future__ import annotations

import logging
import re
import sqlite3
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from aggregator.cli import main
from aggregator.cli.trial import by_rule, page, show
from aggregator.jobs.trial import Trial, try_feed
from aggregator.model.article import Removal
from aggregator.model.exchange import Failure
from aggregator.model.outcome import Failed
from tests.builders import a_source
from tests.fakes import FakeWeb

SOURCE = a_source()
NASTY = "</pre><script>alert(1)</script><img src=x onerror=alert(2)>\x1b[31m"


def rss(*bodies: str) -> str:
    items = "".join(
        f"<item><title>Title {number} &amp;lt;script&amp;gt;</title><link>https://news.example/{number}</link>"
        f"<description><![CDATA[{body}]]></description></item>"
        for number, body in enumerate(bodies)
    )
    return f"<rss version='2.0'><channel><title>News [bold]</title><link>https://news.example/</link>{items}</channel></rss>"


def tried(*bodies: str, limit: int = 5) -> Trial:
    found = try_feed(SOURCE, FakeWeb().serve(SOURCE.url, rss(*bodies)).fetch, limit)
    assert isinstance(found, Trial)
    return found


def shown(trial: Trial, width: int = 100) -> str:
    console = Console(width=width, file=StringIO())
    show(trial, console)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


@pytest.fixture(autouse=True)
def _log_as_before() -> Iterator[None]:
    """Commands start a log of their own, and run in this process here."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


# the job


def test_a_trial_brings_the_first_entries_before_and_after() -> None:
    found = tried("<p>a<script>x()</script></p>", "<p>b</p>", "<p>c</p>", limit=2)
    assert (found.count, len(found.entries)) == (3, 2)
    assert found.entries[0].before == "<p>a<script>x()</script></p>"
    assert found.entries[0].result.article.body == "<p>a</p>"
    assert [removal.rule for removal in found.entries[0].result.removals] == ["a script"]


def test_a_trial_shows_what_would_be_learned() -> None:
    foot = "<p>Follow us wherever you may be today.</p>"
    found = tried(
        *(f"<p>Paragraph {number} with many words of its very own.</p>{foot}" for number in range(6)), limit=1
    )
    assert found.entries[0].result.article.body == "<p>Paragraph 0 with many words of its very own.</p>"


def test_a_feed_that_cannot_be_had_is_a_failure() -> None:
    found = try_feed(SOURCE, FakeWeb().fail(SOURCE.url).fetch, 5)
    assert isinstance(found, Failed)
    assert found.failed.failure is Failure.TIMEOUT


# on the terminal


@pytest.mark.parametrize("width", [40, 80, 200])
def test_the_terminal_shows_both_sides_within_its_width(width: int) -> None:
    text = shown(tried("<p>Text</p><!-- remark -->" + "x" * 500, NASTY * 50), width)
    assert all(len(line) <= width for line in text.splitlines())
    flat = re.sub(r"\s+", " ", text)
    heading = next(line for line in text.splitlines() if "as published" in line)
    assert ("as we keep it" in heading) is (width >= 80)
    assert "as we keep it" in flat
    assert "<!-- remark -->" in flat
    assert "comment" in flat


def test_no_word_of_a_publisher_commands_the_terminal() -> None:
    text = shown(tried(NASTY + "[red]x[/red][/]"))
    assert "\x1b" not in text
    assert "[red]x[/red][/]" in text
    assert "News [bold]" in text


def test_removals_are_told_by_rule() -> None:
    removals = (Removal("a", "1"), Removal("b", "2"), Removal("a", "3"))
    assert [(ruling.rule, len(ruling.removals)) for ruling in by_rule(removals)] == [("a", 2), ("b", 1)]
    text = shown(tried("".join(f"<p>{number}</p><!-- {number} -->" for number in range(20))))
    assert "… and 12 more" in text


# as a page


def test_the_page_holds_every_word_and_runs_none() -> None:
    html = page(tried(NASTY + "<p>kept</p>"))
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "a script" in html
    assert "default-src &#39;none&#39;" in html or "default-src 'none'" in html
    assert re.search(r"style-src 'sha256-[\w+/=]{44}'", html)


# the commands


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["-c", str(folder / "config.yaml"), *arguments])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    foot = "<p>Follow us wherever you may be today.</p>"
    bodies = [
        f"<p class='lead'>Lead {number}.</p><p>Words of {number} and more of them.</p>{foot}" for number in range(6)
    ]
    (tmp_path / "feed.xml").write_text(rss(*bodies))
    configure(tmp_path, "")
    return tmp_path


def configure(folder: Path, settings: str) -> None:
    (folder / "config.yaml").write_text(
        f"publish: {{posts: posts}}\ncategories: {{a: {{sources: [{{name: Mine, url: 'file:feed.xml'{settings}}}]}}}}\n"
    )


def test_try_takes_a_configured_source_by_its_name_and_stores_nothing(folder: Path) -> None:
    result = run(folder, "try", "Mine", "--entries", "2")
    assert result.exit_code == 0, result.output
    assert "6 entries" in result.output
    assert sorted(path.name for path in folder.iterdir()) == ["config.yaml", "feed.xml"]


def test_try_writes_a_page(folder: Path) -> None:
    result = run(folder, "try", "Mine", "--html", str(folder / "page.html"))
    assert result.exit_code == 0, result.output
    assert "5 of 6 entries" in result.output
    assert "Follow us" in (folder / "page.html").read_text()


@pytest.mark.parametrize("form", ["{}", "file://{}", "file:{}"])
def test_try_takes_a_file_that_no_source_names(folder: Path, form: str) -> None:
    odd = folder / "a feed.xml"
    (folder / "feed.xml").rename(odd)
    result = run(folder, "try", form.format(str(odd).replace(" ", "%20") if "file:" in form else odd))
    assert result.exit_code == 0, result.output
    assert "6 entries" in result.output


def test_try_shows_what_was_learned_of_a_source_that_is_polled(folder: Path) -> None:
    assert run(folder, "once").exit_code == 0
    foot = "<p>Follow us wherever you may be today.</p>"
    (folder / "feed.xml").write_text(rss(f"<p>One article alone, which teaches nobody anything.</p>{foot}"))
    alone = run(folder, "try", str(folder / "feed.xml"))
    learned = run(folder, "try", "Mine")
    assert "said in most articles" not in alone.output
    assert "said in most articles" in learned.output
    assert len(stored(folder)) == 6


def test_try_says_what_is_wrong(folder: Path) -> None:
    assert run(folder, "try", "file:/etc/no-such-file").exit_code == 2
    assert run(folder, "try", "exec:id").exit_code == 2
    assert run(folder, "try", "Mine", "--html", str(folder / "no" / "page.html")).exit_code == 1
    (folder / "feed.xml").write_text("no feed")
    result = run(folder, "try", "Mine")
    assert result.exit_code == 1
    assert "not a feed" in result.output
    assert run(folder / "elsewhere", "try", "https://news.example/").exit_code == 2


def test_try_needs_no_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["try", "http://127.0.0.1:9/feed"])
    assert result.exit_code == 1
    assert "blocked" in result.output


def test_refine_applies_new_settings_to_feeds_and_posts_and_nothing_looks_updated(folder: Path) -> None:
    assert run(folder, "once").exit_code == 0
    before = stored(folder)
    assert all("lead" not in body and "Lead" in body for body, *_ in before)
    configure(folder, ", remove: ['.lead']")
    result = run(folder, "refine", "--all")
    assert result.exit_code == 0, result.output
    assert "6 articles looked at; 6 differ now" in result.output
    after = stored(folder)
    assert [times for _, *times in after] == [times for _, *times in before]
    assert not any("Lead" in body for body, *_ in after)
    assert "Lead" not in (folder / "data/public/feeds/a.atom").read_text()
    assert not any("Lead" in post.read_text() for post in (folder / "posts").iterdir())
    assert "6 articles looked at; 0 differ now; 0 files changed" in run(folder, "refine", "--all").output


def test_refine_says_what_it_needs(folder: Path) -> None:
    assert run(folder, "refine").exit_code == 2


def test_originals_can_be_left_unkept(folder: Path) -> None:
    with (folder / "config.yaml").open("a") as file:
        file.write("storage: {keep_original: false}\n")
    assert run(folder, "once").exit_code == 0
    assert "0 articles looked at" in run(folder, "refine", "--all").output


def stored(folder: Path) -> list[tuple[str, ...]]:
    database = sqlite3.connect(folder / "data/aggregator.db")
    found = database.execute("SELECT body, date, updated, changed, sort_at FROM articles ORDER BY id").fetchall()
    database.close()
    return found
