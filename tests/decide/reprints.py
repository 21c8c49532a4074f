# ruff: noqa: E501 - whole sentences, one a line, are easier to read than wrapped ones
"""What outlets make of one another's articles: a headline of their own, a byline, a lead and “read more”, a paragraph
more or less, traditional for simplified characters. Everything follows from the seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random

from aggregator.words.chinese import SIMPLIFIED
from tests.decide.templates import BEGIN, CITIES, OUTLETS, PEOPLE, SITES, TOWNS, Post

SUBJECTS = """the council,the harbour authority,the school board,the ferry company,the water utility,the museum,the
airport,the hospital trust,the railway,the university,the fishing fleet,the orchestra""".replace("\n", " ").split(",")
VERBS = """approved,delayed,abandoned,defended,revised,suspended,welcomed,criticised,inherited,auctioned,insured,
relocated""".replace("\n", "").split(",")
THINGS = """a plan,an extension,a contract,a report,a tunnel,a tram line,a levy,a survey,an archive,a reservoir,a pier,a
licence""".replace("\n", " ").split(",")
REASONS = """after months of argument,because costs had doubled,despite a petition,at a crowded meeting,on expert advice,
to the surprise of residents,under a new law,before the summer season,following an audit,with only two votes against,
as the deadline passed,without giving a date""".replace("\n", "").split(",")
WHO = "市政府 港务局 教育局 轮渡公司 自来水公司 博物馆 机场集团 医院 铁路局 大学 渔业协会 交响乐团".split()
DID = "批准了 推迟了 放弃了 修改了 暂停了 公布了 审议了 回应了 重启了 评估了 移交了 扩建了".split()
WHAT = "旧城改造方案 跨海隧道项目 有轨电车线路 水库加固工程 档案数字化计划 码头租约 环境调查报告 夜间公交服务 学区调整意见 体育馆设计".split()
WHY = "在经过数月讨论之后 由于成本大幅上升 尽管有居民联名反对 根据专家组的建议 为了赶在旅游旺季之前 在审计结束以后 按照新颁布的条例 因为承包商退出".split()


def wire(r: Random) -> Post:
    """An article of its own words."""
    sentences = [
        f"{r.choice(SUBJECTS)} in {r.choice(TOWNS)} {r.choice(VERBS)} {r.choice(THINGS)} {r.choice(REASONS)},"
        f" {r.choice(PEOPLE)} said, and {r.choice(SUBJECTS)} {r.choice(VERBS)} {r.choice(THINGS)} {r.choice(REASONS)}"
        for _ in range(r.randint(6, 14))
    ]
    paragraphs = [
        ". ".join(sentence.capitalize() for sentence in sentences[at : at + 2]) for at in range(0, len(sentences), 2)
    ]
    title = " ".join(sentences[0].split(",")[0].split()[:9]).capitalize()
    return Post("Wire", title, ".\n".join(paragraphs) + ".", BEGIN + timedelta(minutes=r.randint(0, 9000)))


def wire_in_chinese(r: Random) -> Post:
    """The same in Chinese."""
    sentences = [
        f"{r.choice(WHY)}，{r.choice(CITIES)}{r.choice(WHO)}{r.choice(DID)}{r.choice(WHAT)}，{r.choice(WHO)}也{r.choice(DID)}{r.choice(WHAT)}"
        for _ in range(r.randint(6, 12))
    ]
    paragraphs = ["。".join(sentences[at : at + 2]) for at in range(0, len(sentences), 2)]
    title = sentences[0].split("，")[1][:22]
    return Post("通讯社", title, "。\n".join(paragraphs) + "。", BEGIN + timedelta(minutes=r.randint(0, 9000)))


Edit = Callable[[Random, Post], Post]


def _is_chinese(post: Post) -> bool:
    return "。" in post.text


def _outlet(r: Random, post: Post) -> str:
    return r.choice(SITES if _is_chinese(post) else OUTLETS)


def names_itself(r: Random, post: Post) -> Post:
    outlet = _outlet(r, post)
    title = r.choice(
        (f"{post.title} - {outlet}", f"{outlet}: {post.title}", f"{post.title}_{outlet}", f"【{outlet}】{post.title}")
    )
    return replace(post, title=title)


def cut_off(r: Random, post: Post) -> Post:
    end = r.choice(("……[阅读全文]", "…")) if _is_chinese(post) else r.choice(("… Read more", " [...]", "..."))
    return replace(post, text=post.text[: len(post.text) // r.randint(2, 4)] + end)


def byline(r: Random, post: Post) -> Post:
    by = f"（记者 王{r.choice('明丽强')} 报道）" if _is_chinese(post) else f"By {r.choice(PEOPLE)}, staff writer. "
    return replace(post, text=by + post.text)


def retouched(r: Random, post: Post) -> Post:
    """A word here and there."""
    pieces = list(post.text) if _is_chinese(post) else post.text.split(" ")
    for _ in range(max(1, len(pieces) // 80)):
        at = r.randrange(len(pieces))
        word = pieces[at]
        if len(word) > 4 and word.isalpha():
            pieces[at] = word[:2] + word[3:]
        elif _is_chinese(post) and word not in "。，\n":
            pieces[at] = r.choice("的了在是")
    return replace(post, text=("" if _is_chinese(post) else " ").join(pieces))


def traditional(r: Random, post: Post) -> Post:
    other = {ord(simple): chr(char) for char, simple in SIMPLIFIED.items()}
    return replace(post, title=post.title.translate(other), text=post.text.translate(other))


def full_width(r: Random, post: Post) -> Post:
    other = {code: code + 0xFEE0 for code in [*range(0x30, 0x3A), *range(0x41, 0x5B), *range(0x61, 0x7B)]}
    return (
        replace(post, text=post.text.translate(other)) if _is_chinese(post) else replace(post, title=post.title.upper())
    )


def paragraph_more(r: Random, post: Post) -> Post:
    other = wire_in_chinese(r) if _is_chinese(post) else wire(r)
    own = other.text.split("\n")[0]
    parts = post.text.split("\n")
    parts.insert(r.randint(1, len(parts)), own)
    return replace(post, text="\n".join(parts))


def paragraph_less(r: Random, post: Post) -> Post:
    parts = post.text.split("\n")
    if len(parts) > 3:
        del parts[r.randrange(1, len(parts))]
    return replace(post, text="\n".join(parts))


def boilerplate(r: Random, post: Post) -> Post:
    outlet = _outlet(r, post)
    if _is_chinese(post):
        text = f"来源：{outlet}\n{post.text}\n责任编辑：李{r.choice('洋娜军')}\n免责声明：本文来自网络，版权归原作者所有，如有侵权请联系删除。"
    else:
        text = (
            f"This article first appeared in {outlet}.\n{post.text}\nThe post appeared first on {outlet}. Sign up for our"
            " newsletter to get the day's top stories in your inbox. Related: five things to know this week"
        )
    return replace(post, text=text)


def other_headline(r: Random, post: Post) -> Post:
    """Taken from another sentence, as headlines of wire stories are."""
    sentence = r.choice(post.text.replace("\n", "").split("。" if _is_chinese(post) else ". ")[:4])
    return replace(post, title=sentence[:24] if _is_chinese(post) else " ".join(sentence.split()[:10]))


EDITS: dict[str, Edit] = {
    edit.__name__: edit
    for edit in (
        names_itself, cut_off, byline, retouched, traditional, full_width, paragraph_more, paragraph_less, boilerplate,
        other_headline,
    )
}  # fmt: skip


def reprints(count: int, seed: int = 1) -> Iterator[tuple[str, Post, Post]]:
    """Each an article and its reprint, with the names of what was done to it."""
    r = Random(seed)
    for number in range(count):
        original = wire_in_chinese(r) if number % 2 else wire(r)
        names = [list(EDITS)[number // 2 % len(EDITS)]]
        if r.random() < 0.4:
            names.append(r.choice(list(EDITS)))
        reprint = original
        for name in names:
            reprint = EDITS[name](r, reprint)
        later = original.date + timedelta(minutes=r.randint(1, 2000))
        yield " + ".join(names), original, replace(reprint, outlet=_outlet(r, original), date=later)
