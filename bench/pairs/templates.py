# ruff: noqa: E501 - whole sentences, one a line, are easier to read than wrapped ones
"""Articles that are filled into forms: each tells something else in the words of the others.

A form has blanks: `{name:1-9}` is a number, `{name:1.0-9.9}` one with decimals, `{name:a|b|c}` a choice, `{name:@town}`
a word of a list; a name that was filled once stays. A blank with an exclamation mark is what the article is about: two
fillings that differ there are two stories, however much else is the same.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from random import Random

LISTS = {
    "town": "Aarhus Boise Cardiff Darwin Eugene Fargo Gdansk Halifax Izmir Juneau Kyoto Lagos Mobile Nantes Ottawa Porto Quito Riga Split Turku Utica Varna Waco Xalapa York Zagreb".split(),
    "country": "Norway Chile Kenya Vietnam Portugal Canada Morocco Finland Peru Ghana Estonia Uruguay".split(),
    "firm": "Acme Borealis Castellan Dunmore Everly Fairmont Grayling Hawthorn Inverness Jasper Kingsway Lindell Marlow Norwick Oakhurst Penrose".split(),
    "person": "Alice Moreau|Bashir Haddad|Carla Jensen|Dmitri Volkov|Elena Rossi|Femi Adeyemi|Greta Lund|Hiro Sato|Ines Costa|Jonas Weber".split("|"),
    "team": "Rovers Hornets Lancers Pilots Mariners Comets Bison Falcons Otters Titans".split(),
    "day": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
    "month": "January February March April June July August September October November December".split(),
    "lib": "libtar quickjson webkitten parsekit netpump cryptolite fastqueue imgtool".split(),
    "sign": "Aries Taurus Gemini Cancer Leo Virgo Libra Scorpio Capricorn Pisces".split(),
    "topic": "compilers|glaciers|sourdough|bridges|tax law|orchids|night trains|beekeeping|old maps|stage fright".split("|"),
    "city": "苏州 厦门 青岛 大连 宁波 无锡 佛山 东莞 温州 泉州 烟台 徐州 珠海 惠州 绍兴".split(),
    "province": "山东 四川 云南 湖北 湖南 河北 福建 江西 安徽 广西 甘肃 青海".split(),
    "gongsi": "万科A 格力电器 比亚迪 隆基绿能 阳光电源 恒瑞医药 中兴通讯 京东方A 顺丰控股 牧原股份 海天味业 爱尔眼科".split(),
    "ren": "王建国 李晓东 张敏 刘洋 陈志强 杨丽 赵伟 黄海燕 周杰 吴刚".split(),
    "xingzuo": "白羊座 金牛座 双子座 巨蟹座 狮子座 处女座 天秤座 天蝎座 射手座 摩羯座".split(),
    "guo": "日本 智利 印尼 土耳其 墨西哥 秘鲁 菲律宾 新西兰 希腊 冰岛".split(),
}  # fmt: skip

_BLANK = re.compile(r"\{(!?)(\w+)(?::([^{}]*))?\}")


@dataclass(frozen=True)
class Form:
    """A title and a text with blanks; paragraphs are parted by line breaks."""

    name: str
    title: str
    text: str

    def blanks(self) -> dict[str, tuple[bool, str]]:
        """By name: whether the article is about it, and how it is filled."""
        found: dict[str, tuple[bool, str]] = {}
        for about, name, how in _BLANK.findall(f"{self.title}\n{self.text}"):
            before = found.get(name, (False, ""))
            found[name] = (before[0] or bool(about), before[1] or how)
        return found

    def written(self, filling: dict[str, str]) -> tuple[str, str]:
        """Title and text."""
        title, text = (_BLANK.sub(lambda found: filling[found[2]], part) for part in (self.title, self.text))
        return title, text


def fill(form: Form, r: Random) -> dict[str, str]:
    """Every blank by chance."""
    filling: dict[str, str] = {}
    for name, (_, how) in form.blanks().items():
        filling[name] = another(how, r, filling.values())
    return filling


def refill(form: Form, filling: dict[str, str], r: Random, *, near: bool) -> dict[str, str]:
    """Another article of this form: all is other, or (near) no more than one thing that its title speaks of."""
    blanks = form.blanks()
    title = {found[1] for found in _BLANK.findall(form.title)}
    about = [name for name, (matters, _) in blanks.items() if matters and (name in title or not title)]
    again = [r.choice(about)] if near else list(blanks)
    other = dict(filling)
    for name in again:
        other[name] = another(blanks[name][1], r, {filling[name], *other.values()})
    return other


def another(how: str, r: Random, taken: Collection[str]) -> str:
    """Nothing that is taken already, if it is a word: no team plays against itself."""
    for _ in range(50):
        value = drawn(how, r)
        if value not in taken:
            break
    return value


def drawn(how: str, r: Random) -> str:
    """A value for a blank."""
    if how.startswith("@"):
        return r.choice(LISTS[how[1:]])
    if re.fullmatch(r"\d+-\d+", how):
        low, high = how.split("-")
        return str(r.randint(int(low), int(high))).zfill(len(low) if low.startswith("0") else 0)
    if re.fullmatch(r"\d+\.\d+-\d+\.\d+", how):
        low, high = how.split("-")
        places = len(low.partition(".")[2])
        return f"{r.uniform(float(low), float(high)):.{places}f}"
    return r.choice(how.split("|"))


ENGLISH = (
    Form("patch notes", "{!lib:@lib} v{!major:1-9}.{!minor:0-30}.{!patch:0-12} released",
         "We are happy to announce {lib} v{major}.{minor}.{patch}.\nThis release fixes bugs that were found since the last one and brings no new features. Everyone is encouraged to upgrade.\nChanges: update dependencies, fix a race in the connection pool, correct the documentation, drop support for old interpreters.\nBinaries for Linux, macOS and Windows are attached. Thanks to all contributors!"),
    Form("security advisory", "CVE-2026-{!number:1000-49999}: {!kind:use-after-free|heap overflow|path traversal|SQL injection|integer overflow} in {!lib:@lib}",
         "A {kind} vulnerability was found in {lib} before version {a:1-9}.{b:0-20}. A remote attacker could exploit it by sending a specially crafted request, which may lead to a denial of service or to the execution of code.\nIt has been assigned CVE-2026-{number} and a CVSS score of {score:4.0-9.8}. Users are advised to update at once. No workaround is known. The issue was reported by an external researcher under our coordinated disclosure policy."),
    Form("earthquake", "Magnitude {!size:3.0-7.9} quake shakes {!town:@town}",
         "An earthquake of magnitude {size} shook {town} on {!day:@day}, the seismological institute said. Its epicentre lay {km:4-90} kilometres from the city at a depth of {deep:5-99} kilometres.\nThere were no immediate reports of casualties or serious damage. Residents left their homes and schools were evacuated as a precaution. Aftershocks are to be expected in the coming days."),
    Form("storm warning", "Severe weather warning for {!town:@town}",
         "The weather office has issued a severe weather warning for {town} and the surrounding districts. Gusts of up to {gust:60-140} km/h and heavy rain are expected until {!day:@day} evening. People should stay indoors, secure loose objects and avoid coastal roads. Ferry services may be suspended at short notice. The warning will be reviewed as conditions change."),
    Form("close of markets", "Shares in {!country:@country} end {!way:higher|lower|flat} on {!day:@day}",
         "Shares in {country} ended {way} on {day}, with the benchmark index moving {points:1-300}.{x:10-99} points, or {pct:0.05-2.95} percent, to {level:4000-39000}.{y:10-99}.\nBanks and miners led the moves, and turnover was in line with the average. Among individual stocks, {firm:@firm} changed {one:0.2-6.9} percent. The currency was little changed against the dollar. Traders wait for inflation data that are due this month."),
    Form("analyst rating", "{!firm:@firm} stock rating {!way:upgraded|downgraded|reaffirmed} by {!bank:Wexler|Ostrow|Tilden|Corwin|Amberg} Research",
         "Investment analysts at {bank} Research {way} shares of {firm} in a note to investors. The firm currently has a price objective of ${price:10-400}.00 on the stock.\nOther analysts have also issued reports about the company. One has rated the stock with a sell rating, six have issued a hold rating and nine have given a buy rating. The stock's fifty day moving average is ${a:10-400}.{b:10-99}. Institutional investors have recently modified their holdings of the business."),
    Form("dividend", "{!firm:@firm} declares quarterly dividend of ${!amount:0.05-1.95}",
         "{firm} today announced that its Board of Directors declared a quarterly cash dividend of ${amount} per common share, payable on {!month:@month} {d:1-28} to shareholders of record at the close of business.\nAbout {firm}: the company is a leading provider of solutions to customers around the world. Forward-looking statements in this release involve risks and uncertainties, and actual results may differ materially."),
    Form("appointment", "{!firm:@firm} appoints {!person:@person} as {!role:Chief Financial Officer|Chief Executive Officer|General Counsel|Chief Technology Officer}",
         "{firm}, a global leader in its industry, today announced the appointment of {person} as {role}, effective immediately.\n“I am honoured to join such a talented team at this exciting time, and look forward to building on its momentum,” the new executive said. The appointment follows a comprehensive search. The company serves customers in more than forty countries. Contact: media relations."),
    Form("obituary", "{!person:@person}, {!age:55-99}",
         "{person}, {age}, of {!town:@town}, passed away on {day:@day} after a long illness. Visitation will be held at the funeral home, followed by a memorial service in the chapel. Burial will be private.\nThe family would like to thank the staff of the hospice for their compassionate care. Memorial contributions may be made to a charity of your choice. Online condolences may be left on the website."),
    Form("job", "{!role:Nurse|Teacher|Electrician|Accountant|Designer|Analyst} ({!town:@town})",
         "We are looking for an experienced {role} to join our team in {town}. The position is full time and permanent. We offer a competitive salary, a pension plan, training, and a friendly place to work. Applicants should be reliable and flexible, and hold the relevant qualification. Please send your letter and references to our office. We are an equal opportunities employer."),
    Form("horoscope", "{!sign:@sign} daily horoscope for {!month:@month} {!date:1-28}",
         "Dear {sign}, the stars are on your side today. Trust your instincts and do not be afraid to {do:speak up|slow down|try something new|ask for help}. A friend has {news:good news|a surprise|an idea} for you. In love, be patient; at work, take one step at a time. Your lucky number is {lucky:1-99}. Take a moment in the evening to breathe and to be grateful for what you have."),
    Form("lottery", "Winning numbers drawn in '{!game:Cash 5|Pick 3|Lucky Day|Mega Draw}' game",
         "The winning numbers in {!day:@day} evening's drawing of the '{game}' game were: {!a:01-19}, {!b:20-29}, {c:30-39}, {d:40-49}, {e:50-59}. Estimated jackpot: ${jackpot:100-990},000. For more information, visit the lottery's website. Players must be 18 or older. Please play responsibly, and call the helpline if you or someone you know has a gambling problem."),
    Form("podcast", "#{!number:2-900} {!topic:@topic}",
         "In this episode we talk about {topic} with our guest {person:@person}.\nThanks to our sponsors. Use our code at checkout for a discount on your first order. Subscribe wherever you get your podcasts, leave us a review, and tell a friend about the show. You can support us directly on our membership page, where members get bonus episodes and an invitation to our chat. Music by the house band. Produced and edited by the two of us."),
    Form("newsletter", "The Daily Dispatch for {!day:@day}",
         "Welcome to the Daily Dispatch, your digest of the stories that matter. Today: {!firm:@firm} changes course in {!town:@town}. Also: {!other:@person} on {!topic:@topic}, and why it matters.\nIf someone forwarded this to you, sign up here. Got a tip? Just hit reply. You can change your preferences or unsubscribe at any time. See you tomorrow, and thank you for reading the Daily Dispatch."),
    Form("abstract", "[{!id:2601.00001-2601.29999}] {!what:Learning|Estimating|Compressing|Sampling} {!of:sparse graphs|long sequences|noisy images|causal effects} with {!by:diffusion|attention|kernels|contrastive losses}",
         "We study the problem of {what} {of}. Existing methods rely on strong assumptions and do not scale. We propose a simple approach based on {by}, prove that it converges under mild conditions, and evaluate it on standard benchmarks. Experiments show that our method improves over the state of the art by {pct:1.0-9.9}% while being {x:2-9} times faster. Our code is publicly available."),
    Form("court", "{!a:@person} v. {!b:@firm}",
         "Docket number {!no:1000-9999}. Opinion filed {!month:@month} {d:1-28}. Appeal from the judgment of the district court. The appellant {a} contends that the trial court erred in granting summary judgment. We review the decision de novo. Having considered the record and the briefs of the parties, we find no reversible error. The judgment of the district court is affirmed. This opinion is unpublished and is not binding precedent."),
    Form("filing", "{!firm:@firm} files Form {!form:8-K|10-Q|13G|4|S-1}",
         "{firm} has filed a Form {form} with the Securities and Exchange Commission. The filing was accepted on {!month:@month} {d:1-28}. Accession number {!n:100000-999999}. Documents: primary document, exhibits, complete submission text file. This notice was generated automatically from public records and has not been reviewed by the company. It is provided for information only and is not investment advice."),
    Form("flight deal", "{!a:@town} to {!b:@town} from ${!price:49-899} round trip",
         "We found a great fare: fly from {a} to {b} for only ${price} round trip, taxes included. Travel between {!m:@month} and the end of the season. How to book: search on a flight comparison site, choose your dates, and complete the purchase with the airline. Prices change quickly, and availability is limited. Baggage fees may apply. Sign up for our alerts so that you never miss a deal."),
    Form("live", "Live: {!town:@town} talks, day {!day:two|three|four|five|six}",
         "Welcome to our live coverage of the talks in {town}. Follow the latest developments here as they happen. Yesterday's session ended {how:late|early|without a statement} and negotiators return this morning. Our reporters are on the ground. Send us your questions and we will try to answer them through the day. Refresh the page for updates. Here is what you need to know before the session begins."),
    Form("series", "{!what:Writing a parser|Restoring a boat|Learning Welsh|Building a synth}, part {!part:1-9}",
         "This is part {part} of a series. If you have not read the earlier parts, I suggest that you start there, as each builds on what came before. All code and pictures are in the repository. As always, comments and corrections are welcome: write to me, or open an issue. In this part we will look at {a:@topic} and {!b:@topic}, and prepare the ground for what follows in the next one."),
    Form("score", "{!home:@town} {!x:60-99}, {!guest:@town} {!y:40-59}",
         "{home} defeated {guest} {x}-{y} on {!day:@day}. {person:@person} led the way with {p:10-38} points. {home} made {t:3-18} three-pointers and outrebounded the visitors. {guest} has lost {l:2-9} of its last ten games. The teams play again next week. Data Skrive created this story using technology and data from Sportradar."),
    Form("auction", "Sold: {!what:walnut desk|silver teapot|oil landscape|pocket watch|porcelain vase}, {!year:1790-1950}",
         "This lot was sold at our {!m:@month} auction for {price:100-9000} pounds including premium. Condition: good, with wear consistent with age and use. The item was consigned by a private collection. To consign similar items, contact our specialists for a free valuation. Shipping can be arranged on request. Bidders are reminded to inspect the lots during the viewing days."),
    Form("property", "{!beds:1-6}-bedroom house in {!town:@town} for ${!price:100-990},000",
         "This charming home in {town} offers {beds} bedrooms, a bright kitchen and a garden. Built in {!year:1890-2020}, it has been carefully maintained and is close to schools, shops and public transport. Viewings by appointment only. The listing agent makes no representations as to the accuracy of the information. Call us today to arrange a visit, or register to receive new listings by mail."),
    Form("picture of the day", "Picture of the day: {!where:@town} at {!when:dawn|noon|dusk|midnight}",
         "Each day our editors choose one photograph that moved them. Today's was taken in {where} by {!person:@person}. Send us your own pictures: they should be yours, recent, and unedited. By submitting you agree to our terms. Prints of many of our pictures can be ordered from the shop. See all pictures of this month in the gallery."),
    Form("road", "{!road:A|B|M}{!no:1-99} closed after crash near {!town:@town}",
         "The {road}{no} is closed in both directions near {town} after a crash involving {cars:two|three|four} vehicles. Emergency services were called shortly after {h:1-12}.{m:10-59}{ap:am|pm} on {!day:@day}. Diversions are in place and motorists are advised to avoid the area and allow extra time. Anyone with information or dashcam footage is asked to contact police, quoting the incident number."),
    Form("words for numbers", "{!town:@town} council approves {!n:two|three|four|five|six|seven|eight} new schools",
         "The {town} council voted on {!day:@day} to approve {n} new schools in the coming term. Supporters said that the decision was overdue; opponents asked how it would be paid for. A public meeting will be held in the town hall, and the plans can be seen in the library. Construction is expected to begin once contracts have been awarded."),
)  # fmt: skip

CHINESE = (
    Form("融资融券", "{!g:@gongsi}：融资净买入{!n:100.00-9999.99}万元",
         "{g}融资融券信息显示，{!m:1-12}月{!d:1-28}日融资净买入{n}万元；融资余额{y:1.00-99.99}亿元，较前一日增加{p:0.01-5.99}%。\n融券方面，融券卖出{s:0.10-9.99}万股，融券偿还{h:0.10-9.99}万股，融券余量{l:1.00-99.99}万股。综上，{g}当前两融余额{z:1.00-99.99}亿元。"),
    Form("股东大会", "{!g:@gongsi}：关于召开{!y:2023|2024|2025|2026}年第{!n:一|二|三|四}次临时股东大会的通知",
         "本公司及董事会全体成员保证信息披露的内容真实、准确、完整，没有虚假记载、误导性陈述或重大遗漏。{g}董事会决定召开{y}年第{n}次临时股东大会，现将有关事项通知如下：会议召集人为公司董事会，会议采取现场投票与网络投票相结合的方式召开，股权登记日登记在册的全体股东均有权出席。"),
    Form("龙虎榜", "{!g:@gongsi}{!w:涨停|跌停}，机构净{!b:买入|卖出}{!n:0.10-9.99}亿元",
         "{g}今日{w}，全天换手率{h:1.00-29.99}%，成交额{c:1.00-99.99}亿元。龙虎榜数据显示，机构净{b}{n}亿元，深股通净买入{s:0.10-3.99}亿元。上榜席位中，前五大买卖营业部合计成交占当日总成交金额的比例为{z:10.00-49.99}%。以上数据由系统自动生成，不构成投资建议。"),
    Form("收盘", "收评：{!i:沪指|深成指|创业板指}{!w:涨|跌}{!p:0.01-3.99}% {!b:半导体|白酒|煤炭|光伏|银行|军工}板块{!q:领涨|领跌}",
         "今日A股三大指数震荡整理，截至收盘，{i}{w}{p}%，报{n:2000.00-12000.00}点。盘面上，{b}板块{q}，全市场超{k:1000-4999}只个股{w2:上涨|下跌}。沪深两市成交额{c:6000-19999}亿元，较上个交易日{f:放量|缩量}{g:100-2999}亿元。分析人士表示，市场情绪有待修复，建议投资者控制仓位，关注政策动向。"),
    Form("地震", "{!p:@province}发生{!m:3.0-6.9}级地震",
         "中国地震台网正式测定：{!mo:1-12}月{!d:1-28}日{h:0-23}时{mi:10-59}分在{p}发生{m}级地震，震源深度{s:5-30}千米。截至目前，暂未收到人员伤亡和房屋倒塌的报告。当地消防救援力量已启动应急预案，正在进一步核查情况。专家提醒，近期仍可能发生余震，请公众不信谣、不传谣。"),
    Form("国外地震", "{!g:@guo}发生{!m:5.0-7.9}级地震 震源深度{!s:10-99}公里",
         "据美国地质勘探局消息，当地时间{!d:1-28}日{h:0-23}时许，{g}发生{m}级地震，震源深度{s}公里。目前尚无人员伤亡和财产损失报告。当地气象部门表示，此次地震不会引发海啸。"),
    Form("天气", "{!c:@city}发布{!k:暴雨|大风|高温|寒潮|大雾}{!l:蓝色|黄色|橙色|红色}预警信号",
         "{c}市气象台{!d:1-28}日{h:0-23}时{m:10-59}分发布{k}{l}预警信号：预计未来{n:3-24}小时内，我市大部分地区将出现{k}天气，请注意防范。请有关部门按照职责做好防御准备工作，公众应减少不必要的户外活动，注意交通安全。预警信息来源于国家预警信息发布中心。"),
    Form("油价", "{!c:@city}{!d:1-28}日油价：92号汽油每升{!p:6.50-9.50}元",
         "{c}今日油价公布：92号汽油价格为{p}元/升，95号汽油价格为{q:7.50-9.99}元/升，0号柴油价格为{o:6.00-8.99}元/升。本轮成品油调价窗口将于近期开启，目前预测价格{w:上调|下调}{n:50-300}元/吨。具体价格以当地加油站公布的为准，车主可根据自身情况合理安排加油时间。"),
    Form("汇率", "人民币兑美元中间价报{!p:6.5000-7.2999}，{!w:上调|下调}{!n:1-399}点",
         "中国外汇交易中心公布，{!m:1-12}月{!d:1-28}日人民币兑美元中间价报{p}，较前一交易日{w}{n}点。业内人士认为，人民币汇率有望在合理均衡水平上保持基本稳定，市场主体应树立风险中性理念，不要赌汇率单边走势。"),
    Form("逆回购", "央行今日开展{!n:100-4999}亿元7天期逆回购操作",
         "央行公告称，为维护银行体系流动性合理充裕，{!d:1-28}日以固定利率、数量招标方式开展了{n}亿元7天期逆回购操作，操作利率为{r:1.20-1.90}%。因今日有{o:100-4999}亿元逆回购到期，当日实现净{w:投放|回笼}。"),
    Form("星座", "{!x:@xingzuo}今日运势（{!m:1-12}月{!d:1-28}日）",
         "{x}今天整体运势{a:不错|平稳|一般|低迷}，工作上会遇到{b:贵人|小麻烦|新机会|挑战}，要保持耐心。感情方面，单身的人有机会认识新朋友，有伴的人要多沟通。财运方面不宜冲动消费。健康方面注意休息，不要熬夜。幸运数字{n:1-99}，幸运颜色{c:红色|蓝色|绿色|白色}。"),
    Form("彩票", "{!k:大乐透|七乐彩|排列五|快乐8}第{!q:26001-26150}期开奖公告",
         "{k}第{q}期开奖号码为：{a:01-09} {b:10-19} {c:20-24} {e:25-29} {f:30-35}。本期销售金额{s:100000000-399999999}元，奖池滚存{j:100000000-999999999}元。下期开奖时间为{!d:周一|周三|周六}晚。未成年人不得购买彩票，请理性购彩，量力而行。兑奖有效期为自开奖之日起六十个自然日。"),
    Form("每日一图", "每日一图：{!c:@city}的{!s:清晨|黄昏|雪后|雨夜}",
         "每日一图，带你看见不一样的中国。今天的照片来自{c}，由读者{!r:@ren}拍摄。欢迎投稿，稿件一经采用将支付稿酬。投稿请注明作者姓名、拍摄地点和联系方式，图片须为原创，版权问题由投稿人自行负责。更多精彩图片请关注本栏目。"),
    Form("任免", "{!r:@ren}任{!c:@city}市{!z:市长|副市长|市委书记|公安局局长}",
         "{c}市第十七届人民代表大会常务委员会近日召开会议，会议决定任命{r}为{c}市{z}。{r}在供职发言中表示，将忠诚履职、勤勉工作，自觉接受人大监督，决不辜负组织的信任和人民的重托。会议由市人大常委会主任主持，有关负责同志列席会议。"),
    Form("通报", "{!c:@city}{!z:市政协原副主席|国资委原主任|交通局原局长|城投公司原总经理}{!r:@ren}接受审查调查",
         "{c}{z}{r}涉嫌严重违纪违法，目前正接受纪律审查和监察调查。公开简历显示，{r}长期在当地工作，历任多个领导职务。本网站将持续关注案件的进展情况。"),
    Form("招聘", "{!c:@city}某公司招聘{!z:前端工程师|会计|行政助理|司机|护士}",
         "公司因业务发展需要，现面向社会公开招聘{z}若干名，工作地点在{c}。任职要求：有责任心，具备良好的沟通能力和团队合作精神，有相关工作经验者优先。福利待遇：五险一金、带薪年假、节日福利、定期体检。有意者请将简历发送至公司邮箱，合适者我们将电话通知面试，谢绝来访。"),
    Form("楼市", "{!c:@city}{!m:1-12}月新房成交{!n:300-9999}套",
         "数据显示，{m}月{c}新建商品住宅共成交{n}套，环比{w:上升|下降}{p:0.1-29.9}%，成交均价{a:8000-59999}元/平方米。二手房方面，成交{e:300-9999}套。业内人士分析，随着政策效果逐步显现，市场信心有所恢复，预计后市将继续保持平稳。"),
    Form("版本", "{!s:微软|华为|小米|谷歌}推送{!n:系统更新|浏览器更新|固件更新}{!a:1-20}.{!b:0-30}.{!v:100-9999}",
         "IT之家消息，{s}今日面向用户推送了{n}，版本号为{a}.{b}.{v}。本次更新主要修复了已知问题，提升了系统稳定性和安全性，优化了部分场景下的使用体验。用户可在设置中检查更新，建议升级前备份重要数据。更新将分批推送，请耐心等待。"),
    Form("比赛", "{!a:@city}队{!x:0-5}比{!y:0-5}{!b:@city}队",
         "中超联赛第{!l:1-30}轮继续进行，{a}队主场迎战{b}队。上半场双方互有攻守，易边再战，两队加强了进攻。最终全场比赛结束，比分定格在{x}比{y}。赛后主教练表示，队员们执行了赛前布置的战术，接下来将全力备战下一场比赛，感谢现场球迷的支持。"),
    Form("早报", "早报｜{!m:1-12}月{!d:1-28}日",
         "早上好，以下是今天值得关注的新闻。{!g:@gongsi}发布新产品；{!c:@city}出台新政策；{!p:@province}推进重点项目建设。以上就是今天的早报，感谢收听。更多内容请下载客户端，关注我们的公众号，每天早上八点准时更新。欢迎转发给你的朋友，我们明天再见。"),
    Form("基金", "{!a:华夏|易方达|南方|嘉实|广发}{!b:成长|价值|创新|稳健|蓝筹}混合基金净值{!w:上涨|下跌}{!p:0.01-4.99}%",
         "{a}{b}混合基金最新公布单位净值为{n:0.5000-3.9999}元，较上一交易日{w}{p}%。该基金近一个月收益率为{x:0.10-9.99}%，近一年收益率为{y:0.10-39.99}%。基金经理{!r:@ren}，任职以来业绩良好。基金有风险，投资需谨慎，过往业绩不代表未来表现。"),
    Form("法院", "{!g:@gongsi}与{!r:@ren}合同纠纷一审民事判决书",
         "原告{g}诉被告{r}合同纠纷一案，本院于{!m:1-12}月{d:1-28}日立案后，依法适用简易程序公开开庭进行了审理。原告的委托诉讼代理人到庭参加诉讼，被告经传票传唤无正当理由拒不到庭。本案现已审理终结。如不服本判决，可以在判决书送达之日起十五日内，向本院递交上诉状。"),
)  # fmt: skip

LONE = (
    Form("lone town", "Man held after stabbing outside bar",
         "A man has been arrested after another was stabbed outside a bar in the early hours. Officers were called to a street in {!town:@town} and found the victim with wounds that are not thought to be life-threatening. A police spokesman said that enquiries are continuing, and asked anyone who saw what happened to come forward. The street was closed for several hours and reopened before noon. The suspect remains in custody and is expected to appear before magistrates."),
    Form("lone firm", "Data breach exposes customer records",
         "The personal details of customers have been exposed in a data breach, the latest in a series of attacks on retailers. Names, addresses and parts of card numbers were taken, according to a notice that {!firm:@firm} sent to regulators. The company said that passwords were not affected and that it has hired outside experts. Customers are advised to watch their accounts and to be wary of messages that ask for personal information. Shares were little changed in early trading."),
    Form("lone person", "Teacher of the year named",
         "The prize for the teacher of the year goes to a school in the north this time. The jury, which had to choose among several hundred nominations, praised the patience and the wit of {!person:@person} and the garden that the pupils planted behind the gymnasium. The ceremony will be held in the town hall, and the winner receives a trip for the whole class. Last year the prize was shared, and the year before it was not awarded at all."),
    Form("lone country", "Embassy warns travellers",
         "The embassy has asked its citizens to register before they travel and to avoid large gatherings. The notice replaces an earlier one and names no particular threat. Travellers to {!country:@country} should carry copies of their papers, keep away from demonstrations and follow the local media. The consular section remains open during its usual hours and can be reached by telephone in emergencies. Airlines have not changed their schedules."),
    Form("lone team", "Coach leaves by mutual consent",
         "The club and its head coach have parted by mutual consent, it was announced after a meeting of the board. His assistant takes charge until a successor is found. The coach had been with the {!team:@team} since the summer before last and leaves them in the lower half of the table. The board thanked him for his work and wished him well. Supporters had called for a change after a run of defeats at home. Training continues as planned."),
    Form("lone count", "Crash on coast road",
         "A crash on the coast road has left {!n:one|two|three|four|five} people injured, the ambulance service said. The road was closed in both directions while the vehicles were recovered, and drivers were sent over the hills. It was raining at the time and visibility was poor. The cause is being investigated. Residents have long asked for a lower speed limit on that stretch, and the council has promised to look at the matter again at its next meeting."),
    Form("lone tens", "Storm cuts power on the coast",
         "A storm has cut the power to much of the coast, and crews are working to restore it. Some {!n:thirteen|fourteen|fifteen|twenty|thirty|forty} villages were still in the dark by the evening, the utility said. Trees had fallen on lines and blocked roads. Schools will stay closed, and shelters have been opened in the larger towns. Forecasters expect the wind to ease overnight, but warned of high waves at the next tide."),
    Form("独市", "居民楼起火 消防紧急处置",
         "今日凌晨，一栋居民楼发生火灾，浓烟从窗口不断冒出。{!c:@city}市消防救援支队接到报警后，立即调派力量赶赴现场处置。经过近一个小时的扑救，明火被扑灭，被困人员全部获救，无人员伤亡。起火原因正在进一步调查之中。消防部门提醒广大居民注意用火用电安全，外出时关闭电源和燃气，保持楼道畅通。"),
    Form("独人", "基层干部先进事迹报告会举行",
         "先进事迹报告会今天上午在会议中心举行，机关干部代表参加了会议。报告会上，{!r:@ren}结合自身经历，讲述了扎根基层、服务群众的故事，赢得了阵阵掌声。与会人员纷纷表示，要以先进为榜样，立足岗位，脚踏实地，把为民办实事落到实处。会议要求，各单位要组织好学习活动，营造浓厚氛围，推动各项工作再上新台阶。"),
    Form("独数", "客车侧翻事故致人受伤",
         "今天上午，一辆客车在高速公路上发生侧翻，事故造成{!n:两|三|四|五|六}人受伤。接到报警后，交警、消防和医护人员赶到现场开展救援，伤者已被送往附近医院治疗，生命体征平稳。受事故影响，该路段一度双向封闭，目前已恢复通行。事故原因正在调查当中。交警提醒，雨天路滑，请广大驾驶员减速慢行，保持安全车距。"),
)  # fmt: skip
"""The title says nothing of what the article is about, and the text says it once."""

FORMS = (*ENGLISH, *CHINESE, *LONE)
