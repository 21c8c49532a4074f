"""A post as big portals send it comes out with every sentence of its article, and with nothing else."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from aggregator.refine import refined
from aggregator.words.reading import reading
from tests.builders import a_source, an_entry, some_facts

SENTENCES = [
    "　　来源：某某日报",
    "　　某某日报讯（记者 甲乙丙）由市银保局、市科委主办的“对接会”于10月12日召开。",
    "　　据介绍，截至2021年9月30日，中心已完成审批8628笔、审批金额364亿元。",
    "　　企业可以通过互联网网页、微信小程序、扫描二维码等方式进行线上业务办理，实现网上申请、一站式服务。",
    "　　“请进来”的同时，中心也在主动“走出去”，关注小微企业，送优惠政策上门。",
    "　　信用贷款占比32.61%，新发放贷款利率4.53%，较年初降低22个基点。",
    "　　下一步将与有关方面一道，持续完善中心建设，更好解决融资难、融资贵问题。",
]
ADVERT = """
<!-- 文末二维码 start -->
            <style>
            .appendQr_wrap&#123;border:1px solid #E6E6E6;padding:8px;&#125;
            .appendQr_normal img&#123;width:74px;&#125;
            </style>
            <div class="clearfix appendQr_wrap">
                <div class="appendQr_normal"><img src="https://n.example/343.png" referrerpolicy="no-referrer"></div>
                <div class="appendQr_normal_txt">海量资讯、精准解读，尽在某某财经APP</div>
            </div>
<!-- 文末二维码 end -->
"""
EDITOR = (
    '<!-- 编辑姓名及工作代码 -->\n\n<p class="article-editor">责任编辑：丁戊己 SF014</p>\n<!-- 编辑姓名及工作代码-->'
)
STOCK = (
    '<span id="stock_sz000931"><a href="https://finance.example/sz000931/nc.shtml" class="keyword" target="_blank" '
    'data-sudaclick="content_marketkeywords_p">市科委</a></span><span id="quote_sz000931"></span>'
)
REFUSE = (
    "appendQr",
    "尽在",
    "APP",
    "343.png",
    "{border",
    "<style",
    "<!--",
    "责任编辑",
    "SF014",
    "data-",
    "cms-",
    "class=",
)


def post(editor: str = EDITOR) -> str:
    paragraphs = "\n".join(f'<p cms-style="font-L">{sentence}</p>' for sentence in SENTENCES)
    paragraphs = paragraphs.replace("市科委", STOCK, 1)
    remarks = "<!-- news_keyword_pub,stock -->\n\n\n<!-- 总声明-->"
    return f"<div>   \n{paragraphs}{remarks}\n\n{ADVERT}\n{editor}\n\n  \n</div>\n"


@pytest.mark.parametrize("editor", [EDITOR, "<p>（责任编辑：丁戊己）</p>", '<p align="right">责编：丁戊己</p>', ""])
def test_every_sentence_is_kept_and_nothing_else(editor: str) -> None:
    result = refined(an_entry(body=post(editor)), some_facts(), a_source())
    body = result.article.body
    assert [found for found in REFUSE if found in body] == []
    told = "".join(reading(body, 100_000).split())
    assert told == "".join("".join(SENTENCES).split())
    assert re.findall("<p>(　　)", body) == ["　　"] * len(SENTENCES)
    assert result.article.headimg == result.article.thumbnail == ""


def test_what_went_is_told_by_rule() -> None:
    removals = refined(an_entry(body=post()), some_facts(), a_source()).removals
    rules = {removal.rule for removal in removals}
    assert rules == {"comment", "works in its publisher's page only", "no part of the article, by its name"}
    assert any("尽在某某财经APP" in removal.cut for removal in removals)
    assert any("责任编辑" in removal.cut for removal in removals)


SAMPLE = Path(__file__).with_name("post.txt")  # as its owner showed it to us


class Paragraphs(HTMLParser):
    """The text of the paragraphs that carry the portal's own attribute: its article, by its own word."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "p":
            self.inside = "cms-style" in dict(attrs)
            self.texts += [""] * self.inside

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "p"

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.texts[-1] += data


def test_the_sample_keeps_every_sentence_and_nothing_else() -> None:
    body = SAMPLE.read_text().split("---\n", 2)[2]
    original = Paragraphs()
    original.feed(body)
    article = refined(an_entry(body=body), some_facts(), a_source()).article
    cleaned = re.sub(r"<[^<>]*>", "", article.body)
    sentences = [sentence for text in original.texts for sentence in re.findall(r"[^。]+。?", text)]
    assert len(sentences) == 15
    assert [sentence for sentence in sentences if sentence not in cleaned] == []
    assert "".join(cleaned.split()) == "".join("".join(sentences).split())
    refuse = (
        "appendQr",
        "APP",
        "343233024",
        "{",
        "<style",
        "<!--",
        "责任编辑",
        "SF014",
        "data-",
        "cms-",
        "class=",
        "id=",
    )
    assert [found for found in refuse if found in article.body] == []
    assert re.findall("<p>(　　)", article.body) == ["　　"] * len(original.texts)
    assert article.headimg == article.thumbnail == ""
