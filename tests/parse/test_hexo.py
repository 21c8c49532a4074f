"""Posts as other programs wrote them, with every oddity that docs/front-matter.md lists."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aggregator.model.entry import Enclosure
from aggregator.model.errors import PostError
from aggregator.model.hexo import RawPost
from aggregator.parse.hexo import parse_post

FILE = Path("posts/a.md")
FOUND = Path(__file__).parent / "posts" / "from-another-program.md"


def parsed(text: str) -> RawPost:
    return parse_post(text.encode(), FILE)


def with_line(line: str) -> RawPost:
    """A post with one line of its front matter as given."""
    return parsed(f"---\ntitle: 'A title'\n{line}\nlayout: post\n---\n<p>x</p>\n")


def titled(value: str) -> str:
    return parsed(f"\n---\ntitle: {value}\ncategories: \n - a\n---\n\n<div>   \nx\n  \n</div>\n").title


def test_a_post_of_the_other_program() -> None:
    post = parse_post(FOUND.read_bytes(), FOUND)
    assert post.title == "某市港口三季度吞吐量'破亿'_海铁联运班列增至42条"
    assert post.categories == ("财经", "海湾财讯", "海湾财讯－国内")
    assert post.headimg == post.thumbnail == "https://img.haiwan.example/app/qr-74.png"
    assert post.author == "海湾财讯"
    assert post.comments is False
    assert post.date == datetime(2021, 10, 13, 1, 5, 9, tzinfo=UTC)
    assert post.body.startswith('<p cms-style="font-L">　　来源')
    assert post.body.endswith("<!-- 编辑姓名及工作代码-->\n")
    assert "{两}" in post.body
    assert ".qr_wrap{border" in post.body
    assert (post.link, post.guid, post.source_url, post.unread_date) == (None, None, None, None)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.removeprefix("\n"),
        lambda text: "\n \n" + text,
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text.replace("\n", "\r\n"),
        lambda text: text.replace("\n - ", "\n- "),
        lambda text: text.replace("\n - ", "\n    -   "),
        lambda text: text.replace("categories: \n", "categories:\n"),
        lambda text: text.replace("\n---\n", "\n--- \n"),
        lambda text: text.rstrip(),
        lambda text: text.replace("author: ", "cover: [1, {a: b\nauthor: "),
        lambda text: text.replace("author: ", "# a remark: yes\nauthor: "),
    ],
    ids=range(12),
)
def test_what_changes_nothing(change) -> None:  # type: ignore[no-untyped-def]
    text = FOUND.read_text("utf-8")
    changed = change(text)
    assert changed != text
    assert parsed(changed) == parsed(text)


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("'it''s'", "it's"),
        ("'it's'", "it's"),
        ("''", ""),
        ("", ""),
        ("'a: b'", "a: b"),
        ("a: b", "a: b"),
        ("A plain title", "A plain title"),
        ("C# in depth", "C# in depth"),
        ("Ranked: #1 again", "Ranked: #1 again"),
        ("#1 again", "#1 again"),
        ("@home", "@home"),
        ("- ", "-"),
        ("*star", "*star"),
        ("100% `sure`", "100% `sure`"),
        ("{{ x }} {% y", "{{ x }} {% y"),
        ("[广告] 新闻", "[广告] 新闻"),
        ('"double"', "double"),
        ('"a \\"b\\" \\u4e2d \\x41 \\\\ c"', 'a "b" 中 A \\ c'),
        ('"\\ud83d\\ude00\\ud83d\\u0000"', "😀"),
        ('"C:\\path"', "C:\\path"),
        ('"Foo" said Bar', '"Foo" said Bar'),
        ('He said "foo"', 'He said "foo"'),
        ('"Foo" and "bar"', '"Foo" and "bar"'),
        ("It's 5 o'clock", "It's 5 o'clock"),
        ("'open", "'open"),
        ("null", ""),
        ("'null'", "null"),
        ("yes", "yes"),
        ("2021-10-12", "2021-10-12"),
        (">-\n  folded\n  lines", "folded lines"),
        ("|\n  kept\n  lines", "kept lines"),
        ("'broken\nnews: it''s\n here'", "broken news: it''s here".replace("''", "'")),
        ("broken\n in two", "broken in two"),
        ("bell\x07", "bell"),
    ],
)
def test_titles(written: str, title: str) -> None:
    post = parsed(f"\n---\ntitle: {written}\ncategories: \n - a\n---\nx\n")
    assert post.title == title
    assert post.categories == ("a",)


@pytest.mark.parametrize(
    ("lines", "path"),
    [
        ("categories: \n - 金融\n - 新浪财经\n - 新浪财经－国內", ("金融", "新浪财经", "新浪财经－国內")),
        ("categories:\n- a\n- b", ("a", "b")),
        ("categories:\n  - a", ("a",)),
        ("categories:\n - a\n - b\n - c\n - d\n - e", ("a", "b", "c", "d", "e")),
        ("categories:\n - 'it''s'\n - \"b\"\n - a: b\n - @x\n -\n - #1", ("it's", "b", "a: b", "@x", "#1")),
        ("categories: [a, 'b, c', no]", ("a", "b, c", "no")),
        ("categories: [a: b, \"c, 'd]", ("a: b", '"c', "'d")),
        ("categories:\n - [a, b]", ("a", "b")),
        ("categories: 金融", ("金融",)),
        ("categories:\n - broken\n   in two\n - b", ("broken in two", "b")),
        ("categories: []", ()),
        ("categories:", ()),
        ("tags: x", ()),
    ],
)
def test_categories(lines: str, path: tuple[str, ...]) -> None:
    assert with_line(lines).categories == path


@pytest.mark.parametrize(
    ("written", "image"),
    [
        ("'https://n.example/a.png'", "https://n.example/a.png"),
        ("//n.example/a b.png", "https://n.example/a%20b.png"),
        ("'https://picsum.photos/400/300?random=17'", ""),
        ("'https://fastly.PICSUM.photos/id/1/4/3.jpg'", ""),
        ("'https://notpicsum.photos/a.png'", "https://notpicsum.photos/a.png"),
        ("''", ""),
        ("'undefined'", ""),
        ("/images/a.png", ""),
        ("'javascript:alert(1)'", ""),
        ("'data:image/png;base64,AAAA'", ""),
        ("'http://[broken'", ""),
    ],
)
def test_images(written: str, image: str) -> None:
    assert with_line(f"headimg: {written}\nthumbnail: {written}").headimg == image
    assert with_line(f"headimg: {written}\nthumbnail: {written}").thumbnail == image


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Tue, 12 Oct 2021 09:40:14 GMT", datetime(2021, 10, 12, 9, 40, 14, tzinfo=UTC)),
        ("'Tue, 12 Oct 2021 09:40:14 GMT'", datetime(2021, 10, 12, 9, 40, 14, tzinfo=UTC)),
        ("Tue, 12 Oct 2021 17:40:14 +0800", datetime(2021, 10, 12, 9, 40, 14, tzinfo=UTC)),
        ("2022-03-28 02:28:26", datetime(2022, 3, 28, 2, 28, 26, tzinfo=UTC)),
        ("2022/3/28 2:28", datetime(2022, 3, 28, 2, 28, tzinfo=UTC)),
        ("2022-03-28", datetime(2022, 3, 28, tzinfo=UTC)),
        ("2022-03-28T02:28:26.123Z", datetime(2022, 3, 28, 2, 28, 26, tzinfo=UTC)),
        ("2022-03-28T10:28:26+08:00", datetime(2022, 3, 28, 2, 28, 26, tzinfo=UTC)),
        (
            "Tue Oct 12 2021 17:40:14 GMT+0800 (China Standard Time)",
            datetime(2021, 10, 12, 9, 40, 14, tzinfo=UTC),
        ),
    ],
)
def test_dates(written: str, expected: datetime) -> None:
    post = with_line(f"date: {written}\nupdated: {written}")
    assert (post.date, post.unread_date, post.updated) == (expected, None, expected)


@pytest.mark.parametrize(
    "written", ["Invalid Date", "yesterday", "2022-13-45", "0001-01-01T00:00:00+14:00", "Thu, 31 Jun 2021 09:40:14 GMT"]
)
def test_a_date_that_nobody_can_read_is_kept_for_the_log(written: str) -> None:
    post = with_line(f"date: {written}")
    assert (post.date, post.unread_date) == (None, written)


def test_no_date_is_no_unread_date() -> None:
    assert (with_line("date:").unread_date, with_line("x: y").unread_date) == (None, None)


@pytest.mark.parametrize(("written", "shown"), [("false", False), ("true", True), ("'false'", False), ("", False)])
def test_comments(written: str, shown: bool) -> None:
    assert with_line(f"comments: {written}").comments is shown


def test_what_we_write_besides_the_form() -> None:
    post = with_line(
        "link: 'https://n.example/1'\nguid: 'a: b'\nsource: 'https://n.example/feed'\nlanguage: zh-CN\nsummary: 'S'\n"
        "comments_url: 'https://n.example/1#talk'\ntags: \n - x\nenclosures: \n"
        ' - {"url": "https://n.example/a.mp3", "type": "audio/mpeg", "length": 12, "duration": 60, "title": "T"}\n'
        " - {url: 'https://n.example/b.mp3', length: many}\n"
        ' - https://n.example/c.mp3\n - {"url": "javascript:1"}\n - {broken\n'
    )
    assert (post.link, post.guid, post.source_url) == ("https://n.example/1", "a: b", "https://n.example/feed")
    assert (post.language, post.tags, post.summary) == ("zh-CN", ("x",), "S")
    assert post.comments_url == "https://n.example/1#talk"
    assert post.enclosures == (
        Enclosure(url="https://n.example/a.mp3", type="audio/mpeg", length=12, title="T", duration=60),
        Enclosure(url="https://n.example/b.mp3"),
        Enclosure(url="https://n.example/c.mp3"),
    )


@pytest.mark.parametrize(
    ("written", "body"),
    [
        ("\n<div>   \n<p>x</p>\n  \n</div>\n            ", "<p>x</p>"),
        ("<div>\n<p>x</p>\n\n</div>", "<p>x</p>"),
        ("<div>\n<p>x</p>\n</div>", "<p>x</p>"),
        ("<div>\n<div>\nx\n</div>\n</div>", "<div>\nx\n</div>"),
        ("<div>\na\n</div>\n<div>\nb\n</div>", "<div>\na\n</div>\n<div>\nb\n</div>"),
        ("<div>\n<div>\nx</div>", "<div>\n<div>\nx</div>"),
        ("<p>x</p>\n", "<p>x</p>"),
        ("<div>   \n  \n</div>", ""),
        ("<div>   \n&#123;&#123; x &#125;&#125; &amp;#123;\n  \n</div>", "{{ x }} &amp;#123;"),
        ("<p>a</p>\n---\n<p>b</p>", "<p>a</p>\n---\n<p>b</p>"),
        ("", ""),
    ],
)
def test_bodies(written: str, body: str) -> None:
    assert parsed(f"---\ntitle: x\n---\n{written}").body == body


@pytest.mark.parametrize(
    ("raw", "line", "column", "words"),
    [
        (b"", 1, 1, "begins with a line `---`"),
        (b"\n\n<p>no post</p>\n", 3, 1, "begins with a line `---`"),
        (b"\n---\ntitle: x\n<p>", 2, 1, "no second line"),
        (b"---\n\ntitle\n---\n", 3, 1, "expected `key: value`"),
        (b"---\nlayout: page\n---\nx", 1, 1, "no `title:`"),
        ("---\ntitle: 中\n".encode() + b"author: \xe4\xff\n---\n", 3, 9, "UTF-8"),
        (b"\xff\xfe-\x00-\x00", 1, 1, "UTF-8"),
    ],
)
def test_a_file_that_is_no_post_is_named_with_its_line(raw: bytes, line: int, column: int, words: str) -> None:
    with pytest.raises(PostError) as caught:
        parse_post(raw, FILE)
    problem = caught.value.problem
    assert (problem.file, problem.line, problem.column) == (FILE, line, column)
    assert words in problem.message


LINES = st.sampled_from(
    [
        "---",
        "title: ",
        "categories: ",
        " - ",
        "date: ",
        "enclosures: ",
        '{"url": ',
        "[",
        "]",
        "'",
        '"',
        "\\u",
        "{",
        ": ",
        "\n",
    ]
)


@example(b'---\ntitle: "' + b"[" * 5000 + b'\\x"\ncategories: ' + b"[" * 5000 + b"]\n---\n")
@example(b"---\ntitle: 'a'\nenclosures:\n - " + b'{"a":' * 5000 + b"\n---\n")
@given(
    st.binary()
    | st.lists(LINES | st.text()).map(lambda parts: ("---\ntitle: x\n" + "".join(parts)).encode("utf-8", "replace"))
)
def test_nothing_but_a_post_error_is_ever_raised(raw: bytes) -> None:
    try:
        post = parse_post(raw, FILE)
    except PostError:
        return
    str(post).encode()
