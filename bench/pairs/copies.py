# ruff: noqa: E501 - whole sentences, one a line, are easier to read than wrapped ones
"""What other outlets make of an article: edits of its title, its paragraphs, its address, its markup."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape
from random import Random


@dataclass(frozen=True)
class Piece:
    """An article of some outlet: paragraphs of plain text."""

    outlet: str
    url: str
    title: str
    paragraphs: tuple[str, ...]
    date: datetime
    markup: str = "<p>{}</p>"

    @property
    def chinese(self) -> bool:
        """Most of it."""
        text = self.title + "".join(self.paragraphs)[:400]
        return sum("\u4e00" <= char <= "\u9fff" for char in text) > 0.3 * len(text)

    @property
    def html(self) -> str:
        """As its feed carries it."""
        return "\n".join(self.markup.format(escape(part, quote=False)) for part in self.paragraphs)

    @property
    def length(self) -> int:
        """Characters of text."""
        return sum(map(len, self.paragraphs))


Edit = Callable[[Random, Piece], Piece]

OUTLETS = (
    "Evening Standard-Bearer|Yahoo News|The Star Phoenix|AOL|Bay Area Monitor|News24|The Northern Echo|inkl".split("|")
)
SITES = "界面新闻 观察者网 今日头条 一点资讯 第一财经 虎嗅网 中国新闻网 财联社".split()
NAMES = "Dana Whitlock|Omar Reyes|Priscilla Tang|Niall O'Connor".split("|")


def outlet_of(r: Random, piece: Piece) -> str:
    """Another one that writes in this language."""
    return r.choice(SITES if piece.chinese else OUTLETS)


def agency(r: Random, piece: Piece) -> Piece:
    town = r.choice(("WASHINGTON", "LONDON", "NAIROBI", "SYDNEY"))
    lead = (
        r.choice(
            (
                "新华社北京3月2日电 （记者 张宁）",
                "中新网3月2日电 ",
                "财联社3月2日讯，",
                "【环球网报道】",
                "据央视新闻，",
            )
        )
        if piece.chinese
        else r.choice(
            (
                f"{town}, March 2 (Reuters) - ",
                f"{town} (AP) — ",
                "(Bloomberg) -- ",
                "(CNN) ",
                "PARIS, Mar 2, 2026 (AFP) - ",
            )
        )
    )
    return with_text(piece, lead + piece.paragraphs[0], *piece.paragraphs[1:])


def byline(r: Random, piece: Piece) -> Piece:
    lines = (
        (f"来源：{outlet_of(r, piece)}", "2026-03-02 08:15", "作者：李晨　编辑：王璐")
        if piece.chinese
        else (
            f"By {r.choice(NAMES)}",
            "Published 2 March 2026, 8:15 am",
            f"{r.choice(NAMES)} covers business for {outlet_of(r, piece)}.",
        )
    )
    return with_text(piece, *lines[: r.randint(1, 3)], *piece.paragraphs)


def footer(r: Random, piece: Piece) -> Piece:
    lines = (
        (
            "（责任编辑：赵雪）",
            "本文系转载，不代表本网立场，如涉及版权问题请与我们联系。",
            "扫描二维码关注我们，获取更多资讯。返回搜狐，查看更多",
        )
        if piece.chinese
        else (
            "Our Standards: The Thomson Reuters Trust Principles.",
            "Have a story? Email our newsroom. Follow us on social media for the latest news.",
            "© 2026 All rights reserved. This material may not be published, broadcast, rewritten or redistributed.",
        )
    )
    return with_text(piece, *piece.paragraphs, *r.sample(lines, r.randint(1, 3)))


def header(r: Random, piece: Piece) -> Piece:
    line = (
        "点击蓝字关注我们，不错过每一条重要资讯。以下内容转载自合作媒体，仅供读者参考。"
        if piece.chinese
        else "This story was originally published by one of our partners and is reproduced here as part of a collaboration. Sign up for our morning newsletter."
    )
    return with_text(piece, line, *piece.paragraphs)


def more_links(r: Random, piece: Piece) -> Piece:
    links = (
        ("延伸阅读：这座城市为何频频出圈？", "相关新闻：多地公布去年经济成绩单")
        if piece.chinese
        else ("READ MORE: Ten things we learned this weekend", "RELATED: Why everyone is talking about the new rules")
    )
    parts = list(piece.paragraphs)
    for link in links[: r.randint(1, 2)]:
        parts.insert(r.randint(1, len(parts)), link)
    return with_text(piece, *parts)


def excerpt(r: Random, piece: Piece) -> Piece:
    """What an RSS summary holds: a paragraph, or so many characters of the whole."""
    text = " ".join(piece.paragraphs) if not piece.chinese else "".join(piece.paragraphs)
    if r.random() < 0.4 and len(piece.paragraphs[0]) > (40 if piece.chinese else 120):
        return with_text(piece, piece.paragraphs[0])
    size = r.choice((80, 120, 200) if piece.chinese else (200, 300, 500))
    if len(text) <= size:
        return piece
    end = r.choice(
        ("……", "...", "…查看全文", "……[详细]")
        if piece.chinese
        else ("…", "...", " [...]", "… Continue reading →", "... (read more)")
    )
    return with_text(piece, text[:size] + end)


def headline(r: Random, piece: Piece) -> Piece:
    """Another one, from a later sentence."""
    sentences = [part for part in re.split(r"[。！？]|[.!?] ", " ".join(piece.paragraphs)) if len(part) > 12][:5]
    if not sentences:
        return piece
    line = r.choice(sentences).strip()
    return replace(piece, title=line[:26] if piece.chinese else " ".join(line.split()[:9]))


def named(r: Random, piece: Piece) -> Piece:
    outlet = outlet_of(r, piece)
    forms = (
        ("{t}_{o}", "{t}-{o}", "【{o}】{t}", "{t}|{o}")
        if piece.chinese
        else ("{t} | {o}", "{t} – {o}", "{o}: {t}", "UPDATE 1-{t}", "WATCH: {t}", "BREAKING: {t}")
    )
    return replace(piece, title=r.choice(forms).format(t=piece.title, o=outlet))


def reordered(r: Random, piece: Piece) -> Piece:
    parts = list(piece.paragraphs)
    if len(parts) < 4:
        return piece
    at = r.randrange(1, len(parts) - 1)
    parts[at], parts[at + 1] = parts[at + 1], parts[at]
    return with_text(piece, *parts)


def dropped(r: Random, piece: Piece) -> Piece:
    parts = list(piece.paragraphs)
    for _ in range(max(1, len(parts) // 4)):
        if len(parts) > 2:
            del parts[r.randrange(1, len(parts))]
    return with_text(piece, *parts)


def shortened(r: Random, piece: Piece) -> Piece:
    """Its first half, without a word that there is more."""
    return with_text(piece, *piece.paragraphs[: max(1, len(piece.paragraphs) // 2)])


def corrected(r: Random, piece: Piece) -> Piece:
    line = (
        "更正：本文此前版本中一处人名有误，现已更正，特此说明。"
        if piece.chinese
        else "Correction: An earlier version of this article misspelled a name. We regret the error."
    )
    return with_text(piece, *piece.paragraphs, line)


def quotes(r: Random, piece: Piece) -> Piece:
    """Other quotation marks, dashes, blanks."""
    table = str.maketrans(
        {"“": '"', "”": '"', "‘": "'", "’": "'", "—": "-", "–": "-", "…": "...", "\u00a0": " ", "「": "“", "」": "”"}
    )
    return replace(
        with_text(piece, *(part.translate(table) for part in piece.paragraphs)), title=piece.title.translate(table)
    )


def width(r: Random, piece: Piece) -> Piece:
    """Full width as half width, or the other way."""
    half = str.maketrans("，。：；！？（）％", ",.:;!?()%")
    full = {code: code + 0xFEE0 for code in range(0x30, 0x3A)}
    table = r.choice((half, full)) if piece.chinese else {0x20: " "}
    return replace(
        with_text(piece, *(part.translate(table) for part in piece.paragraphs)), title=piece.title.translate(table)
    )


def numbers(r: Random, piece: Piece) -> Piece:
    """Written as another outlet's style book wants them."""

    def other(part: str) -> str:
        part = re.sub(r"(?<=\d),(?=\d\d\d)", "", part)
        part = re.sub(r"(\d) ?%", r"\1 percent", part) if not piece.chinese else part
        part = re.sub(
            r"\b(Jan|Feb|Aug|Sept|Oct|Nov|Dec)\.? (\d)",
            lambda m: (
                {
                    "Jan": "January",
                    "Feb": "February",
                    "Aug": "August",
                    "Sept": "September",
                    "Oct": "October",
                    "Nov": "November",
                    "Dec": "December",
                }[m[1]]
                + " "
                + m[2]
            ),
            part,
        )
        return re.sub(r"(\d) ?(am|pm)\b", r"\1 \2", part)

    return replace(with_text(piece, *map(other, piece.paragraphs)), title=other(piece.title))


def words(r: Random, piece: Piece) -> Piece:
    """A word here and there, as an editor would."""
    table = {
        " said ": " says ",
        " will ": " would ",
        " about ": " around ",
        " but ": " however ",
        " also ": " too ",
        " U.S. ": " US ",
        " organise": " organize",
        " because ": " since ",
    }
    chinese = {"表示": "说", "目前": "现在", "进行": "开展", "以及": "和", "昨日": "昨天", "该公司": "公司"}
    found = chinese if piece.chinese else table

    def other(part: str) -> str:
        for old, new in found.items():
            if r.random() < 0.6:
                part = part.replace(old, new)
        return part

    return with_text(piece, *map(other, piece.paragraphs))


def typos(r: Random, piece: Piece) -> Piece:
    def other(part: str) -> str:
        pieces = list(part) if piece.chinese else part.split(" ")
        for _ in range(len(pieces) // 60):
            at = r.randrange(len(pieces))
            word = pieces[at]
            if piece.chinese and "\u4e00" <= word <= "\u9fff":
                pieces[at] = r.choice("的地得在再做")
            elif len(word) > 5 and word.isalpha():
                pieces[at] = word[:3] + word[4] + word[3] + word[5:]
        return ("" if piece.chinese else " ").join(pieces)

    return with_text(piece, *map(other, piece.paragraphs))


def bare(r: Random, piece: Piece) -> Piece:
    """Other markup."""
    return replace(
        piece,
        markup=r.choice(
            (
                "{}<br><br>",
                "<div><span>{}</span></div>",
                "{}\n\n",
                '<p style="x">\u3000\u3000<font>{}</font></p><img src="https://t.example/p.gif">',
            )
        ),
    )


def linked_words(r: Random, piece: Piece) -> Piece:
    """Each number and each company has its tail of quotes and links: “华兰生物(002007)(002007.SZ)”."""
    tail = "(600000,股吧)" if piece.chinese else " (NYSE: ABC)"
    parts = list(piece.paragraphs)
    at = min(len(parts[0]) // 3, 60)
    while parts[0][at - 1 : at].isdigit():
        at -= 1
    if not piece.chinese:
        at = max(parts[0].find(" ", at), 0)
    return with_text(piece, parts[0][:at] + tail + parts[0][at:], *parts[1:])


def captions(r: Random, piece: Piece) -> Piece:
    line = (
        "资料图：活动现场。中新社记者 刘洋 摄"
        if piece.chinese
        else "A view of the scene. Photograph: Sam Birch/Getty Images"
    )
    return with_text(piece, line, *piece.paragraphs)


EDITS: dict[str, Edit] = {
    edit.__name__: edit
    for edit in (
        agency, byline, footer, header, more_links, excerpt, headline, named, reordered, dropped, shortened, corrected,
        quotes, width, numbers, words, typos, bare, linked_words, captions,
    )
}  # fmt: skip

ADDRESSES: dict[str, Callable[[str], str]] = {
    "tracking": lambda url: url + ("&" if "?" in url else "?") + "utm_source=rss&utm_medium=feed",
    "fbclid": lambda url: url + ("&" if "?" in url else "?") + "fbclid=IwAR0abcDEF",
    "plain http": lambda url: url.replace("https://", "http://"),
    "slash": lambda url: url.removesuffix("/") if url.endswith("/") else url + "/",
    "mobile": lambda url: re.sub(r"//(www\.)?", "//m.", url),
    "amp path": lambda url: url.removesuffix("/") + "/amp/",
    "amp query": lambda url: url + ("&" if "?" in url else "?") + "amp=1",
    "output=amp": lambda url: url + ("&" if "?" in url else "?") + "output=amp",
    "amp host": lambda url: re.sub(r"//(www\.)?", "//amp.", url),
    "anchor": lambda url: url + "#comments",
    "text fragment": lambda url: url + "#:~:text=some%20words",
    "index": lambda url: url if not url.endswith("/") else url + "index.html",
    "upper host": lambda url: re.sub("//([^/]+)", lambda found: found[0].upper(), url),
    "port": lambda url: re.sub("//([^/]+)", r"//\1:443", url),
    "escaped": lambda url: url.replace("-", "%2D"),
    "spm": lambda url: url + ("&" if "?" in url else "?") + "spm=smpc.home.0.0.171&scm=1007",
    "share": lambda url: url + ("&" if "?" in url else "?") + "share_from=weixin&from=timeline&isappinstalled=0",
    "ito": lambda url: url + ("&" if "?" in url else "?") + "ns_mchannel=rss&ito=1490",
}  # fmt: skip


def with_text(piece: Piece, *paragraphs: str) -> Piece:
    """The same with other paragraphs."""
    return replace(piece, paragraphs=tuple(paragraphs))
