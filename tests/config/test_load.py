"""From a file to the configuration: defaults, nesting, names, the nearest setting."""

import pickle
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.config import load
from aggregator.model.errors import ConfigError
from aggregator.model.settings import (
    Category,
    Configuration,
    PollingSettings,
    PublishSettings,
    ServerSettings,
    StorageSettings,
)
from aggregator.model.source import Source, mask, source_id

ROOT = Path(__file__).parents[2]
Loader = Callable[..., Configuration]


@pytest.fixture
def read(tmp_path: Path) -> Loader:
    def read(text: str, **environ: str) -> Configuration:
        path = tmp_path / "config.yaml"
        path.write_text(text, encoding="utf-8")
        return load(path, environ)

    return read


def test_a_url_is_enough(read: Loader, tmp_path: Path) -> None:
    found = read("categories: {news: {sources: [https://www.example.org/feed.xml]}}")
    url = "https://www.example.org/feed.xml"
    assert found == Configuration(
        path=tmp_path / "config.yaml",
        publish=PublishSettings(folder=tmp_path / "data/public"),
        server=ServerSettings(),
        storage=StorageSettings(database=tmp_path / "data/aggregator.db"),
        polling=PollingSettings(),
        categories=(Category(path=("news",), slug="news", title="news"),),
        sources=(Source(id=source_id(url), url=url, name="example.org", category=("news",)),),
        corrections_file=tmp_path / "corrections.yaml",
    )


def test_the_files_that_we_ship_load() -> None:
    shipped = load(ROOT / "config.yaml", {})
    assert 12 <= len(shipped.sources) <= 20
    assert len([category for category in shipped.categories if len(category.path) == 1]) >= 4
    assert any(len(category.path) > 1 for category in shipped.categories)
    assert {source.language for source in shipped.sources} == {"en", "zh-CN"}
    assert all(source.url.startswith("https://") for source in shipped.sources)
    full = load(ROOT / "examples/full.yaml", {"FEED_TOKEN": "secret"})
    slugs = [category.slug for category in full.categories]
    assert slugs == ["finance", "技术", "技术/security", "技术/编程", "weather"]
    assert full.sources[1].headers == (("Accept-Language", "zh"), ("Authorization", "Bearer secret"))
    [weekly] = [source for source in full.sources if source.name == "Programming weekly"]
    assert weekly.headers == (("Accept-Language", "en"), ("X-Client", "aggregator"))
    assert pickle.loads(pickle.dumps(full)) == full


def test_empty_sections_are_all_defaults(read: Loader) -> None:
    found = read("publish:\nserver:\nstorage:\npolling:\ncategories: {a: {sources: [https://a.example/]}, b: {}}")
    assert found.server == ServerSettings()
    assert [category.slug for category in found.categories] == ["a", "b"]


def test_levels_that_only_children_name_exist(read: Loader) -> None:
    found = read("categories:\n  a/b/c: {sources: [https://a.example/]}\n  d: {}\n  a: {title: The A}")
    assert [category.path for category in found.categories] == [("a",), ("a", "b"), ("a", "b", "c"), ("d",)]
    assert [category.title for category in found.categories] == ["The A", "b", "c", "d"]
    assert [category.slug for category in found.categories] == ["a", "a/b", "a/b/c", "d"]


@pytest.mark.parametrize(
    "name", ["日経　ニュース", "A\u00a0B", "👩\u200d👩\u200d👧 family", "می\u200cخواهم", "क्\u200dष"]
)
def test_wide_blanks_and_joiners_belong_to_names(read: Loader, name: str) -> None:
    found = read(
        f"categories:\n  {name}:\n    title: {name}\n    sources: [{{name: {name}, url: https://a.example/}}]\n"
    )
    assert [category.slug for category in found.categories] == [name]
    assert (found.categories[0].title, found.sources[0].name) == (name, name)


@pytest.mark.parametrize("name", ["a\\u202eb", "a\\u200bb", "a\\u2028b", "a\\u0007b", "a\\ufeffb"])
def test_what_cannot_be_seen_belongs_to_no_name(read: Loader, name: str) -> None:
    with pytest.raises(ConfigError, match="control characters"):
        read(f'categories:\n  "{name}":\n    sources: [https://a.example/]\n')
    with pytest.raises(ConfigError, match="control characters"):
        read(f'categories:\n  a:\n    sources: [{{name: "{name}", url: https://a.example/}}]\n')


def test_a_slug_replaces_the_last_level_or_all(read: Loader) -> None:
    found = read(
        "categories:\n"
        "  技术: {slug: tech, sources: [https://a.example/]}\n"
        "  技术/安全: {slug: security}\n"
        "  技术/编程: {slug: code/programming}\n"
        "  技术/编程/蛇: {}\n"
    )
    slugs = [category.slug for category in found.categories]
    assert slugs == ["tech", "tech/security", "code/programming", "code/programming/蛇"]


def test_the_nearest_setting_wins(read: Loader) -> None:
    found = read(
        """
        polling: {every: 1h, timeout: 30s, max_size: 1MB}
        categories:
          a:
            every: 30m
            language: en
            remove: [.far]
            keep: [.mine]
            clean: minimal
            headers: {Accept-Language: en, X-One: "1"}
            sources: [https://1.example/]
          a/b:
            timeout: 10s
            sources:
              - {url: https://2.example/, every: auto, remove: [], headers: {accept-language: fr}, max_size: 2kB}
              - {url: https://3.example/, every: 2d, language: de, time_zone: Asia/Tokyo, timeout: 5s, clean: full}
          c:
            sources: [https://4.example/]
        """
    )
    first, second, third, fourth = found.sources
    assert [each.every for each in found.sources] == [
        timedelta(minutes=30),
        None,
        timedelta(days=2),
        timedelta(hours=1),
    ]
    assert [each.timeout.seconds for each in found.sources] == [30, 10, 5, 30]
    assert [each.language for each in found.sources] == ["en", "en", "de", None]
    assert [each.max_size for each in found.sources] == [1_000_000, 2_000, 1_000_000, 1_000_000]
    assert (first.remove, second.remove, third.remove) == ((".far",), (), (".far",))
    assert [each.keep for each in found.sources] == [(".mine",), (".mine",), (".mine",), ()]
    assert [each.clean for each in found.sources] == ["minimal", "minimal", "full", "full"]
    assert second.headers == (("accept-language", "fr"), ("X-One", "1"))
    assert (third.time_zone, fourth.time_zone) == ("Asia/Tokyo", "UTC")


def test_a_category_says_what_makes_one_story_and_a_bare_off_is_understood(read: Loader) -> None:
    found = read("publish: {merge: url}\ncategories: {a: {merge: off, sources: [https://a.example/]}, a/b: {}, c: {}}")
    assert found.publish.merge == "url"
    assert [category.merge for category in found.categories] == ["off", "off", "url"]


def test_originals_are_kept_unless_the_storage_says_otherwise(read: Loader) -> None:
    sources = "categories: {a: {sources: [https://a.example/]}}\n"
    kept, dropped = read(sources), read(f"storage: {{keep_original: false}}\n{sources}")
    assert (kept.storage.keep_original, kept.sources[0].keep_original) == (True, True)
    assert (dropped.storage.keep_original, dropped.sources[0].keep_original) == (False, False)


def test_names_come_from_hosts_and_a_later_source_moves_no_other(read: Loader) -> None:
    found = read(
        """
        categories:
          a:
            sources:
              - https://www.example.org/feed.xml
              - https://example.org/en/other.xml?page=2
              - {name: example.com, url: https://x.example/}
              - https://example.com/z.xml
          b: {sources: [https://example.org/third.xml]}
        """
    )
    names = [source.name for source in found.sources]
    assert names == [
        "example.org",
        "example.org en-other.xml-page-2",
        "example.com",
        "example.com z.xml",
        "example.org",
    ]


def test_secrets_come_from_the_environment_and_stay_out_of_names_and_ids(read: Loader) -> None:
    text = """
    categories:
      a:
        sources:
          - https://example.org/plain
          - https://example.org/feed?token=${TOKEN}
          - {url: "https://h.example/${TOKEN}", headers: {Authorization: "Bearer ${TOKEN} $${TOKEN}"}}
    """
    one, two = read(text, TOKEN="old"), read(text, TOKEN="new")
    assert one.sources[1].url == "https://example.org/feed?token=old"
    assert one.sources[2].headers == (("Authorization", "Bearer old ${TOKEN}"),)
    assert one.sources[1].name == "example.org feed-token"
    assert [source.id for source in one.sources] == [source.id for source in two.sources]


def test_paths_are_relative_to_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "etc"
    folder.mkdir()
    (folder / "c.yaml").write_text(
        "publish: {folder: ../public, posts: ~/posts}\nstorage: {database: /var/a.db}\n"
        "categories: {a: {sources: [https://a.example/]}}"
    )
    monkeypatch.chdir(tmp_path)
    found = load(Path("etc/c.yaml"), {"HOME": "/home/me"})
    assert found.path == folder / "c.yaml"
    assert found.publish.folder == folder / "../public"
    assert found.publish.posts == Path("/home/me/posts")
    assert found.storage.database == Path("/var/a.db")


@pytest.mark.parametrize(
    ("listen", "host", "port"),
    [
        ("127.0.0.1:8080", "127.0.0.1", 8080),
        ('"[::1]:8080"', "::1", 8080),
        (":8080", "0.0.0.0", 8080),
        ("localhost:0", "localhost", 0),
    ],
)
def test_listen(read: Loader, listen: str, host: str, port: int) -> None:
    found = read(f"server:\n  listen: {listen}\ncategories: {{a: {{sources: [https://a.example/]}}}}")
    assert found.server == ServerSettings(host=host, port=port)


def test_a_public_url_ends_in_a_slash(read: Loader) -> None:
    found = read("server: {public_url: https://me.example/feeds}\ncategories: {a: {sources: [https://a.example/]}}")
    assert found.server.public_url == "https://me.example/feeds/"


def test_a_base_url_ends_in_a_slash(read: Loader) -> None:
    rest = "categories: {a: {sources: [https://a.example/]}}"
    assert read(f"publish: {{base_url: https://f.example}}\n{rest}").publish.base_url == "https://f.example/"
    assert read(f"publish: {{base_url: https://f.example/x/}}\n{rest}").publish.base_url == "https://f.example/x/"


def test_null_keeps_articles_for_ever(read: Loader) -> None:
    assert read("storage: {keep: null}\ncategories: {a: {sources: [https://a.example/]}}").storage.keep is None


def test_an_alias_stands_for_what_it_names(read: Loader) -> None:
    found = read(
        "categories:\n  a: {remove: &junk [.ad], sources: [https://a.example/]}\n"
        "  b: {remove: *junk, sources: [https://b.example/]}\n"
    )
    assert [source.remove for source in found.sources] == [(".ad",), (".ad",)]


def test_a_byte_order_mark_is_no_problem(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_bytes(b"\xef\xbb\xbfcategories: {a: {sources: [https://a.example/]}}\r\n")
    assert load(path, {}).sources


def test_two_thousand_sources_take_less_than_a_second(tmp_path: Path) -> None:
    lines = ["categories:"]
    for category in range(50):
        lines += [f"  c{category}:", "    sources:"]
        for source in range(40):
            lines += [f"      - name: 源 {source}", f"        url: https://{category}.example/{source}.xml"]
            lines += ["        every: 15m", '        remove: [".advert", "#comments"]']
    path = tmp_path / "c.yaml"
    path.write_text("\n".join(lines), encoding="utf-8")
    start = time.process_time()
    assert len(load(path, {}).sources) == 2_000
    assert time.process_time() - start < 1


def test_two_thousand_mistakes_take_less_than_two_seconds(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text("categories:\n  a:\n    sources:\n" + "      - {url: https://a.example/, evry: 3}\n" * 2_000)
    start = time.process_time()
    with pytest.raises(ConfigError) as raised:
        load(path, {})
    assert len(raised.value.problems) == 3_999
    assert time.process_time() - start < 2


def test_how_hosts_are_treated_can_be_set(read: Loader) -> None:
    found = read(
        "polling: {per_host: 1, spacing: 250ms, budget: 6.5, rate_limit: feed, proxy: 'socks5://p.example:1080'}\n"
        "categories:\n  a: {rate_limit: host, user_agent: far, sources: [https://a.example/]}\n"
        "  b:\n    sources:\n      - {url: https://b.example/, user_agent: mine/1, proxy: none}\n"
        "      - https://c.example/\n"
    )
    polling = found.polling
    assert (polling.per_host, polling.spacing, polling.budget) == (1, timedelta(milliseconds=250), 6.5)
    assert polling.proxy == "socks5://p.example:1080"
    assert [each.rate_limit for each in found.sources] == ["host", "feed", "feed"]
    assert [each.user_agent for each in found.sources] == ["far", "mine/1", None]
    assert [each.proxy for each in found.sources] == [polling.proxy, "", polling.proxy]


def test_files_are_relative_to_the_configuration_and_commands_are_taken_as_they_stand(
    read: Loader, tmp_path: Path
) -> None:
    found = read(
        "polling: {allow_exec: true}\n"
        "categories:\n  a:\n    sources:\n      - file:feeds/my%20news.xml\n      - file:///srv/a.xml\n"
        "      - 'file:~/a.xml'\n      - 'exec:/usr/bin/news --as \"one feed\"'\n",
        HOME="/home/me",
    )
    folder = str(tmp_path).replace(" ", "%20")
    assert [each.url for each in found.sources] == [
        f"file://{folder}/feeds/my%20news.xml",
        "file:///srv/a.xml",
        "file:///home/me/a.xml",
        'exec:/usr/bin/news --as "one feed"',
    ]
    assert [each.name for each in found.sources] == ["my news.xml", "a.xml", "a.xml 2", "news"]
    shown = [each.public_url for each in found.sources]
    assert shown == ["file:my%20news.xml", "file:a.xml", "file:a.xml", "exec:news"]


def test_what_may_be_shown_of_a_url_holds_no_secret(read: Loader) -> None:
    found = read(
        """
        polling: {proxy: "http://me:${PASSWORD}@p.example:3128"}
        categories:
          a:
            headers: {Authorization: "Bearer ${TOKEN}"}
            sources:
              - https://me:${PASSWORD}@h.example/feed?key=${KEY}#${LANG}
              - https://plain:text@h.example/@me
              - ${FEED}
        """,
        PASSWORD="s3cret!word",
        TOKEN="t0ken",
        KEY="kk=k/k",
        LANG="en",
        FEED="https://u:p@hidden.example/s3cret",
    )
    one, two, three = found.sources
    assert one.url == "https://me:s3cret!word@h.example/feed?key=kk=k/k#en"
    assert three.public_url == "https://hidden.example/"
    assert one.public_url == "https://h.example/feed?key=${KEY}#${LANG}"
    assert two.public_url == "https://h.example/@me"
    said = mask("kk=k/k, kk%3Dk%2Fk, s3cret!word, s3cret%21word, t0ken, en", one.secrets)
    assert said == "${KEY}, ${KEY}, ${PASSWORD}, ${PASSWORD}, ${TOKEN}, en"
    assert [name for _, name in two.secrets] == ["${TOKEN}", "${PASSWORD}", "${PASSWORD}"]


def test_pictures_come_from_where_the_nearest_level_says(read: Loader) -> None:
    found = read(
        "publish: {images: proxy}\ncategories: {a: {images: none}, a/b: {images: original}, a/b/c: {}, a/d: {}, "
        "e: {sources: [https://e.example/]}}"
    )
    assert [(category.slug, category.images) for category in found.categories] == [
        ("a", "none"),
        ("a/b", "original"),
        ("a/b/c", "original"),
        ("a/d", "none"),
        ("e", "proxy"),
    ]


def test_a_text_that_is_lost_to_a_comment_is_a_warning(read: Loader) -> None:
    found = read("categories:\n  a:\n    title: #1\n    slug: # as the key\n    sources: [https://a.example/]\n")
    [warning] = found.warnings
    assert (warning.severity, warning.line) == ("warning", 3)
    assert warning.message == (
        'title: nothing stands here, because "#" begins a comment; if it is text, put it in quotes: "#1"'
    )
