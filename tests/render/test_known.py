"""Bodies for readers and a validator that know less HTML than we keep."""

from __future__ import annotations

import pytest

from aggregator.refine.sanitize import sanitize
from aggregator.render import FORMATS
from aggregator.render.known import known_html
from tests.builders import a_feed, an_item
from tests.render.strict import problems_of_atom, problems_of_json, problems_of_rss


def the_body(html: str) -> str:
    return known_html(sanitize(html))


@pytest.mark.parametrize(
    "html",
    [
        "<p>plain &amp; <b>simple</b></p>",
        '<p title="&lt;math&gt; &lt;bdo&gt;">x</p>',
        "<p>&lt;math&gt;</p>",
        '<picture><source srcset="https://news.example/a.webp"><img src="https://news.example/a.png"></picture>',
    ],
)
def test_what_everybody_knows_stays_as_it_is(html: str) -> None:
    assert the_body(html) == sanitize(html)


@pytest.mark.parametrize(
    ("mathml", "shown"),
    [
        ("<msup><mi>x</mi><mn>2</mn></msup><mo>+</mo><mn>1</mn>", "<i>x<sup>2</sup> + 1</i>"),
        ("<mfrac><mrow><mi>a</mi><mo>-</mo><mi>b</mi></mrow><mn>2</mn></mfrac>", "<i>(a - b)/2</i>"),
        ("<msqrt><mn>2</mn></msqrt>", "<i>√2</i>"),
        ("<mroot><mi>x</mi><mn>3</mn></mroot>", "<i><sup>3</sup>√x</i>"),
        ("<msub><mi>a</mi><mi>i</mi></msub>", "<i>a<sub>i</sub></i>"),
        ("<munderover><mo>∑</mo><mi>i</mi><mi>n</mi></munderover>", "<i>∑<sub>i</sub><sup>n</sup></i>"),
        ("<mtable><mtr><mtd>1</mtd><mtd>0</mtd></mtr><mtr><mtd>2</mtd></mtr></mtable>", "<i>1 0; 2</i>"),
        ("<mi>a</mi><mo>&lt;</mo><mi>b</mi>", "<i>a &lt; b</i>"),
        ("<semantics><mi>x</mi><annotation encoding='application/x-tex'>\\x</annotation></semantics>", "<i>x</i>"),
        ("<mspace></mspace><none></none>", ""),
        ("<mtext>with <b>words</b><br>and <hr>lines</mtext>", None),
    ],
)  # fmt: skip
def test_a_formula_is_said_in_html(mathml: str, shown: str | None) -> None:
    body = the_body(f"<p>so <math>{mathml}</math>.</p>")
    assert shown is None or body == f"<p>so {shown}.</p>"
    assert body == sanitize(body)


def test_a_formula_of_any_depth_is_said() -> None:
    deep = "<mrow>" * 5000 + "<mi>x</mi>" + "</mrow>" * 5000
    assert the_body(f"<math>{deep}</math> after").endswith("after")


def test_a_sound_without_controls_has_a_link_beside_it() -> None:
    assert the_body('<audio controls src="https://news.example/a%20b.mp3?x=1&amp;y=2"></audio>') == (
        '<audio src="https://news.example/a%20b.mp3?x=1&amp;y=2"></audio> '
        '<a href="https://news.example/a%20b.mp3?x=1&amp;y=2" rel="noopener noreferrer">▶ a b.mp3</a>'
    )
    film = the_body('<video controls><source src="https://news.example/v.mp4"></video>')
    assert film.endswith(' <a href="https://news.example/v.mp4" rel="noopener noreferrer">▶ v.mp4</a>')


def test_a_picture_inside_a_film_is_not_what_is_played() -> None:
    film = the_body('<video controls><source src="https://news.example/v.mp4"></video>')
    shown = '<video controls><img src="https://news.example/p.png"><source src="https://news.example/v.mp4"></video>'
    assert the_body(shown).partition("</video>")[2] == film.partition("</video>")[2]


def test_a_film_in_a_link_gets_no_second_link() -> None:
    film = '<a href="https://news.example/"><video controls src="https://news.example/v.mp4"></video></a>'
    assert the_body(film).count("<a ") == 1


def test_a_direction_and_a_reading_stay() -> None:
    assert the_body('<bdo dir="rtl">abc</bdo>') == '<span dir="rtl">abc</span>'
    assert the_body("<ruby><rb>漢</rb><rt>kan</rt></ruby>") == "<ruby>漢<rt>kan</rt></ruby>"


def test_json_feed_keeps_all_of_it_and_the_others_pass() -> None:
    body = sanitize(
        '<math display="block"><mfrac><mn>1</mn><mn>2</mn></mfrac></math><bdo dir="rtl">x</bdo>'
        '<video controls src="https://news.example/v.mp4"></video>'
    )
    feed = a_feed(an_item(body=body))
    assert problems_of_atom(FORMATS["atom"].render(feed)) == []
    assert problems_of_rss(FORMATS["rss"].render(feed)) == []
    document = FORMATS["json"].render(feed)
    assert "<mfrac>" in document.decode()
    assert "controls" in document.decode()
    assert problems_of_json(document) == []
