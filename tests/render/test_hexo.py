"""Articles as Hexo posts, and the promise of the way there and back."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unicodedata import category

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aggregator.model.article import Article, SafeHtml
from aggregator.model.entry import Enclosure
from aggregator.parse.hexo import parse_post
from aggregator.render.hexo import post_name, render_post
from tests.builders import an_article

FILE = Path("post.md")
SOURCE = "https://news.example/feed.xml"
OCTOBER = datetime(2021, 10, 12, 9, 40, 14, tzinfo=UTC)


def a_bare_article(title: str = "A title", body: str = "<p>A body.</p>", **other: Any) -> Article:
    """One as a post of another program gives it: the seven keys and a body."""
    fields = {"categories": ("金融", "新浪财经", "新浪财经－国內"), "date": OCTOBER, "link": None, "guid": None}
    return an_article(title, body, **{**fields, **other})


def there_and_back(article: Article, source_url: str | None = None) -> Article:
    post = parse_post(render_post(article, source_url), FILE)
    assert post.unread_date is None
    assert post.source_url == source_url
    return post.with_body(SafeHtml(post.body)).article


def front_matter(article: Article, source_url: str | None = None) -> list[str]:
    return render_post(article, source_url).decode().split("\n")[2:]


def test_the_form_is_that_of_the_posts_we_follow() -> None:
    image = "https://n.example/a.png"
    article = a_bare_article("Bank's 3/4: 'yes'", "<p>一</p>", author="新浪财经", headimg=image, thumbnail=image)
    assert render_post(article, None).decode() == (
        "\n---\n"
        "title: 'Bank''s 3/4: ''yes'''\n"
        "categories: \n - 金融\n - 新浪财经\n - 新浪财经－国內\n"
        "headimg: 'https://n.example/a.png'\n"
        "author: 新浪财经\n"
        "comments: false\n"
        "date: Tue, 12 Oct 2021 09:40:14 GMT\n"
        "thumbnail: 'https://n.example/a.png'\n"
        "---\n\n"
        "<div>   \n<p>一</p>\n  \n</div>\n"
    )


def test_a_missing_image_is_written_as_an_empty_string_and_a_placeholder_never() -> None:
    lines = front_matter(a_bare_article(thumbnail="https://picsum.photos/400/300?random=3"))
    assert "headimg: ''" in lines
    assert "thumbnail: ''" in lines


def test_what_we_know_besides_follows_after_the_thumbnail() -> None:
    article = an_article(
        date=OCTOBER,
        updated=OCTOBER,
        language="no",
        enclosures=(Enclosure(url="https://n.example/a.mp3", type="audio/mpeg", length=12),),
        tags=("安全", "C#"),
        summary="In short: it's 'done'",
        comments_url="https://news.example/1#talk",
    )
    lines = front_matter(article, SOURCE)
    assert lines[lines.index("thumbnail: ''") + 1 : lines.index("---")] == [
        "link: 'https://news.example/1'",
        "guid: 'guid-1'",
        "source: 'https://news.example/feed.xml'",
        "updated: Tue, 12 Oct 2021 09:40:14 GMT",
        "language: 'no'",
        "enclosures: ",
        ' - {"url": "https://n.example/a.mp3", "type": "audio/mpeg", "length": 12}',
        "tags: ",
        " - 安全",
        " - C#",
        "summary: 'In short: it''s ''done'''",
        "comments_url: 'https://news.example/1#talk'",
    ]


@pytest.mark.parametrize(
    ("author", "written"),
    [
        ("Ann Author", "Ann Author"),
        ("36氪", "36氪"),
        ("O'Neill", "O'Neill"),
        ("Ann, Bob", "Ann, Bob"),
        ("", "''"),
        ("@ann", "'@ann'"),
        ("Ann: a life", "'Ann: a life'"),
        ("Ann #1", "'Ann #1'"),
        ("null", "'null'"),
        ("Yes", "'Yes'"),
        ("2021-10-12", "'2021-10-12'"),
        ("1e3", "'1e3'"),
        ("- Ann", "'- Ann'"),
        (" Ann", "' Ann'"),
        ("Ann\x92s", '"Ann\\u0092s"'),
        ("Ann\nBob", '"Ann\\nBob"'),
    ],
)
def test_an_author_stands_without_quotes_where_yaml_reads_that_as_the_same(author: str, written: str) -> None:
    article = a_bare_article(author=author)
    assert f"author: {written}" in front_matter(article)
    assert there_and_back(article).author == author


def test_a_line_break_in_a_title_becomes_a_blank() -> None:
    assert there_and_back(a_bare_article("One\r\ntwo")).title == "One two"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "\n",
        "<p>{{ x }} {% raw %} {# y #} }}</p>",
        "<p>&#123;&#125; &#0123; &#000125; &#10; &#010; &#123 &amp;#123;</p>",
        "</div>\n  \n</div>",
        "<div>\na\n</div>\n<div>\nb\n</div>",
        "<div>   \n<p>a</p>\n  \n</div>",
        "---\n<p>a</p>\n---\n",
        "<pre>a\n\n    *b*\n \t\nc\n</pre>\n\n\n",
        "```js\n1\n```\n<p>`` ~~~ `````</p>",
        "a\rb\r\nc",
        "&lt;!--swig\ufffc0--&gt;",
        "a\u2028b\x85c",
    ],
)
def test_a_body_survives_whatever_is_in_it(body: str) -> None:
    assert there_and_back(a_bare_article(body=body)).body == body


def test_nothing_in_a_body_is_left_for_nunjucks_or_markdown() -> None:
    article = a_bare_article(body="<p>{{ x }}</p>\n\n    code\n```\n{% raw %}")
    body = render_post(article, None).decode().split("<div>   \n")[1].split("\n  \n</div>")[0]
    assert not {"{", "}"} & set(body)
    assert "\n\n" not in body
    assert "```" not in body


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\ufffe\uffff", min_codepoint=0x20))
NAMES = TEXT.filter(bool)
HTML = st.lists(
    st.sampled_from(
        [
            "{",
            "}",
            "&#",
            "0",
            "123;",
            "125;",
            "10;",
            "&#123;",
            "</div>",
            "<div>",
            "\n",
            "  \n",
            "\t",
            "\r",
            "---",
            "`",
            "~",
        ]
    )
    | TEXT
).map("".join)
URLS = st.from_regex(r"https?://[a-z]{1,9}\.example/[a-zA-Z0-9/?&=%.,;:~'-]{0,30}", fullmatch=True)
INSTANTS = st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.replace(microsecond=0))
WHOLE = st.integers(min_value=0, max_value=10**15)
ENCLOSURES = st.builds(
    Enclosure,
    url=URLS,
    type=st.none() | NAMES,
    length=st.none() | WHOLE,
    title=st.none() | NAMES,
    duration=st.none() | WHOLE,
)
TITLES = TEXT.filter(lambda title: not set(title) & set("\x85\u2028\u2029"))
ARTICLES = st.builds(
    Article,
    title=TITLES,
    categories=st.lists(NAMES, max_size=4).map(tuple),
    headimg=st.just("") | URLS,
    author=TEXT,
    comments=st.booleans(),
    date=INSTANTS,
    thumbnail=st.just("") | URLS,
    body=HTML.map(SafeHtml),
    link=st.none() | URLS,
    guid=st.none() | NAMES,
    updated=st.none() | INSTANTS,
    language=st.none() | st.sampled_from(["en", "no", "zh-CN"]),
    enclosures=st.lists(ENCLOSURES, max_size=2).map(tuple),
    tags=st.lists(NAMES, max_size=3).map(tuple),
    summary=TEXT,
    comments_url=st.none() | URLS,
)


@given(ARTICLES, st.none() | URLS)
def test_there_and_back_is_the_same_article_and_the_same_bytes(article: Article, source_url: str | None) -> None:
    back = there_and_back(article, source_url)
    assert back == article
    assert render_post(back, source_url) == render_post(article, source_url)


@given(ARTICLES)
def test_a_name_is_safe_on_every_file_system(article: Article) -> None:
    name = post_name(article)
    assert name.endswith(".md")
    assert len(name.encode()) <= 200
    assert not set(name) & set('/\\:*?"<>|\0')
    assert all(char.isprintable() or category(char) == "Cn" for char in name)  # Cn: as far as this Python knows
    assert name[0].isdigit()  # so it is neither hidden nor a name that Windows keeps for itself


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("北京：续贷/审批 8628笔", "-北京-续贷-审批-8628笔-"),
        ("../../etc/passwd", "-etc-passwd-"),
        ("CON", "-CON-"),
        ("हिन्दी", "-हिन्दी-"),
        ("e\u0301te\u0301", "-été-"),
        ("?!", "-"),
        ("一\U000323b0\U00033479二", "-一\U000323b0\U00033479二-"),  # Unicode 17; every Python so far knows neither
        ("a\ufffe\ufdd0\U0010ffffb", "-a-b-"),
        ("長" * 300, "-" + "長" * 57 + "-"),
    ],
)
def test_a_name_reads_as_its_title(title: str, slug: str) -> None:
    name = post_name(an_article(title, date=OCTOBER))
    assert name == f"2021-10-12{slug}{name[-15:]}"


def test_a_name_keeps_its_digits_when_a_title_is_edited_and_differs_by_identity() -> None:
    before, after, other = an_article("Storm"), an_article("Storm: dead"), an_article("Storm", guid="guid-2")
    assert post_name(before)[-15:] == post_name(after)[-15:]
    assert post_name(before) != post_name(other)
    assert post_name(a_bare_article("A")) != post_name(a_bare_article("A", categories=("a", "Another", "b")))


@example(an_article("\ud800", body="\ud800"))
@given(ARTICLES)
def test_rendering_never_raises(article: Article) -> None:
    assert render_post(article, None)
