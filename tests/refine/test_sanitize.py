"""The gate: nothing that acts gets through, whatever came before it."""

from __future__ import annotations

import re

import pytest

from aggregator.model.entry import Entry, Markup
from aggregator.refine import refine
from aggregator.refine.sanitize import sanitize
from tests.builders import a_source, some_facts

ATTACKS = [
    "<script>alert(1)</script>",
    "<SCRIPT/x>alert(1)</SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<img src='x'onerror=alert(1)//",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
    "<math><annotation-xml encoding='text/html'><iframe srcdoc='<script>alert(1)</script>'></annotation-xml></math>",
    "<math href='javascript:alert(1)'><mi>x</mi></math>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<template><img src=x onerror=alert(1)></template>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='jav&#x09;ascript:alert(1)'>x</a>",
    "<a href='&#1;javascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='//evil.example' onclick=alert(1)>x</a>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='javascript:alert(1)'></object><embed src='javascript:alert(1)'>",
    "<form action='javascript:alert(1)'><button formaction='javascript:alert(1)'>x</button></form>",
    "<input autofocus onfocus=alert(1)>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href='javascript:'><link rel=stylesheet href=x>",
    "<style>@import 'x';</style><p style='background:url(javascript:alert(1))'>x</p>",
    "<video poster='javascript:alert(1)' src='javascript:alert(1)'><source src='data:x' onerror=alert(1)></video>",
    "<img srcset='javascript:alert(1) 1x, data:x 2x'><picture><source srcset='javascript:alert(1)'></picture>",
    "<blockquote cite='javascript:alert(1)'>x</blockquote><q cite='data:x'>y</q>",
    "<p id=a onmouseover=alert(1)><!--><img src=x onerror=alert(1)>--></p>",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?php echo 1 ?><% x %><!DOCTYPE x [<!ENTITY y 'z'>]>",
    "<details open ontoggle=alert(1)><summary onclick=alert(1)>x</summary></details>",
    "<plaintext><script>alert(1)</script>",
    "<xmp><script>alert(1)</script></xmp><listing><img onerror=alert(1) src=x></listing>",
    "<textarea><img src=x onerror=alert(1)></textarea><title><img src=x onerror=alert(1)></title>",
    "<select><option><img src=x onerror=alert(1)></option></select>",
    "<b onclick=alert(1)></b><span onclick=alert(1)></span><a name=x onclick=alert(1)></a><a href='#x'>y</a>",
    "<p></p onclick=alert(1)><p =x onclick=alert(1)>t</p>",
    "<body onload=alert(1)><html onclick=alert(1)><frameset onload=alert(1)>",
    "\x00<scr\x00ipt>alert(1)</script>\x00",
]
FORBIDDEN = re.compile(
    r"<(?:script|style|svg|iframe|frame|object|embed|applet|form|input|button|select|textarea|meta|base|link|template|title"
    r"|noscript|plaintext|xmp)\b|<[^>]*\s(?:on\w+|style|srcdoc|action|formaction|ping|xlink:href|data-[\w-]+)="
    r"|<!|<\?|<%|(?:href|src|srcset|cite|poster)=\"(?!https?://|#|mailto:)",
    re.IGNORECASE,
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_acts(attack: str) -> None:
    for html in (
        sanitize(attack.replace("\x00", "")),
        _body(attack),
        _body(f"<p>{attack}"),
        _body(f"<table><tr>{attack}"),
    ):
        assert not FORBIDDEN.search(html)
        assert sanitize(html) == html


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_field_carries_an_active_url(attack: str) -> None:
    url = "javascript:alert(1)"
    entry = Entry(title=Markup(attack), content=Markup(attack, base=url), link=url, comments=url, authors=(attack,))
    article = refine(entry, some_facts(link=url), a_source())
    assert article.title
    assert not any((article.link, article.comments_url))
    assert article.headimg == "" or article.headimg.startswith("https://")


def test_text_stays_text() -> None:
    article = refine(Entry(content=Markup("<script>x</script> & y", "text")), some_facts(), a_source())
    assert article.body == "<p>&lt;script&gt;x&lt;/script&gt; &amp; y</p>"


def _body(html: str) -> str:
    return refine(Entry(content=Markup(html)), some_facts(), a_source()).body


@pytest.mark.parametrize(
    "html",
    [
        "<p><form><p>a</p></form></p>",
        "<p>a<button><ol><li>b</li></ol></button></p>",
        "<h1><font><h2>a</h2></font></h1>",
    ],
)
def test_what_was_nested_only_by_an_element_that_went_is_what_every_parser_makes_of_it(html: str) -> None:
    once = sanitize(html)
    assert sanitize(once) == once
