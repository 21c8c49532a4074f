"""A configuration to start with."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aggregator.cli import main
from aggregator.config import load
from aggregator.config.starter import TOPICS, Language, starter

ROOT = Path(__file__).parents[2]


def init(file: Path, *arguments: str, language: str = "en_GB.UTF-8") -> Result:
    return CliRunner(env={"LC_ALL": language}).invoke(main, ["--config", str(file), "init", *arguments])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_all_topics_of_a_language_make_a_configuration_without_a_warning(tmp_path: Path, language: Language) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(starter(language, list(TOPICS[language])))
    configuration = load(file, {})
    assert configuration.warnings == ()
    assert len(configuration.categories) == len(TOPICS[language])
    assert len(configuration.sources) == sum(len(topic.sources) for topic in TOPICS[language].values())


def test_every_address_is_one_that_the_page_of_sources_confirms() -> None:
    confirmed = (ROOT / "docs" / "sources.md").read_text()
    for topics in TOPICS.values():
        for topic in topics.values():
            assert all(f"`{url}`" in confirmed for _, url in topic.sources)


def test_it_writes_the_topics_that_were_named_and_the_schema_for_editors_beside_them(tmp_path: Path) -> None:
    done = init(tmp_path / "new" / "my.yaml", "--language", "zh", "--topics", "finance,technology")
    assert done.exit_code == 0, done.output
    configuration = load(tmp_path / "new" / "my.yaml", {})
    assert [category.slug for category in configuration.categories] == ["finance", "technology"]
    assert (tmp_path / "new" / "my.yaml").read_text().startswith("# yaml-language-server: $schema=config.schema.json\n")
    assert (tmp_path / "new" / "config.schema.json").read_text() == (ROOT / "docs/config.schema.json").read_text()


def test_a_chinese_locale_gets_chinese_feeds_and_comments(tmp_path: Path) -> None:
    init(tmp_path / "config.yaml", language="zh_CN.UTF-8")
    assert "配置" in (tmp_path / "config.yaml").read_text()
    assert any(category.path == ("科技",) for category in load(tmp_path / "config.yaml", {}).categories)


def test_what_is_there_is_never_written_over(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("mine")
    done = init(file)
    assert (done.exit_code, file.read_text()) == (1, "mine")
    assert "there already" in done.output
    file.unlink()
    file.symlink_to(tmp_path / "nowhere")
    assert init(file).exit_code == 1
    assert not (tmp_path / "nowhere").exists()


def test_feeds_of_ones_own_take_the_place_of_topics_and_may_be_private(tmp_path: Path) -> None:
    done = init(tmp_path / "config.yaml", "http://127.0.0.1:8123/a.xml", "https://example.org/feed?q=a:b#c")
    assert done.exit_code == 0, done.output
    configuration = load(tmp_path / "config.yaml", {})
    assert configuration.sources[0].url == "http://127.0.0.1:8123/a.xml"
    assert configuration.polling.allow_private == ("127.0.0.1:8123",)


@pytest.mark.parametrize("wrong", [["nonsense"], ["https://exa mple.org/"], ["http://:80/"]])
def test_an_address_that_is_none_leaves_no_file(tmp_path: Path, wrong: list[str]) -> None:
    assert init(tmp_path / "config.yaml", *wrong).exit_code == 2
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("wrong", [["--topics", "cooking"], ["--topics", " , "], ["--language", "tlh"]])
def test_a_topic_or_a_language_that_is_none_is_wrong_use(tmp_path: Path, wrong: list[str]) -> None:
    done = init(tmp_path / "config.yaml", *wrong)
    assert done.exit_code == 2
    assert "technology" in done.output or "en" in done.output
    assert os.listdir(tmp_path) == []
