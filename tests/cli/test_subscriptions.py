"""OPML in and out, with the formats of real programs."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from aggregator.cli import main

FRESHRSS = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0" xmlns:frss="https://freshrss.org/opml"><head><title>FreshRSS</title></head><body>
<outline text="金融"><outline text="路透 &amp; Co" type="rss" xmlUrl="https://a.example/feed?x=1&amp;y=2"
 htmlUrl="https://a.example/" description="d" frss:cssFullContent="article"/>
<outline text="深"><outline text="Deep" type="rss" xmlUrl="https://b.example/feed"/></outline></outline>
<outline text="Again" type="rss" xmlUrl="http://a.example/feed?x=1&amp;y=2"/>
<outline text="Loose" type="rss" xmlUrl="https://c.example/feed"/>
<outline text="Bad" type="rss" xmlUrl="javascript:alert(1)"/>
</body></opml>"""
LISTS = Path(__file__).parent / "lists"
Followed = dict[str, list[tuple[str | None, str]]]
AS_WRITTEN: dict[str, tuple[Followed, list[str], str]] = {  # categories, what is told, how many
    "miniflux": (
        {
            "imported": [  # its default category is called All, which is the address of the feed of all
                ("Harbour & Post", "https://harbour.example/feed.xml?format=rss&lang=en"),
                (None, "https://bare.example/atom.xml"),
            ],
            "科技／数码": [("少数派", "https://sspai.example/feed")],
        },
        [],
        "3 sources added; 0 passed over",
    ),
    "feedly": (
        {
            "Every Day": [
                ("High Water", "http://feeds.water.example/High"),
                ("阮的网络日志", "http://feeds.ruan.example/ruan"),
            ],
            "ML, BD: #DA": [("Early Leeks", "https://leeks.example/feed/")],
            "imported": [("Uncategorised Words", "https://words.example/rss")],
        },
        [":13: http://feeds.water.example/High is followed already: High Water in Every Day"],
        "4 sources added; 1 passed over",
    ),
    "inoreader": (
        {
            "Design": [  # and `design`, for they would have one address
                ("标志共和国", "http://rologo.example/feed"),
                ("News", "https://one.example/news.xml"),
                ("News 2", "https://two.example/news.xml"),
                ("Small Letters", "https://small.example/feed"),
            ],
            "imported": [("@ines", "https://ines.example/feed/")],
        },
        [":13: https://rologo.example/feed is followed already: 标志共和国 in Design"],
        "5 sources added; 1 passed over",
    ),
    "netnewswire": (
        {
            "imported": [('Daring "Ball"', "https://ball.example/feeds/main")],
            "Mac": [("Six Colors", "https://colors.example/feed")],
            "Mac/Code": [(None, "https://code.example/feed.json")],
            "Mac/Code/Swift": [("Swift by Night", "https://swift.example/rss")],
        },
        [],
        "4 sources added; 0 passed over",
    ),
    "freshrss": (
        {
            "Uncategorized": [
                ("Whole & Full", "https://full.example/feed"),
                ("Quiet", "https://quiet.example/feed"),
                ("Odd", "https://odd.example/feed"),
            ],
            "Scraped": [("Signals", "https://signals.example/feed.json")],
        },
        [
            ":11: https://odd.example/feed: content: div[[ is left out",
            ":14: Notices is no feed: HTML+XPath makes one of something else",
            ":15: Data is no feed: JSON+DotNotation makes one of something else",
            ":18: Reading list is another list: import https://lists.example/all.opml as well",
        ],
        "4 sources added; 3 passed over",
    ),
}
CONFIG = "categories:\n  mine:\n    sources:\n      - https://own.example/feed  # mine\n  other: {sources: []}\n"


def run(file: Path, *arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(main, ["-c", str(file), *arguments], input=given)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "config.yaml"
    file.write_text(CONFIG)
    return file


def test_folders_become_categories_and_what_is_passed_over_is_told(file: Path) -> None:
    result = run(file, "import", "opml", "-", given=FRESHRSS)
    assert result.exit_code == 0, result.output
    assert "-:6: http://a.example/feed?x=1&y=2 is followed already: 路透 & Co in 金融" in result.output
    assert "-:8: javascript:alert(1) is no web address" in result.output
    assert "3 sources added; 2 passed over" in result.output
    assert file.read_text().startswith(CONFIG.rstrip("\n"))
    data = yaml.safe_load(file.read_text())["categories"]
    assert data["金融"]["sources"] == [
        {"name": "路透 & Co", "url": "https://a.example/feed?x=1&y=2", "full_text": True, "content": "article"}
    ]
    assert data["金融/深"]["sources"] == [{"name": "Deep", "url": "https://b.example/feed"}]
    assert data["imported"]["sources"] == [{"name": "Loose", "url": "https://c.example/feed"}]


def followed(file: Path) -> Followed:
    """Names and addresses by category."""
    return {
        key: [(None, each) if isinstance(each, str) else (each.get("name"), each["url"]) for each in value["sources"]]
        for key, value in yaml.safe_load(file.read_text())["categories"].items()
    }


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    file = tmp_path / "empty.yaml"
    file.write_text("")
    return file


@pytest.mark.parametrize("program", AS_WRITTEN)
def test_the_list_of_each_program_is_taken_over(empty: Path, program: str) -> None:
    categories, told, counted = AS_WRITTEN[program]
    list_ = LISTS / f"{program}.opml"
    result = run(empty, "import", "opml", str(list_))
    assert result.exit_code == 0, result.output
    assert followed(empty) == categories
    lines = result.output.splitlines()
    assert [line.startswith(f"{list_}{each}") for line, each in zip(lines, told, strict=False)] == [True] * len(told)
    assert lines[len(told) :] == [counted]
    assert run(empty, "check").exit_code == 0
    again = run(empty, "import", "opml", str(list_))
    assert "0 sources added" in again.output


@pytest.mark.parametrize("program", AS_WRITTEN)
def test_what_came_in_goes_out_and_comes_in_the_same(empty: Path, tmp_path: Path, program: str) -> None:
    out, twin = tmp_path / "out.opml", tmp_path / "twin.yaml"
    twin.write_text("")
    run(empty, "import", "opml", str(LISTS / f"{program}.opml"))
    assert run(empty, "export", "opml", str(out)).exit_code == 0
    result = run(twin, "import", "opml", str(out))
    assert "; 0 passed over" in result.output
    assert yaml.safe_load(twin.read_text()) == yaml.safe_load(empty.read_text())


def test_what_freshrss_says_of_whole_texts_and_muted_feeds_is_taken_over(empty: Path) -> None:
    run(empty, "import", "opml", str(LISTS / "freshrss.opml"))
    whole, quiet, _ = yaml.safe_load(empty.read_text())["categories"]["Uncategorized"]["sources"]
    assert whole["full_text"] is True
    assert whole["content"] == "article, .story > p"
    assert whole["remove"] == [".footer, .aside"]
    assert quiet["enabled"] is False


def test_a_setting_that_is_none_is_left_out_and_the_rest_is_taken(empty: Path) -> None:
    given = (
        '<opml xmlns:a="urn:aggregator:opml"><body><outline text="A" xmlUrl="https://a.example/"\n'
        ' a:settings=\'{"every": "soon", "max_new": 3}\'/></body></opml>'
    )
    result = run(empty, "import", "opml", "-", given=given)
    assert "https://a.example/: every: soon is left out" in result.output
    assert "1 source added; 0 passed over" in result.output
    sources = yaml.safe_load(empty.read_text())["categories"]["imported"]["sources"]
    assert sources == [{"name": "A", "url": "https://a.example/", "max_new": 3}]


def test_a_feed_and_a_folder_of_one_name_both_have_an_address(empty: Path) -> None:
    given = (
        '<opml><body><outline text="Mac"><outline text="Code" xmlUrl="https://a.example/"/>'
        '<outline text="code"><outline text="._" xmlUrl="https://b.example/"/></outline></outline>'
        '<outline text=".."><outline text="Up" xmlUrl="https://c.example/"/></outline></body></opml>'
    )
    assert run(empty, "import", "opml", "-", given=given).exit_code == 0
    assert followed(empty) == {
        "Mac": [("Code 2", "https://a.example/")],
        "Mac/code": [(None, "https://b.example/")],
        "imported": [("Up", "https://c.example/")],
    }


def test_the_urls_of_newsboat_are_read_and_nothing_is_run(file: Path) -> None:
    urls = '# mine\nhttps://n.example/feed "tech" "~My Name" !\n"exec:/bin/touch /tmp/x" a\n"query:Q:age < 3"\nhttps://m.example/\n'
    result = run(file, "import", "opml", "-", "--category", "other", given=urls)
    assert "exec: is a program, and is not taken over" in result.output
    assert "query: is a view of other feeds" in result.output
    data = yaml.safe_load(file.read_text())["categories"]
    assert data["tech"]["sources"] == [{"name": "My Name", "url": "https://n.example/feed"}]
    assert data["other"]["sources"] == ["https://m.example/"]


def test_nothing_is_lost_in_a_round_trip(file: Path, tmp_path: Path) -> None:
    file.write_text(
        "categories:\n  a:\n    sources:\n      - https://a.example/?x=1&y=2\n"
        "      - {name: '名 <1>', url: https://b.example/, every: 15m, full_text: true,\n"
        "         remove: [.ad, 'p > a'], max_new: 3}\n"
        "  a/b:\n    sources:\n      - {name: C, url: https://c.example/, enabled: false}\n"
    )
    out, again, empty = tmp_path / "out.opml", tmp_path / "again.opml", tmp_path / "empty.yaml"
    empty.write_text("")
    assert run(file, "export", "opml", str(out)).exit_code == 0
    result = run(empty, "import", "opml", str(out))
    assert result.exit_code == 0, result.output
    assert run(empty, "export", "opml", str(again)).exit_code == 0
    assert again.read_bytes() == out.read_bytes()
    assert run(empty, "check").exit_code == 0


def test_a_hostile_list_reads_no_file_and_takes_no_secret(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "s3cret")
    hostile = (
        '<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]><opml><body>'
        '<outline text="a&x;${TOKEN}" xmlUrl="https://h.example/"/>'
        '<outline text="b" xmlUrl="https://h.example/${TOKEN}"/><outline text="c" xmlUrl="exec:id"/></body></opml>'
    )
    run(file, "import", "opml", "-", given=hostile)
    exported = run(file, "export", "opml").output
    assert "root:" not in file.read_text() + exported
    assert "s3cret" not in file.read_text() + exported
    assert "exec:" not in file.read_text()


@pytest.mark.needs("newsboat")
def test_newsboat_takes_our_list_and_gives_it_back(file: Path, tmp_path: Path) -> None:
    run(file, "import", "opml", "-", given=FRESHRSS)
    out = tmp_path / "out.opml"
    run(file, "export", "opml", str(out))
    urls = tmp_path / "urls"
    urls.write_text("https://first.example/\n")
    newsboat = ["newsboat", "-u", str(urls), "-c", str(tmp_path / "cache.db"), "-C", "/dev/null"]
    environ = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    subprocess.run([*newsboat, "-i", str(out)], env=environ, check=True, capture_output=True, timeout=60)
    given = subprocess.run([*newsboat, "-e"], env=environ, check=True, capture_output=True, timeout=60).stdout
    empty = tmp_path / "empty.yaml"
    empty.write_text("")
    for list_ in (given, urls.read_bytes()):
        empty.write_text("")
        assert run(empty, "import", "opml", "-", given=list_.decode()).exit_code == 0
        for url in ("https://own.example/feed", "https://a.example/feed?x=1&y=2", "https://b.example/feed"):
            assert url in empty.read_text()


@pytest.mark.needs("sfeed_opml_import", "sfeed_opml_export", "r2e")
def test_sfeed_and_rss2email_take_our_list_and_give_it_back(file: Path, tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    run(file, "import", "opml", "-", given=FRESHRSS)
    out, back, empty = tmp_path / "out.opml", tmp_path / "back.opml", tmp_path / "empty.yaml"
    run(file, "export", "opml", str(out))

    def program(*command: str, given: bytes = b"") -> bytes:
        return subprocess.run(command, env=environ, input=given, check=True, capture_output=True, timeout=60).stdout

    (tmp_path / "sfeedrc").write_bytes(program("sfeed_opml_import", given=out.read_bytes()))
    by_sfeed = program("sfeed_opml_export", str(tmp_path / "sfeedrc"))
    program("r2e", "new", "x@example.org")
    program("r2e", "opmlimport", str(out))
    program("r2e", "opmlexport", str(back))
    for given in (by_sfeed, back.read_bytes()):
        empty.write_text("")
        assert run(empty, "import", "opml", "-", given=given.decode()).exit_code == 0
        sources = yaml.safe_load(empty.read_text())["categories"]["imported"]["sources"]
        assert {source["url"] for source in sources} == {
            "https://own.example/feed",
            "https://a.example/feed?x=1&y=2",
            "https://b.example/feed",
            "https://c.example/feed",
        }
