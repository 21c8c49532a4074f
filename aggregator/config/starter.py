"""The configuration that somebody starts with: a few feeds, and a comment for each thing to change. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

Language = Literal["en", "zh"]


@dataclass(frozen=True, slots=True)
class Topic:
    """A category to start with."""

    key: str
    slug: str
    title: str
    sources: tuple[tuple[str, str], ...]  # name and address; docs/sources.md says where each comes from


TOPICS: Mapping[Language, Mapping[str, Topic]] = {
    "en": {
        "news": Topic(
            "news",
            "news",
            "World news",
            (
                ("BBC World", "https://feeds.bbci.co.uk/news/world/rss.xml"),
                ("The Guardian", "https://www.theguardian.com/world/rss"),
            ),
        ),
        "technology": Topic(
            "technology",
            "technology",
            "Technology",
            (("Hacker News", "https://news.ycombinator.com/rss"), ("xkcd", "https://xkcd.com/atom.xml")),
        ),
        "open-source": Topic(
            "open-source",
            "open-source",
            "Open source",
            (("LWN", "https://lwn.net/headlines/rss"), ("Planet Python", "https://planetpython.org/rss20.xml")),
        ),
        "science": Topic(
            "science",
            "science",
            "Science",
            (("Nature", "https://www.nature.com/nature.rss"), ("arXiv cs.AI", "https://rss.arxiv.org/rss/cs.AI")),
        ),
        "finance": Topic(
            "finance",
            "finance",
            "Central banks",
            (
                ("Federal Reserve", "https://www.federalreserve.gov/feeds/press_all.xml"),
                ("ECB", "https://www.ecb.europa.eu/rss/press.html"),
            ),
        ),
    },
    "zh": {
        "news": Topic(
            "新闻",
            "news",
            "新闻",
            (
                ("BBC 中文", "https://feeds.bbci.co.uk/zhongwen/simp/rss.xml"),
                ("中国新闻网", "https://www.chinanews.com.cn/rss/scroll-news.xml"),
            ),
        ),
        "technology": Topic(
            "科技",
            "technology",
            "科技",
            (
                ("阮一峰的网络日志", "https://www.ruanyifeng.com/blog/atom.xml"),
                ("少数派", "https://sspai.com/feed"),
                ("Solidot", "https://www.solidot.org/index.rss"),
                ("IT之家", "https://www.ithome.com/rss/"),
                ("36氪", "https://36kr.com/feed"),
            ),
        ),
        "open-source": Topic("开源", "open-source", "开源", (("开源中国", "https://www.oschina.net/news/rss"),)),
        "finance": Topic("财经", "finance", "财经", (("中新网财经", "https://www.chinanews.com/rss/finance.xml"),)),
    },
}
USUAL = ("news", "technology")

_WORDS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "head": "The configuration of aggregator. Everything but `categories:` may be left out.",
        "help": "`aggregator check` says what is wrong after a change; a running program notices by itself.",
        "base": "what subscribers see: the address under which others reach this server",
        "limit": "how many stories a feed holds, the newest ones first",
        "listen": '":8080" listens on all addresses',
        "database": "one SQLite file",
        "keep": "older articles are removed; null keeps them for ever",
        "contact": "an e-mail address or a URL: publishers like to know who asks",
        "private": "private addresses that may be asked",
        "categories": "Each key is a category and becomes one feed. Below it, a source is a URL, or a name and a URL.",
        "more": "A key with / lies below another: technology/security. `aggregator add URL` finds a page's feed.",
        "mine": "My feeds",
    },
    "zh": {
        "head": "aggregator 的配置。除 `categories:` 外都可以省略。",
        "help": "改动之后，`aggregator check` 会指出错误；正在运行的程序会自己读入改动。",
        "base": "订阅者看到的地址：别人从哪里访问这台服务器",
        "limit": "一个订阅源里保留多少篇，新的在前",
        "listen": '":8080" 表示监听所有地址',
        "database": "一个 SQLite 文件",
        "keep": "更早的文章会被删除；null 表示永远保留",
        "contact": "邮箱或网址：让发布者知道是谁在访问",
        "private": "允许访问的内网地址",
        "categories": "每个键是一个分类，对应一个聚合后的订阅源；下面每一行是一个来源：网址，或名字加网址。",
        "more": '键里的 "/" 表示下级分类：科技/安全。`aggregator add URL` 能从网页找到它的订阅源。',
        "mine": "我的订阅",
    },
}


def starter(language: Language, topics: Sequence[str], urls: Sequence[str] = ()) -> str:
    """The text of a configuration: of these topics, or of feeds of the user's own in their place."""
    words = _WORDS[language]
    chosen = [TOPICS[language][topic] for topic in topics] if not urls else []
    return "\n".join((*_settings(words, _private(urls)), *_categories(language, chosen, urls))) + "\n"


def _settings(words: Mapping[str, str], private: Sequence[str]) -> Iterator[str]:
    yield "# yaml-language-server: $schema=config.schema.json"
    yield f"# {words['head']}"
    yield f"# {words['help']}"
    yield ""
    yield "publish:"
    yield _commented("  base_url: http://127.0.0.1:8080/", words["base"])
    yield _commented("  limit: 100", words["limit"])
    yield ""
    yield "server:"
    yield _commented("  listen: 127.0.0.1:8080", words["listen"])
    yield ""
    yield "storage:"
    yield _commented("  database: data/aggregator.db", words["database"])
    yield _commented("  keep: 365d", words["keep"])
    yield ""
    yield "polling:"
    yield _commented("  contact: null", words["contact"])
    if private:
        yield _commented(f"  allow_private: {json.dumps(private)}", words["private"])
    yield ""
    yield f"# {words['categories']}"
    yield f"# {words['more']}"


def _commented(line: str, comment: str) -> str:
    return f"{line:<36} # {comment}"


def _categories(language: Language, chosen: Iterable[Topic], urls: Sequence[str]) -> Iterator[str]:
    words = _WORDS[language]
    tag = "zh-CN" if language == "zh" else "en"
    yield "categories:"
    if urls:
        yield from _head("news", "news", words["mine"], tag)
        yield from (f"      - {_quoted(url)}" for url in urls)
    for topic in chosen:
        yield from _head(topic.key, topic.slug, topic.title, tag)
        for name, url in topic.sources:
            yield f"      - name: {name}"
            yield f"        url: {url}"


def _head(key: str, slug: str, title: str, language: str) -> Iterator[str]:
    yield f"  {key}:"
    if slug != key:
        yield f"    slug: {slug}"
    yield f"    title: {title}"
    yield f"    language: {language}"
    if language == "zh-CN":
        yield "    time_zone: Asia/Shanghai"
    yield "    sources:"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _private(urls: Iterable[str]) -> list[str]:
    """Those of their hosts that may only be asked where the configuration says so."""
    found = dict.fromkeys(
        urlsplit(url).netloc.rpartition("@")[2] for url in urls if _is_private(urlsplit(url).hostname or "")
    )
    return list(found)


def _is_private(host: str) -> bool:
    try:
        return not ip_address(host).is_global
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
