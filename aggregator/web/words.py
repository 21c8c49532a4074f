"""The words of the interface, in each language that it speaks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

Language = Literal["en", "zh"]

WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "lang": "en",
        "skip": "Skip to the content",
        "tagline": "Many feeds in, one clean feed per category out.",
        "counts": "{sources} sources · {feeds} feeds · {articles:,} articles",
        "count_sources": "{count} sources",
        "subscribe_all": "Subscribe to everything",
        "subscribe_hint": "Copy a link into your feed reader. OPML brings all feeds at once.",
        "on_this_page": "On this page",
        "feeds": "Feeds",
        "latest": "Latest stories",
        "sources": "Sources",
        "also_in": "also in",
        "more": "{count} more",
        "no_stories": "Nothing here yet",
        "no_stories_text": "The first stories appear as soon as the sources have been polled. Come back in a minute.",
        "no_sources": "No source is configured yet. Add one to config.yaml and it shows up here.",
        "healthy": "Healthy",
        "failing": "Failing",
        "waiting": "Not polled yet",
        "retired": "No longer followed",
        "all_healthy": "All healthy",
        "some_failing": "{count} failing",
        "last_worked": "last worked {when}",
        "never_worked": "has never worked",
        "attempts": "failures in a row: {count}",
        "last_poll": "Last poll",
        "next_poll": "Next poll",
        "articles": "Articles",
        "never": "never",
        "moved": "moved to",
        "footer": "Republished by aggregator. Each story links to the publisher's own page.",
        "machine": "For machines",
        "not_found": "There is no such page",
        "not_found_text": "The address may be mistyped, or the page is gone.",
        "start": "Go to the start page",
        "broken": "Something went wrong here",
        "broken_text": "The feeds go on being served. Try this page again in a minute.",
        "hub_own": "WebSub hub of this site: {count} subscriptions",
        "hub_elsewhere": "WebSub hub: {host}",
        "hub_told": "last delivery {when}",
        "hub_never": "nothing delivered yet",
        "hub_failing": "{count} do not take it now",
        "hub_failed": "last failure {when}:",
        "sign_in": "Sign in",
        "signed_in": "Signed in",
        "refused": "This is for subscribers",
        "refused_text": "The address lacks its token, or what was given is none that is good here. Sign in with your "
        "name and password (a token is a password, too), or ask whoever runs this site.",
        "busy": "Too many ask at once",
        "busy_text": "What you asked for takes some work, and others asked before. Try again in a minute.",
        "why": "Why?",
        "why_words": "An address, an id, or words of a title",
        "why_ask": "Ask",
        "why_page": "Why an article stands where it does",
        "home": "Start page",
        "site": "Pages",
        "about": "About",
        "more_stories": "More stories",
        "older": "Older stories",
        "newest": "To the newest",
        "subscribe": "Subscribe",
        "subscribe_to": "Subscribe to {title}",
        "in_this": "Categories in here",
        "sources_of": "Sources in here",
        "all_sources": "All sources",
        "day_none": "No stories here yet",
        "day_no_more": "These were all of them",
        "feed_of": "Stories of {title}, day by day",
        "read_here": "Read here",
        "original": "Read it at {name}",
        "by": "by {author}",
        "published": "Published",
        "told_by": "Where it appeared",
        "told_shown": "shown here",
        "why_here": "Why it is here",
        "why_source": "{name} published it; it was first seen {when}.",
        "why_address": "{name} has a story at the same address, first seen {when}.",
        "why_joined": "{name} tells the same story in its own copy ({rule}), first seen {when}.",
        "why_feeds": "It stands in",
        "enclosures": "Files",
        "bytes": "{n} MB",
        "comments": "Comments",
        "tags": "Tags",
        "no_body": "The publisher sent no text. Read the original.",
        "rights": "The text belongs to its publisher.",
        "rhythm": "{count:,} articles in {days} days",
        "rhythm_one": "1 article in {days} days",
        "rhythm_words_one": "1 article in the last {days} days, at {hours} (UTC) on {weekday}",
        "rhythm_words": "{count:,} articles in the last {days} days, most of them at {hours} (UTC), "
        "and most on {weekday}",
        "rhythm_scale": "The bars: articles by hour (UTC) and by weekday.",
        "rhythm_none": "Nothing in the last three months",
        "and": ", ",
        "next_why": "Why then",
        "pushed": "New articles are pushed by a hub (WebSub)",
        "push_failing": "The hub does not push (WebSub):",
        "last_new": "Last new article",
        "feed_here": "This is a feed",
        "feed_here_text": "You have opened the address of a feed in a browser. Give it to a feed reader, and what is "
        "new in “{title}” comes to you.",
        "feed_copy": "Copy this address into your reader",
        "feed_app": "Open in an app",
        "feed_raw": "Show the document itself",
        "feed_other": "Other formats",
        "feed_in_it": "What is in it now",
        "feed_browse": "Browse {title}",
        "sources_opml": "Sources (OPML)",
        "feeds_opml": "Feeds (OPML)",
        "health": "Health of the sources",
        "health_subscribe": "Subscribe to the health of the sources",
        "health_text": "For whoever looks after this site there is a feed of its own: what broke, moved, fell silent "
        "or came back. It is in no other feed, and not in the OPML file.",
        "search": "Search",
        "search_words": "Words in titles and texts",
        "search_how": "What are you looking for?",
        "search_nothing": "Nothing was found",
        "search_hint": 'All words must be there. "Words in quotes" stand side by side, -word is not there, '
        "title:word stands in the title; source:name and category:key say whose stories.",
        "search_count": "Stories: {count}",
        "search_many": "Stories: {count} and more; only the newest are looked through",
        "search_cut": "That is a lot: only the beginning was looked for.",
        "search_waiting": "Older articles are being made searchable; {count} are to come.",
        "search_subscribe": "This search as a feed:",
        "search_pages": "Pages of results",
        "search_back": "Back",
        "search_on": "More",
        "now": "just now",
        "soon": "any moment",
        "past": "{span} ago",
        "future": "in {span}",
        "minutes": "{n} min",
        "hours": "{n} h",
        "days": "{n} d",
    },
    "zh": {
        "lang": "zh-CN",
        "skip": "跳到正文",
        "tagline": "汇集众源，每个分类一个干净的订阅。",
        "counts": "{sources} 个来源 · {feeds} 个订阅 · {articles:,} 篇文章",
        "count_sources": "{count} 个来源",
        "subscribe_all": "订阅全部",
        "subscribe_hint": "把链接复制到阅读器即可订阅；OPML 可一次导入全部。",
        "on_this_page": "本页内容",
        "feeds": "订阅",
        "latest": "最新文章",
        "sources": "来源",
        "also_in": "另见",
        "more": "另外 {count} 个",
        "no_stories": "暂时没有文章",
        "no_stories_text": "来源抓取完成后，文章就会出现在这里，请稍候片刻。",
        "no_sources": "还没有配置来源。写进 config.yaml，就会显示在这里。",
        "healthy": "正常",
        "failing": "失败",
        "waiting": "尚未抓取",
        "retired": "已不再订阅",
        "all_healthy": "全部正常",
        "some_failing": "{count} 个失败",
        "last_worked": "上次成功：{when}",
        "never_worked": "从未成功",
        "attempts": "连续失败 {count} 次",
        "last_poll": "上次抓取",
        "next_poll": "下次抓取",
        "articles": "文章",
        "never": "无",
        "moved": "已迁移到",
        "footer": "由 aggregator 转发，每篇文章都链接到原发布者的页面。",
        "machine": "供程序读取",
        "not_found": "没有这个页面",
        "not_found_text": "地址可能有误，或者页面已经不在了。",
        "start": "回到首页",
        "broken": "这里出了点问题",
        "broken_text": "订阅仍在正常提供，请稍后再打开此页。",
        "hub_own": "本站的 WebSub hub：{count} 个订阅",
        "hub_elsewhere": "WebSub hub：{host}",
        "hub_told": "上次送达：{when}",
        "hub_never": "尚未送达任何内容",
        "hub_failing": "{count} 个此刻没有接收",
        "hub_failed": "上次失败：{when}，",
        "sign_in": "登录",
        "signed_in": "已登录",
        "refused": "仅供订阅者阅读",
        "refused_text": "地址缺少令牌，或所给的令牌、密码在此无效。"
        "请用名称和密码登录（令牌也可当作密码），或联系本站的运营者。",
        "busy": "此刻询问的人太多",
        "busy_text": "您的请求需要一些时间处理，前面还有人在等，请稍后再试。",
        "why": "缘由",
        "why_words": "网址、编号或标题中的词语",
        "why_ask": "查询",
        "why_page": "文章为何在此",
        "home": "首页",
        "site": "页面",
        "about": "关于",
        "more_stories": "更多文章",
        "older": "更早的文章",
        "newest": "回到最新",
        "subscribe": "订阅",
        "subscribe_to": "订阅：{title}",
        "in_this": "下级分类",
        "sources_of": "本类来源",
        "all_sources": "全部来源",
        "day_none": "这里还没有文章",
        "day_no_more": "没有更早的文章了",
        "feed_of": "{title}：按日期排列的文章",
        "read_here": "在此阅读",
        "original": "阅读原文：{name}",
        "by": "作者：{author}",
        "published": "发布于",
        "told_by": "见于",
        "told_shown": "本页所示",
        "why_here": "为什么在这里",
        "why_source": "由 {name} 发布，首次见于 {when}。",
        "why_address": "{name} 在同一地址有此文章，首次见于 {when}。",
        "why_joined": "{name} 的文章讲同一件事（{rule}），首次见于 {when}。",
        "why_feeds": "所在订阅",
        "enclosures": "附件",
        "bytes": "{n} MB",
        "comments": "评论",
        "tags": "标签",
        "no_body": "发布者没有提供正文，请阅读原文。",
        "rights": "内容版权归原发布者所有。",
        "rhythm": "{days} 天内 {count:,} 篇",
        "rhythm_one": "{days} 天内 1 篇",
        "rhythm_words_one": "最近 {days} 天共 1 篇，在 {hours}（UTC），{weekday}",
        "rhythm_words": "最近 {days} 天共 {count:,} 篇，多在 {hours}（UTC），{weekday}最多",
        "rhythm_scale": "柱形图：按小时（UTC）和按星期的文章数。",
        "rhythm_none": "最近三个月没有文章",
        "and": "、",
        "next_why": "时间依据",
        "pushed": "新文章由 hub 推送（WebSub）",
        "push_failing": "hub 没有推送（WebSub）：",
        "last_new": "最近新文章",
        "feed_here": "这是一个订阅源",
        "feed_here_text": "您在浏览器中打开了订阅源的地址。把它交给阅读器，“{title}”的新文章就会自动送达。",
        "feed_copy": "把这个地址复制到阅读器",
        "feed_app": "在应用中打开",
        "feed_raw": "查看原始文档",
        "feed_other": "其他格式",
        "feed_in_it": "目前的内容",
        "feed_browse": "浏览 {title}",
        "sources_opml": "来源（OPML）",
        "feeds_opml": "订阅（OPML）",
        "health": "来源的健康状况",
        "health_subscribe": "订阅来源的健康状况",
        "health_text": "管理本站的人另有一个专门的订阅：哪个来源出错、迁移、沉寂或恢复。"
        "它不混入其他订阅，也不在 OPML 文件里。",
        "search": "搜索",
        "search_words": "标题和正文中的词语",
        "search_how": "想找什么？",
        "search_nothing": "没有找到",
        "search_hint": "所有词语都须出现。“引号内”的词语须相连，-词语 表示不出现，"
        "标题:词语 只查标题，来源:名称 和 分类:名称 限定范围。",
        "search_count": "共 {count} 篇",
        "search_many": "超过 {count} 篇，只查看最新的",
        "search_cut": "内容太长，只搜索了开头部分。",
        "search_waiting": "正在为旧文章建立索引，还有 {count} 篇。",
        "search_subscribe": "订阅此搜索：",
        "search_pages": "结果分页",
        "search_back": "上一页",
        "search_on": "下一页",
        "now": "刚刚",
        "soon": "马上",
        "past": "{span}前",
        "future": "{span}后",
        "minutes": "{n} 分钟",
        "hours": "{n} 小时",
        "days": "{n} 天",
    },
}


@dataclass(frozen=True, slots=True)
class Weekdays:
    """Their names, from Monday on."""

    full: tuple[str, ...]
    narrow: tuple[str, ...]  # a letter


WEEKDAYS: dict[Language, Weekdays] = {
    "en": Weekdays(
        ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        ("M", "T", "W", "T", "F", "S", "S"),
    ),
    "zh": Weekdays(
        ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"),
        ("一", "二", "三", "四", "五", "六", "日"),
    ),
}

RULES: dict[Language, dict[str, str]] = {
    "en": {},
    "zh": {
        "same text": "文字相同",
        "part of the text": "是其中一部分",
        "beginning of the text": "是其开头",
        "published again": "重新发布",
        "merged by a person": "由人合并",
        "too far apart in time": "时间相距太远",
        "too little in common": "相同之处太少",
        "other numbers": "数字不同",
        "other names": "名称不同",
        "other words in the same places": "相同位置文字不同",
        "the titles are about something else": "标题所说不同",
        "one is a digest of several": "其一是多篇摘要",
    },
}
"""Why two articles are one story, or are not; in English it is called so already."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LONG_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def moment(when: datetime, now: datetime, language: Language) -> str:
    """A time as people say it: "5 min ago", "in 2 h"; a date once it is more than a week away.

    Nearness needs no time zone, and a visitor's time zone is not known to us.
    """
    away = abs(when - now)
    words = WORDS[language]
    if away >= timedelta(days=7):
        return _date(when, language)
    if away < timedelta(minutes=1):
        return words["now"] if when <= now else words["soon"]
    return words["past" if when <= now else "future"].format(span=_span(away, words))


def exact(when: datetime, language: Language) -> str:
    """The same to the minute, in UTC."""
    return f"{_date(when, language)} {when.astimezone(UTC):%H:%M} UTC"


def day(when: date, now: datetime, language: Language) -> str:
    """A day as a heading: "Monday, 23 November 2026"."""
    weekday = WEEKDAYS[language].full[when.weekday()]
    if language == "zh":
        return f"{when.year}年{when.month}月{when.day}日 {weekday}"
    year = "" if when.year == now.year else f" {when.year}"
    return f"{weekday}, {when.day} {_LONG_MONTHS[when.month - 1]}{year}"


def _span(length: timedelta, words: dict[str, str]) -> str:
    minutes = int(length.total_seconds()) // 60
    if minutes < 60:
        return words["minutes"].format(n=minutes)
    if minutes < 48 * 60:
        return words["hours"].format(n=minutes // 60)
    return words["days"].format(n=minutes // (24 * 60))


def _date(when: datetime, language: Language) -> str:
    when = when.astimezone(UTC)
    # By hand: strftime speaks the language of the process, not of the visitor.
    if language == "zh":
        return f"{when.year}年{when.month}月{when.day}日"
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}"
