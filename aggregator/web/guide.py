"""The words of the page "about": what this is, and how one subscribes in common readers.

What is between asterisks is a button or a menu of the reader.
"""

from __future__ import annotations

from dataclasses import dataclass

from aggregator.web.words import Language


@dataclass(frozen=True, slots=True)
class Way:
    """How one subscribes with one reader."""

    reader: str
    site: str
    steps: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the page: a heading, and paragraphs."""

    heading: str
    text: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guide:
    """All of it, in one language."""

    what: Part
    how: Part
    ways: tuple[Way, ...]
    parts: tuple[Part, ...]


SERVICES = (
    ("Feedly", "https://feedly.com/i/subscription/feed/{url}"),
    ("Inoreader", "https://www.inoreader.com/?add_feed={url}"),
    ("NewsBlur", "https://www.newsblur.com/?url={url}"),
    ("The Old Reader", "https://theoldreader.com/feeds/subscribe?url={url}"),
    ("Feedbin", "https://feedbin.com/?subscribe={url}"),
)
"""Readers on the web that take an address; `{url}` is the feed's, quoted."""

_SITES = {
    "NetNewsWire": "https://netnewswire.com/",
    "Reeder": "https://reederapp.com/",
    "Feedly": "https://feedly.com/",
    "Inoreader": "https://www.inoreader.com/",
    "FreshRSS": "https://freshrss.org/",
    "miniflux": "https://miniflux.app/",
    "Tiny Tiny RSS": "https://tt-rss.org/",
    "Thunderbird": "https://www.thunderbird.net/",
    "Liferea": "https://lzone.de/liferea/",
    "newsboat": "https://newsboat.org/",
    "Feeder": "https://github.com/spacecowboy/Feeder",
    "Folo": "https://folo.is/",
}


def _ways(steps: dict[str, str]) -> tuple[Way, ...]:
    return tuple(Way(reader, _SITES[reader], words) for reader, words in steps.items())


GUIDE: dict[Language, Guide] = {
    "en": Guide(
        what=Part(
            "What this is",
            (
                "Many feeds come in; one clean feed per category goes out. Each story stands in it once, however many "
                "sources tell it, without trackers, advertisements and clutter, and with a link to the publisher's "
                "own page.",
                "You need no account here. Take the address of a category, put it into a feed reader, and what is new "
                "comes to you.",
            ),
        ),
        how=Part(
            "How to subscribe",
            (
                "Copy the address of a feed from the start page. Most readers also find all of them if you give them "
                "the address of this site. To take over every feed at once, import the OPML file.",
            ),
        ),
        ways=_ways(
            {
                "NetNewsWire": "*File › New Feed*, paste the address. All at once: *File › Import Subscriptions*.",
                "Reeder": "*+*, paste the address, *Subscribe*.",
                "Feedly": "*Follow Sources*, paste the address into the search, *Follow*.",
                "Inoreader": "*Add new › Feed*, paste the address. All at once: *Preferences › Import/Export*.",
                "FreshRSS": "*+* beside *Subscription management*, paste the address. All at once: *Import / export*.",
                "miniflux": "*Feeds › Add feed*, paste the address. All at once: *Feeds › Import*.",
                "Tiny Tiny RSS": "*Actions › Subscribe to feed*, paste the address.",
                "Thunderbird": "*New Account › Feeds*, then *Manage feed subscriptions*, *Add*. All at once: *Import*.",
                "Liferea": "*+*, paste the address. All at once: *Subscriptions › Import Feed List*.",
                "newsboat": "Add the address as a line to ~/.newsboat/urls. All at once: newsboat -i feeds.opml.",
                "Feeder": "Menu, *Add feed*, paste the address. All at once: *Import feeds from OPML*.",
                "Folo": "*Discover › RSS*, paste the address.",
            }
        ),
        parts=(
            Part(
                "Formats",
                (
                    "Every feed comes as Atom, as RSS 2.0 and as JSON Feed, with the same stories. If your reader lets "
                    "you choose, take Atom.",
                    "A feed holds the newest stories. Older ones are in archive documents that it links to (RFC 5005): "
                    "a reader that follows them gets every story that was ever published. Or go back day by day on the "
                    "page of a category.",
                ),
            ),
            Part(
                "Readers that are told",
                (
                    "Feeds that name a hub (WebSub) tell readers of a new story at once. All others are asked now and "
                    "then; we answer in a few bytes if nothing is new (ETag and Last-Modified), so ask as often as "
                    "Cache-Control says.",
                ),
            ),
            Part(
                "Whose texts these are",
                (
                    "Every text and every picture belongs to its publisher. We link to the original first, keep no "
                    "visitor's data, set no cookies, and ask search engines to show the publishers' pages instead of "
                    "ours. If you publish something that should not be here, write to whoever runs this site.",
                ),
            ),
        ),
    ),
    "zh": Guide(
        what=Part(
            "这是什么",
            (
                "汇集众多订阅源，每个分类输出一个干净的订阅。同一件事无论多少来源报道，只出现一次；没有跟踪、广告和杂物，"
                "并链接到原发布者的页面。",
                "无需注册。把分类的地址放进阅读器，新文章就会自动送达。",
            ),
        ),
        how=Part(
            "如何订阅",
            ("从首页复制订阅的地址。多数阅读器只要给出本站地址也能找到全部订阅。想一次导入全部，请使用 OPML 文件。",),
        ),
        ways=_ways(
            {
                "NetNewsWire": "*File › New Feed*，粘贴地址。全部导入：*File › Import Subscriptions*。",
                "Reeder": "点 *+*，粘贴地址，*Subscribe*。",
                "Feedly": "*Follow Sources*，在搜索框粘贴地址，*Follow*。",
                "Inoreader": "*添加新内容 › Feed*，粘贴地址。全部导入：*偏好设置 › 导入/导出*。",
                "FreshRSS": "点 *订阅管理* 旁的 *+*，粘贴地址。全部导入：*导入/导出*。",
                "miniflux": "*源 › 新增订阅源*，粘贴地址。全部导入：*源 › 导入*。",
                "Tiny Tiny RSS": "*操作 › 订阅信息源*，粘贴地址。",
                "Thunderbird": "*新建账户 › 订阅源*，再 *管理订阅*，*添加*。全部导入：*导入*。",
                "Liferea": "点 *+*，粘贴地址。全部导入：*订阅 › 导入订阅列表*。",
                "newsboat": "把地址作为一行加入 ~/.newsboat/urls。全部导入：newsboat -i feeds.opml。",
                "Feeder": "菜单 *添加订阅*，粘贴地址。全部导入：*从 OPML 导入*。",
                "Folo": "*发现 › RSS*，粘贴地址。",
            }
        ),
        parts=(
            Part(
                "格式",
                (
                    "每个订阅都有 Atom、RSS 2.0 和 JSON Feed 三种格式，内容相同。如可选择，请用 Atom。",
                    "订阅里是最新的文章，更早的在它所链接的归档文档中（RFC 5005）："
                    "支持归档的阅读器能取得发布过的每一篇。"
                    "也可以在分类页面上逐日往回翻看。",
                ),
            ),
            Part(
                "即时送达",
                (
                    "注明 hub（WebSub）的订阅会立即把新文章告知阅读器。其余的由阅读器定时询问；没有新内容时只需几个字节"
                    "（ETag 与 Last-Modified），请按 Cache-Control 的频率询问。",
                ),
            ),
            Part(
                "内容归谁所有",
                (
                    "所有文字和图片都归其发布者所有。我们首先链接到原文，不保存访客数据，不使用 cookie，"
                    "并请搜索引擎显示发布者的页面而不是本站。如果您发布的内容不应出现在这里，请联系本站的运营者。",
                ),
            ),
        ),
    ),
}
