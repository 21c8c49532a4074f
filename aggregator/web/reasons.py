"""What the program wrote down about a source, in the visitor's language.

    "learned: about 3 posts a day" ─► the sentence that it was made from, with its values ─► "根据规律：每天约 3 篇"

Reasons are written in English, where they arise, and are kept so. A page says them in its own language; what others
said (a library, a server, an operating system) has no translation, and is shown as theirs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from aggregator.model.exchange import Failure
from aggregator.web.words import WEEKDAYS, Language

LONGEST = 1_000  # characters; none of our sentences is as long


@dataclass(frozen=True, slots=True)
class Said:
    """A reason as a page shows it."""

    text: str
    theirs: str = ""  # what somebody else said, in their own words; in English


def reason(written: str, language: Language) -> Said:
    """A whole reason, such as that of the next poll."""
    return Said(written) if language == "en" else _chinese(written)


def plainly(said: Said) -> str:
    """All of it, where nothing can be set apart."""
    return " ".join(part for part in (said.text, f"“{said.theirs}”" if said.theirs else "") if part)


def trouble(problem: str, language: Language) -> Said:
    """What went wrong with a source: the kind, and what is known besides."""
    if language == "en":
        return Said(problem)
    kind, _, detail = problem.partition(": ")
    if kind not in _KINDS:
        return _chinese(problem)
    more = _chinese(detail) if detail else Said("")
    return Said(f"{_KINDS[kind]}：{more.text}" if more.text else _KINDS[kind], more.theirs)


def _chinese(written: str) -> Said:
    # What a library says, with what it means for a person behind it.
    theirs, _, meaning = written.rpartition("; ")
    known = _translated(meaning) if theirs else None
    if known is not None:
        first = _translated(theirs)
        return Said(known, theirs) if first is None else Said(f"{first}；{known}")
    found = _translated(written)
    return Said("", written) if found is None else Said(found)


@lru_cache(maxsize=4096)
def _translated(written: str) -> str | None:
    """In Chinese; None where it is no sentence of ours."""
    if len(written) > LONGEST:
        return None
    for pattern, chinese in _PATTERNS:
        match = pattern.fullmatch(written)
        if match is None:
            continue
        values = {name: _value(name, value) for name, value in match.groupdict().items()}
        if None not in values.values():
            return chinese.format(**values)
    return None


def _value(name: str, written: str) -> str | None:
    read = _VALUES.get(name.rstrip("0123456789"))
    return read(written) if read else written


def _span(written: str) -> str | None:
    """As durations are written: "90s", "15m"."""
    match = re.fullmatch(r"(\d+)([smhd])", written)
    return f"{match[1]} {_UNITS[match[2]]}" if match else None


def _weekday(written: str) -> str | None:
    """The plural of one."""
    by_name = dict(zip(WEEKDAYS["en"].full, WEEKDAYS["zh"].full, strict=True))
    return by_name.get(written.removesuffix("s"))


_UNITS = {"s": "秒", "m": "分钟", "h": "小时", "d": "天"}
_PERIODS = {"day": "天", "week": "周", "month": "月", "year": "年"}

_VALUES: Mapping[str, Callable[[str], str | None]] = {
    "known": _translated,
    "span": _span,
    "weekday": _weekday,
    "period": _PERIODS.get,
    "number": lambda written: written if re.fullmatch(r"[\d.]+", written) else None,
    "phrase": lambda written: written if re.fullmatch(r"[A-Z][\w'() -]*", written, re.ASCII) else None,
    "code": lambda written: written if re.fullmatch(r"[1-9]\d\d", written, re.ASCII) else None,
}
"""How a value is read, by its name; any other is shown as it is."""

_KINDS: Mapping[str, str] = {
    Failure.DNS: "找不到域名",
    Failure.CONNECT: "无法连接",
    Failure.TLS: "TLS 失败",
    Failure.TIMEOUT: "超时",
    Failure.TOO_LARGE: "内容过大",
    Failure.BLOCKED: "已拦截",
    Failure.REDIRECT: "重定向没有尽头",
    Failure.PROTOCOL: "不是 HTTP",
    Failure.STATUS: "服务器拒绝",
    Failure.GONE: "已不存在（410）",
    Failure.FILE: "无法读取文件",
    Failure.COMMAND: "命令失败",
    Failure.NOT_A_FEED: "不是订阅源",
    Failure.OURS: "本程序的问题",
}

_RHYTHMS = {
    "nothing yet": "尚无规律",
    "by the clock, {known} {zone}": "按时发布，{known}（{zone}）",
    "about {number} post a {period}": "每{period}约 {number} 篇",
    "about {number} posts a {period}": "每{period}约 {number} 篇",
    "{known}, mostly {from}–{until} {zone}": "{known}，多在 {from}–{until} 时（{zone}）",
    "{weekday} at {time}": "每逢{weekday} {time}",
    "daily at {time}": "每天 {time}",
    "every half hour": "每半小时",
    "hourly at :{number}": "每小时的第 {number} 分",
    "every {number} hours, at {time}": "每 {number} 小时，在 {time}",
}

_NEXT = {
    "learned: {known}": "根据规律：{known}",
    "every {span}": "每 {span}一次",
    "the feed asks to be read every {span}": "订阅源要求每 {span}读取一次",
    "the feed asks for rest until then (skipHours, skipDays)": "订阅源要求此前休息（skipHours、skipDays）",
    "the publisher asks to wait until {time} (Cache-Control)": "发布者要求等到 {time}（Cache-Control）",
    "the publisher asks to wait until {time} (Retry-After)": "发布者要求等到 {time}（Retry-After）",
    "failing: try {number}, backing off": "仍在失败：第 {number} 次尝试，逐渐放缓",
    "gone: the publisher says that this feed is no more (410)": "已停止：发布者声明此订阅源不再存在（410）",
    "its host asks to come less often (429)": "其主机要求减少访问（429）",
    "its host asks to come less often (429 for {name})": "其主机要求减少访问（{name} 收到 429）",
    "pushed by {host}; polled as a check": "由 {host} 推送，抓取只为核对",
    "deliveries may have been missed while we were stopped": "程序停止期间可能漏收推送",
    "no longer pushed: `server.public_url` is not set": "不再推送：没有设置 server.public_url",
}

_ANSWERS = {
    "{code}": "{code}",
    "{code} {phrase}": "{code}",
    "{code}: {known}": "{code}，{known}",
    "{code} {phrase}: {known}": "{code}，{known}",
    "{known}: a challenge for browsers (bot protection)": "{known}（要求以浏览器验证，防机器人）",
    "{known}: not the whole document": "{known}（文档不完整）",
    "not the whole document": "文档不完整",
    "a challenge for browsers (bot protection)": "要求以浏览器验证（防机器人）",
    "the server does not understand the request; is the URL complete?": "服务器不理解此请求，网址是否完整？",
    "the publisher wants a password; write it into the URL or into headers, as ${{NAME}}": "发布者要求密码，请用 "
    "${{NAME}} 写进网址或 headers",
    "the publisher wants to be paid": "发布者要求付费",
    "the publisher does not let us in; another user_agent or a subscriber's URL may help": "发布者不允许访问，换一个 "
    "user_agent 或订户专用网址也许有用",
    "the feed is not there any more; look for its new address": "订阅源已不在此处，请寻找新地址",
    "this address is not made for reading": "此地址不供读取",
    "the server has nothing in a format that we take": "服务器没有我们接受的格式",
    "the proxy wants a password; write it into its URL, as ${{NAME}}": "代理要求密码，请用 ${{NAME}} 写进代理的网址",
    "the server waited too long for us": "服务器等待我们太久",
    "the publisher says that this feed has ended for good": "发布者声明此订阅源已永久停止",
    "the server does not like robots; another user_agent may help": "服务器不欢迎机器人，换一个 user_agent 也许有用",
    "the server is not responsible for this host": "服务器不负责此主机",
    "we are asked to come less often": "对方要求减少访问",
    "not to be shown where we are, for legal reasons": "因法律原因，在我们所在地区不予显示",
    "the server has a fault": "服务器出错",
    "the server behind the publisher's gateway does not answer": "发布者网关后的服务器没有应答",
    "the server is overloaded or being worked on": "服务器过载或正在维护",
    "the server behind the publisher's gateway is too slow": "发布者网关后的服务器太慢",
    "the server's disk is full": "服务器磁盘已满",
    "Cloudflare says that the publisher's server is down": "Cloudflare 报告发布者的服务器已停机",
    "Cloudflare cannot reach the publisher's server": "Cloudflare 无法连接发布者的服务器",
    "Cloudflare cannot find the publisher's server": "Cloudflare 找不到发布者的服务器",
    "Cloudflare and the publisher's server cannot agree on TLS": "Cloudflare 与发布者的服务器无法就 TLS 达成一致",
    "Cloudflare does not trust the publisher's certificate": "Cloudflare 不信任发布者的证书",
    "Cloudflare cannot resolve the publisher's server": "Cloudflare 无法解析发布者的服务器",
    "the server refuses the request": "服务器拒绝此请求",
}

_CONNECTIONS = {
    "the publisher has to renew its certificate": "发布者须更新证书",
    "the publisher's clock or ours is wrong": "发布者或我们的时钟有误",
    "nobody vouches for this server": "没有机构为此服务器担保",
    "the certificate is signed by nobody that we know, or the server leaves out a part of the chain": "证书的"
    "签发者不为我们所知，或服务器漏发了证书链的一部分",
    "the certificate is for another host": "证书属于另一主机",
    "the server speaks no version of TLS that is still safe": "服务器不支持任何仍然安全的 TLS 版本",
    "the server does not speak TLS there; is it http://?": "服务器在此端口不用 TLS，是否应为 http://？",
    "is it spelt right? the site may be gone, or no name server may be within reach": "拼写是否正确？网站可能已不存在，"
    "或者没有可用的域名服务器",
    "Could not resolve host: {host}": "无法解析 {host}",
    "Resolving timed out after {number} milliseconds": "域名解析在 {number} 毫秒后超时",
    "could not resolve {host}: Name or service not known": "无法解析 {host}",
    "Failed to connect to {host} port {number}: Connection refused": "{host} 的端口 {number} 拒绝连接",
    "Failed to connect to {host} port {number} after {number2} ms: Connection refused": "{host} 的端口 "
    "{number} 拒绝连接",
    "Failed to connect to {host} port {number} after {number2} ms: Couldn't connect to server": "无法连接 {host} 的"
    "端口 {number}",
    "Failed to connect to {host} port {number} after {number2} ms: Could not connect to server": "无法连接 {host} 的"
    "端口 {number}",
    "Connection timed out after {number} milliseconds": "连接在 {number} 毫秒后超时",
    "SSL connection timeout": "TLS 连接超时",
    "Operation timed out after {number} milliseconds with {number2} bytes received": "{number} 毫秒后仍未完成，已收到 "
    "{number2} 字节",
    "Operation timed out after {number} milliseconds with {number2} out of {number3} bytes received": "{number} 毫秒"
    "后仍未完成，已收到 {number2} / {number3} 字节",
    "Empty reply from server": "服务器没有返回任何内容",
    "Recv failure: Connection reset by peer": "对方中断了连接",
    "the redirects took up all the time there was": "重定向用尽了全部时间",
    "{host} at {address} is a private address ({kind}); polling.allow_private does not open port {number} of it": ""
    "{host} 的地址 {address} 是内部地址（{kind}），polling.allow_private 没有开放其端口 {number}",
    "{address} is a private address ({kind}); polling.allow_private does not open port {number} of it": ""
    "{address} 是内部地址（{kind}），polling.allow_private 没有开放其端口 {number}",
}

_TRANSFERS = {
    "the document is larger than {number} bytes": "文档超过 {number} 字节",
    "the document is larger than {number} bytes when decompressed": "文档解压后超过 {number} 字节",
    "the response has too many or too long headers": "应答的标头太多或太长",
    "the answer has no HTTP status line": "应答没有 HTTP 状态行",
    "the answer has no complete head": "应答的标头不完整",
    "304 Not Modified, but we did not ask conditionally": "回答 304，而我们并未作条件请求",
    "a redirect ({number}) that says not where to": "重定向（{number}）没有说明去处",
    "a redirect ({number}) to {url} that a form cannot follow": "表单不能跟随到 {url} 的重定向（{number}）",
    "more than {number} redirects": "重定向超过 {number} 次",
    "the redirects lead in a circle, back to {url}": "重定向绕回 {url}",
    "redirected to what cannot be asked: {known}": "重定向到不能访问的地址：{known}",
    "the URL is longer than {number} characters": "网址超过 {number} 个字符",
    "not a URL: the host or the port cannot be read": "不是网址：主机或端口无法识别",
    "only http and https are fetched, not a URL without a scheme": "只抓取 http 和 https，此网址没有协议",
    "only http and https are fetched, not {scheme}": "只抓取 http 和 https，不抓取 {scheme}",
    "port 0 cannot be asked": "端口 0 不能访问",
    "a backslash in the host: programs disagree on what that means": "主机名中有反斜杠，各程序理解不一",
    "the host is not an IPv6 address": "主机不是 IPv6 地址",
    "an address with a zone belongs to one machine only": "带区域的地址只属于一台机器",
    "the host name is too long": "主机名太长",
    "the URL names no valid host": "网址中没有有效的主机",
    "the host name is not a valid one": "主机名无效",
    "encoded as {coding}, which was not offered": "以未约定的 {coding} 编码",
    "encoded {number} times over": "重复编码 {number} 次",
    "more than {number} gzip members": "gzip 分段超过 {number} 个",
    "more than {number} zstd frames": "zstd 帧超过 {number} 个",
    "the compressed body is cut short": "压缩内容不完整",
    "the compressed body is damaged ({error})": "压缩内容已损坏（{error}）",
    "it is a device or a pipe": "这是设备或管道",
    "it is larger than {number} bytes": "超过 {number} 字节",
    "it printed more than {number} bytes": "输出超过 {number} 字节",
    "the command did not end within {number} s": "命令在 {number} 秒内没有结束",
    "exit code {number}": "退出码 {number}",
    "ended by signal {number}": "被信号 {number} 终止",
    "exit code {number}: {words}": "退出码 {number}：{words}",
    "ended by signal {number}: {words}": "被信号 {number} 终止：{words}",
    "cannot be started: {known}": "无法启动：{known}",
    "No such file or directory": "没有这个文件或目录",
    "Permission denied": "没有权限",
    "Is a directory": "这是一个目录",
    "we are shutting down": "程序正在停止",
}

_DOCUMENTS = {
    "an empty document": "空文档",
    "an HTML page": "一个 HTML 网页",
    "an HTML page (title: {title})": "一个 HTML 网页（标题：{title}）",
    "an XML document of another kind ({name})": "另一种 XML 文档（{name}）",
    "plain text": "纯文本",
    "binary data": "二进制数据",
    "a list of feeds (OPML)": "订阅列表（OPML）",
    "a sitemap": "网站地图",
    "a picture (icon)": "图标",
    "a picture ({name})": "图片（{name}）",
    "a picture or a sound ({name})": "图片或声音（{name}）",
    "a sound ({name})": "声音（{name}）",
    "a PDF document": "PDF 文档",
    "a ZIP archive": "ZIP 压缩包",
    "compressed data ({name})": "压缩数据（{name}）",
    "a program": "程序文件",
    "JSON, but no JSON Feed": "JSON，但不是 JSON Feed",
    "JSON, but no JSON Feed ({key}: {words})": "JSON，但不是 JSON Feed（{key}：{words}）",
    "JSON of more than {number} values": "JSON 的值超过 {number} 个",
    "JSON that is nested too deeply": "JSON 嵌套太深",
    "broken JSON ({error})": "JSON 有误（{error}）",
}

_PAGES = {
    "its page is no HTML ({type})": "其页面不是 HTML（{type}）",
    "nothing on its page matches `content`": "其页面上没有符合 content 的内容",
    "its page holds no article": "其页面上没有文章",
    "its page holds no text that could be told from the rest": "其页面上分辨不出正文",
    "its page says no more than its feed": "其页面不比订阅源多",
    "its page asks for consent, a login or money in the place of the article": "其页面要求同意、登录或付费，没有正文",
    "its page tells something else": "其页面讲的是别的内容",
    "the text of its page lacks the beginning": "其页面的正文缺少开头",
}

_REMOVALS = {
    "remove: in the configuration": "配置中的 remove",
    "comment": "注释",
    "no part of the article, by its name": "按名称不属于文章",
    "no part of the article, by its wording": "按措辞不属于文章",
    "names the editor": "编辑署名",
    "line numbers beside code": "代码旁的行号",
    "the same formula a second time": "重复的公式",
    "hidden": "隐藏内容",
    "the sign beside a heading that links to it": "标题旁的链接符号",
    "stands in for a real image": "图片占位",
    "an image that shows nothing": "什么也不显示的图片",
    "repeats the image before it": "与前一图片重复",
    "a frame that shows nothing of the article": "与文章无关的框架",
    "a field of a form": "表单字段",
    "a form": "表单",
    "a script": "脚本",
    "works in its publisher's page only": "只在发布者页面上有用",
    "empty": "空元素",
    "said in most articles of this source": "此来源多数文章都有的话",
}

_NOTICES = {
    "the rule {rule} takes too long {known}": "规则 {rule} 耗时太长（{known}）",
    "for {number} article: {known}": "{number} 篇文章；{known}",
    "for {number} articles: {known}": "{number} 篇文章；{known}",
    "on the whole: {known}": "总计；{known}",
    "what it should have matched is shown as if it were not there": "本应匹配的内容照常显示，如同没有此规则",
    "what it should have matched is shown as if it were not there; it is not asked for {number} minutes": ""
    "本应匹配的内容照常显示，如同没有此规则；{number} 分钟内不再使用它",
    "a rule takes too long; `aggregator status` and the log say which": ""
    "有一条规则耗时太长；aggregator status 和日志会说明是哪一条",
    "a document was not replaced; `aggregator status` and the log say which": ""
    "有文档未能更新；aggregator status 和日志会说明是哪一个",
}

_HUBS = {
    "denied by the hub": "hub 拒绝",
    "denied by the hub: {words}": "hub 拒绝：{words}",
}


def _pattern(english: str) -> re.Pattern[str]:
    """A sentence with {names}, as what recognizes it. Each name is a group that holds at least one character."""
    parts = re.split(r"(\{\{|\}\}|\{\w+\})", english)
    return re.compile("".join(_part(part) for part in parts))


def _part(part: str) -> str:
    if part in ("{{", "}}"):
        return re.escape(part[0])
    if not part.startswith("{"):
        return re.escape(part)
    return rf"(?P<{part[1:-1]}>\S+)" if part[1:-1] in _ONE_WORD else f"(?P<{part[1:-1]}>.+?)"


_ONE_WORD = frozenset({"zone", "host", "address", "number", "number2", "number3", "weekday", "span", "code"})

_PATTERNS = tuple(
    (_pattern(english), chinese)
    for table in (_RHYTHMS, _NEXT, _ANSWERS, _CONNECTIONS, _TRANSFERS, _DOCUMENTS, _PAGES, _REMOVALS, _NOTICES, _HUBS)
    for english, chinese in table.items()
)
