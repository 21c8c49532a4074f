# ruff: noqa: E501 - whole sentences, one a line, are easier to read than wrapped ones
"""Articles that are made from templates, as real feeds are full of them: each tells something else, in the same words.

Everything follows from the seed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

BEGIN = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)

TOWNS = """Albury Bendigo Calgary Dundee Exeter Fresno Galway Hobart Ipswich Joliet Kendal Lowell Malmo Nelson Oxnard
Poole Quincy Regina Salem Toledo Uppsala Verona Wexford Yakima Zadar Odense Bergen Cork Reno Perth""".split()
FIRMS = """Northwind Larkspur Brightline Halcyon Ironbridge Juniper Kestrel Lumen Meridian Nimbus Orchard Pinnacle
Quarry Redwood Solstice Tamarind Umbra Vantage Wolfram Yarrow Zephyr Alder Basalt Cobalt""".split()
PEOPLE = """Maria Holt, Ahmed Saleh, Joan Pritchard, Kofi Mensah, Lena Fischer, Tom Okafor, Priya Nair, Sven Dahl,
Rosa Marin, Peter Novak, Aiko Tanaka, Liam Byrne""".replace("\n", " ").split(", ")
CITIES = "武汉 长沙 合肥 福州 南昌 贵阳 昆明 兰州 西宁 银川 太原 济南 郑州 沈阳 长春 海口 南宁 成都 重庆 天津".split()
COMPANIES = """东方电气 华兰生物 海康威视 中联重科 紫金矿业 三一重工 长江电力 伊利股份 泸州老窖 片仔癀药业 科大讯飞 北方华创
天齐锂业 赣锋锂业 立讯精密 韦尔股份""".split()
OUTLETS = "Harbor Times|Daily Ledger|Metro Wire|The Courier|Globe Post|Channel 9|Valley Tribune|Coast Herald".split("|")
SITES = "新浪财经 凤凰网 搜狐 网易新闻 澎湃新闻 东方财富网 证券时报网 环球网".split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


@dataclass(frozen=True)
class Post:
    """An article of some outlet, plain text."""

    outlet: str
    title: str
    text: str
    date: datetime


Family = Callable[[Random], tuple[str, str]]


def score(r: Random) -> tuple[str, str]:
    home, guest = r.sample(TOWNS, 2)
    a, b = sorted(r.sample(range(70, 130), 2), reverse=True)
    return (
        f"{home} {a}, {guest} {b}",
        f"{home} beat {guest} {a}-{b} on {r.choice(DAYS)} night. {r.choice(PEOPLE)} finished with {r.randint(18, 44)} points"
        f" and {r.randint(5, 15)} rebounds. {home} shot {r.randint(38, 58)}.{r.randint(0, 9)}% from the field and made"
        f" {r.randint(5, 20)} three-pointers. {guest} trailed by {r.randint(4, 20)} at half-time and never led again."
        " The teams meet again next month, when the series moves to the visitors' arena for the first time this season.",
    )


def weather(r: Random) -> tuple[str, str]:
    town, high = r.choice(TOWNS), r.randint(-5, 38)
    return (
        f"Weather forecast for {town}",
        f"Good morning. In {town} it will be {r.choice(('mostly sunny', 'cloudy', 'wet', 'windy'))} with a high of {high}"
        f" degrees and a low of {high - r.randint(4, 14)}. The chance of rain is {r.randint(0, 100)} percent, with winds from"
        f" the {r.choice(('north', 'south', 'east', 'west'))} at {r.randint(3, 60)} km/h. The sun rises at"
        f" {r.randint(5, 8)}:{r.randint(10, 59)} and sets at {r.randint(16, 21)}:{r.randint(10, 59)}. Drivers should allow extra"
        " time for their journeys. The next update will be issued this evening by the regional weather centre.",
    )


def release(r: Random) -> tuple[str, str]:
    version = f"{r.randint(1, 30)}.{r.randint(0, 30)}.{r.randint(0, 20)}"
    name = r.choice(FIRMS).lower()
    return (
        f"{name} {version}",
        f"{name} {version} is out. This is a maintenance release. It contains bug fixes and dependency updates; upgrading is"
        f" recommended for all users. What's changed: bump golang.org/x/net to 0.{r.randint(10, 90)}.0 in"
        f" #{r.randint(100, 4000)}, fix a crash on startup in #{r.randint(100, 4000)}. Docker images are available from the"
        " registry. Checksums are attached below as usual. Thanks to everyone who contributed to this release with code,"
        " documentation, translations and bug reports. Please report what does not work in the issue tracker.",
    )


def market(r: Random) -> tuple[str, str]:
    way = r.choice(("higher", "lower", "mixed"))
    return (
        f"Stocks close {way} on {r.choice(DAYS)}",
        f"Wall Street finished {way}. The Dow Jones Industrial Average moved {r.randint(10, 900)}.{r.randint(10, 99)} points, or"
        f" 0.{r.randint(10, 99)}%, to {r.randint(28, 45)},{r.randint(100, 999)}.{r.randint(10, 99)}. The S&P 500 ended at"
        f" {r.randint(4, 6)},{r.randint(100, 999)}.{r.randint(10, 99)}. Volume on U.S. exchanges was {r.randint(7, 14)}.{r.randint(0, 9)}"
        " billion shares. Benchmark yields were little changed as investors waited for data on inflation and jobs that are"
        " due later in the week. Oil and gold were steady. This report was generated from exchange data.",
    )


def job(r: Random) -> tuple[str, str]:
    firm, town = r.choice(FIRMS), r.choice(TOWNS)
    what = r.choice(("Backend", "Frontend", "Data", "Platform", "Security", "Mobile", "Test"))
    return (
        f"{what} engineer at {firm} ({town})",
        f"{firm} is hiring a {what.lower()} engineer in {town}. You will work with a friendly team on products that people use"
        f" every day. We offer {r.randint(25, 35)} days of holiday, a budget for learning and flexible hours. The salary is"
        f" {r.randint(40, 120)},000 a year. You have several years of experience, you like to share what you know, and you care"
        " about the people who use what you build. We welcome applications from everyone. Apply with a short letter.",
    )


def quake(r: Random) -> tuple[str, str]:
    size, far, town = f"{r.randint(2, 6)}.{r.randint(0, 9)}", r.randint(2, 99), r.choice(TOWNS)
    where = r.choice(("north", "south", "east", "west"))
    return (
        f"M {size} - {far} km {where} of {town}",
        f"A magnitude {size} earthquake struck {far} kilometres {where} of {town} at {r.randint(0, 23)}:{r.randint(10, 59)} UTC at a"
        f" depth of {r.randint(2, 90)} km. There are no immediate reports of damage or injuries. People who felt the earthquake"
        " are asked to report what they noticed. The data are preliminary and may be revised as more stations are read.",
    )


def roadworks(r: Random) -> tuple[str, str]:
    town = r.choice(TOWNS)
    street = r.choice(("Mill", "Station", "Church", "Castle", "Harbour", "Market", "Park", "Abbey", "Bridge", "Canal"))
    return (
        f"Road closures in {town} this week",
        f"Drivers in {town} face delays this week as {street} Road is closed for resurfacing. A diversion is signposted and"
        " buses are rerouted. The council thanks residents for their patience and asks everyone to plan ahead. Access for"
        " emergency services is kept at all times. Work takes place between the morning and the evening peak, and may be"
        " put off if the weather is bad. Details are on the council's website.",
    )


def rating(r: Random) -> tuple[str, str]:
    firm, bank = r.choice(FIRMS), r.choice(("Halden", "Corby", "Ashdown", "Tarn", "Selwyn", "Orrin"))
    return (
        f"{firm} price target {r.choice(('raised', 'cut'))} by {bank} Securities",
        f"{firm} had its price objective changed by analysts at {bank} Securities from ${r.randint(20, 300)}.00 to"
        f" ${r.randint(20, 300)}.00 in a research note issued to investors. Several other analysts have also commented on the"
        f" stock. Shares of {firm} opened at ${r.randint(20, 300)}.{r.randint(10, 99)}. The company has a market capitalization of"
        f" ${r.randint(1, 90)}.{r.randint(10, 99)} billion and a beta of 1.{r.randint(10, 99)}. Institutional investors have recently"
        " bought and sold shares of the company. The stock has a consensus rating of hold and a debt-to-equity ratio below one.",
    )


def obituary(r: Random) -> tuple[str, str]:
    who, town = r.choice(PEOPLE), r.choice(TOWNS)
    age = r.randint(61, 99)
    return (
        f"{who}, {age}, of {town}",
        f"{who}, {age}, of {town} passed away peacefully at home surrounded by family. A service will be held at the parish"
        f" church on {r.choice(DAYS)} at {r.randint(9, 15)}:{r.randint(10, 59)}. In lieu of flowers the family asks for donations to"
        " the local hospice. Friends are invited to share memories in the book of condolence at the funeral home. The family"
        " thanks the nurses and doctors for their care during the last months.",
    )


def podcast(r: Random) -> tuple[str, str]:
    number = r.randint(2, 900)
    topic = r.choice(
        "compilers gardens maps bread bridges glaciers violins ferries beehives orchards tides signals".split()
    )
    return (
        f"Episode {number}: {topic.capitalize()}",
        f"Welcome back to the show, where two friends who should know better sit down with a guest. This week: {topic}, with"
        f" {r.choice(PEOPLE)}. New episodes arrive on Thursdays. Support the show to get every episode early and without"
        " advertisements. Follow us, join the community chat, and send your questions to the usual address. Transcripts are"
        " available on the website. Our theme is by a friend, and the editing is by another one.",
    )


def brief(r: Random) -> tuple[str, str]:
    items = [f"{r.choice(FIRMS)} opens in {r.choice(TOWNS)} with {r.randint(20, 900)} jobs" for _ in range(5)]
    return (
        f"Morning briefing: what to know on {r.choice(DAYS)}",
        f"Good morning. Here is what you need to know today. {'. '.join(items)}. That is all for now. Forward this to a friend,"
        " and tell us what you think of the briefing. You receive it because you asked for it.",
    )


def lottery(r: Random) -> tuple[str, str]:
    term = r.randint(2026001, 2026400)
    balls = " ".join(f"{ball:02}" for ball in sorted(r.sample(range(1, 34), 6)))
    return (
        f"双色球第{term}期开奖结果",
        f"双色球第{term}期开奖结果揭晓，当期红球号码为：{balls}，蓝球号码为：{r.randint(1, 16):02}。当期开出一等奖{r.randint(1, 20)}注，"
        f"单注奖金为{r.randint(5000000, 9000000)}元。全国销量为{r.randint(300000000, 400000000)}元。"
        "购彩有节制，请理性投注。未满十八周岁的未成年人不得购买彩票。",
    )


def margin(r: Random) -> tuple[str, str]:
    firm = r.choice(COMPANIES)
    return (
        f"{firm}获融资买入{r.randint(1, 9)}.{r.randint(10, 99)}亿元",
        f"数据中心显示，{firm}{r.randint(1, 12)}月{r.randint(1, 28)}日获融资买入{r.randint(1, 9)}.{r.randint(10, 99)}亿元，"
        f"当前融资余额{r.randint(10, 200)}.{r.randint(10, 99)}亿元，占流通市值的{r.randint(1, 5)}.{r.randint(10, 99)}%。"
        f"融券方面，{firm}当日融券偿还{r.randint(1, 9)}.{r.randint(10, 99)}万股，按当日收盘价计算，卖出金额"
        f"{r.randint(100, 999)}.{r.randint(10, 99)}万元。数据由机器自动生成，不构成投资建议，据此操作风险自担。",
    )


def pledge(r: Random) -> tuple[str, str]:
    firm = r.choice(COMPANIES)
    return (
        f"{firm}：控股股东部分股份质押",
        f"{firm}公告，公司近日收到控股股东通知，获悉其将所持有本公司的部分股份办理了质押业务，相关手续已办理完毕。"
        "控股股东资信状况良好，具备相应的偿还能力，质押风险可控，不会导致公司实际控制权发生变更。"
        "公司将持续关注控股股东股份质押情况及风险，并按照相关规定及时履行信息披露义务，敬请广大投资者注意投资风险。",
    )


def forecast(r: Random) -> tuple[str, str]:
    city = r.choice(CITIES)
    low = r.randint(-10, 25)
    sky = r.choice(("晴", "多云", "小雨", "阴"))
    return (
        f"{city}今日天气预报",
        f"{city}市气象台发布：今天白天到夜间{sky}，气温{low}到{low + r.randint(4, 12)}摄氏度，"
        f"偏{r.choice('东南西北')}风{r.randint(2, 6)}级，空气质量指数{r.randint(20, 160)}。"
        "请市民注意根据气温变化增减衣物，出行注意交通安全。气象部门将持续关注天气变化，及时发布最新消息。",
    )


def metro(r: Random) -> tuple[str, str]:
    city, line = r.choice(CITIES), r.randint(1, 40)
    return (
        f"{city}地铁{line}号线今日开通运营",
        f"{r.randint(1, 28)}日上午，{city}轨道交通{line}号线正式开通初期运营。线路全长{r.randint(12, 60)}.{r.randint(1, 9)}公里，"
        f"设站{r.randint(9, 40)}座，最高运行时速{r.choice((80, 100, 120))}公里。该线路的开通将进一步完善轨道交通网络，"
        "缓解中心城区交通压力，方便沿线居民出行。运营单位提醒乘客文明乘车，遵守秩序，先下后上。",
    )


def earnings(r: Random) -> tuple[str, str]:
    firm, quarter = r.choice(COMPANIES), r.choice("一二三")
    return (
        f"{firm}{quarter}季度净利润{r.randint(1, 99)}.{r.randint(10, 99)}亿元",
        f"{firm}发布业绩报告，{quarter}季度公司实现营业收入{r.randint(10, 900)}.{r.randint(10, 99)}亿元，归属于上市公司股东的净利润"
        f"{r.randint(1, 99)}.{r.randint(10, 99)}亿元，同比增长{r.randint(1, 90)}.{r.randint(10, 99)}%。公司表示，报告期内主营产品销量"
        "稳步提升，海外渠道拓展取得成效，同时严格控制费用支出，研发投入占比进一步提高。二级市场上，股价今日高开后震荡。",
    )


def recall(r: Random) -> tuple[str, str]:
    firm, thing = r.choice(FIRMS), r.choice("kettles strollers heaters helmets blenders ladders toasters lamps".split())
    return (
        f"{firm} recalls {thing} over safety fears",
        f"{firm} is recalling its {thing} because of a fault that may cause injury. Customers should stop using the {thing}"
        " at once and return them to the place of purchase for a full refund. No receipt is needed. The company apologises"
        " for the inconvenience and says that the safety of its customers comes first. A helpline is open on weekdays.",
    )


FAMILIES: tuple[Family, ...] = (
    *(score, weather, release, market, job, quake, roadworks, rating, obituary, podcast, brief, recall),
    *(lottery, margin, pledge, forecast, metro, earnings),
)


def templated(count: int, seed: int = 1) -> list[Post]:
    """As many articles, no two of the same title and text, each of an outlet of its own, all within five days."""
    r = Random(seed)
    found: dict[tuple[str, ...], Post] = {}
    while len(found) < count:
        family = FAMILIES[len(found) % len(FAMILIES)] if r.random() < 0.5 else r.choice(FAMILIES)
        title, text = family(r)
        when = BEGIN + timedelta(minutes=r.randint(0, 5 * 24 * 60))
        # The families that have few words of their own repeat themselves: that would be the same story.
        own = (title, text) if family not in (pledge, roadworks, recall) else (title,)
        found.setdefault(own, Post(f"outlet {len(found)}", title, text, when))
    return list(found.values())
