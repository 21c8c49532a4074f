"""One name where the other text has another: the only thing that may tell two reports of one form apart.

Editors retouch words; they hardly ever put another name. What is a name shows: in alphabets that have capitals it is
written with one within a sentence; in Chinese it stands before 市 or 公司, or is two or three characters that begin
with a family name.
"""

from __future__ import annotations

from aggregator.decide.similar.align import Gap, Tokens
from aggregator.decide.similar.words import Words, is_cjk

LONGEST = 4  # words or characters of one name

_STYLED = frozenset(
    """america american britain british miss madam lord lady judge justice general captain professor doctor sergeant
    president minister prime premier chancellor secretary senator governor mayor chairman chief executive director
    monday tuesday wednesday thursday friday saturday sunday reuters associated press agency staff writer reporter
    internet church court parliament congress senate house government state states united kingdom council party bank
    north south east west northern southern eastern western central city county province""".split()
)
"""Words with a capital that house styles exchange."""

_AFTER = (
    *("市 省 县 区 镇 乡 公司 集团 股份 银行 证券 保险 基金 大学 学院 医院 中学 小学 机场 地铁 法院 海关".split()),
    *("先生 女士 教授".split()),
)
"""What follows a name in Chinese."""

_NO_NAME = ("市场", "市民", "市值", "市面", "市况", "区域", "区别", "区间", "公司法", "银行业", "保险业", "保险费")
"""What begins like that, and may follow anything."""

_FAMILY = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_LOOSE = frozenset(
    "本全各我此两该贵当每某其他她它这那外内新老大小多几同一上下前后在日近今昨时晚早据称说示由被让使因为与和对向将已也均的了是"
)
"""Characters that stand before 市 or 公司 and make no name of it: 本市, 目前公司."""


def is_other_name(gap: Gap, one: Words, two: Words) -> bool:
    """Whether this place of two texts, where each has what the other lacks, holds two names."""
    if not gap.one or not gap.two or max(len(gap.one), len(gap.two)) > LONGEST:
        return False
    if all(map(is_cjk, (*gap.one, *gap.two))):
        return _are_chinese(gap, one, two)
    return _is_western(gap.one, one) and _is_western(gap.two, two)


def _is_western(tokens: Tokens, text: Words) -> bool:
    return all(token in text.names and token not in _STYLED for token in tokens)


def _are_chinese(gap: Gap, one: Words, two: Words) -> bool:
    if any(_is_loose(piece) for piece in (gap.one, gap.two)):
        return False
    behind, there = _behind(gap.one, one), _behind(gap.two, two)
    if behind[:1] != there[:1]:
        return False
    if min(len(gap.one), len(gap.two)) < 2:  # 温州市, 惠州市; a single character may be a slip
        behind = behind[1:]
    elif {gap.one[0], gap.two[0]} <= _FAMILY and max(len(gap.one), len(gap.two)) <= 3:
        return True
    return behind.startswith(_AFTER) and not behind.startswith(_NO_NAME)


def _is_loose(piece: Tokens) -> bool:
    return piece[-1] in _LOOSE or _LOOSE.issuperset(piece)


def _behind(piece: Tokens, text: Words) -> str:
    """The characters after the place; '' where the piece stands more than once."""
    _, *others = text.lines.split("\n".join(("", *piece, "")))
    return others[0][:12].replace("\n", "") if len(others) == 1 else ""
