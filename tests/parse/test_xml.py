"""RSS, RDF and Atom: which of many fields is meant, and what feedparser gets wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.model.entry import Enclosure, Image, Markup, Rhythm
from aggregator.model.podcast import Podcast
from aggregator.parse.limits import LIMITS
from tests.parse.documents import atom, entry_of, feed_of, rss, title_of

MAY = datetime(2020, 5, 4, 10, tzinfo=UTC)
JUNE = datetime(2020, 6, 4, 10, tzinfo=UTC)


def body_of(document: str) -> str:
    content = entry_of(document).content
    return content.value if content else ""


# --- titles


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Plain", Markup("Plain", "text")),
        ("<![CDATA[A & B]]>", Markup("A & B", "text")),
        ("A &amp; B", Markup("A & B", "text")),
        ("AT&T", Markup("AT&T", "text")),
        ("caf&eacute;&nbsp;x", Markup("café x", "text")),
        ("it&#146;s", Markup("it’s", "text")),
        ("a &lt;b&gt; c", Markup("a <b> c", "text")),
        ("std::vector&lt;int&gt;&amp;", Markup("std::vector<int>&", "text")),
        ("I &lt;3 you", Markup("I <3 you", "text")),
        ("&lt;b&gt;bold&lt;/b&gt;", Markup("<b>bold</b>", "html")),
        ("one&lt;br&gt;two", Markup("one<br>two", "html")),
        ("Q &amp;amp; A", Markup("Q &amp; A", "html")),
        ("  two \n lines  ", Markup("two lines", "text")),
        ("a\x0bb&#0;&#xD800;&#x1FFFE;c", Markup("abc", "text")),
    ],
)
def test_an_rss_title_is_text_unless_it_can_only_be_html(title: str, expected: Markup) -> None:
    assert entry_of(rss(f"<title>{title}</title>")).title == expected


@pytest.mark.parametrize(
    ("kind", "title", "expected"),
    [
        ("", "a &lt;b&gt;c&lt;/b&gt;", Markup("a <b>c</b>", "text")),
        ('type="text"', "a &lt;b&gt; c", Markup("a <b> c", "text")),
        ('type="html"', "a &lt;b&gt; c", Markup("a <b> c", "html")),
        ('type="xhtml"', '<div xmlns="http://www.w3.org/1999/xhtml">a <b>c</b></div>', Markup("a <b>c</b>", "html")),
    ],
)
def test_an_atom_title_is_what_it_says(kind: str, title: str, expected: Markup) -> None:
    assert entry_of(atom(f"<title {kind}>{title}</title>")).title == expected


@pytest.mark.parametrize(
    "other",
    [
        "<image><title>other</title><url>http://e.org/i.png</url></image>",
        "<media:title>other</media:title>",
        "<media:content url='http://e.org/i'><media:title>other</media:title></media:content>",
        "<source url='http://e.org/'>other</source>",
        "<atom:source><atom:title>other</atom:title></atom:source>",
        "<x:object xmlns:x='urn:x'><title>other</title></x:object>",
    ],
)
def test_only_the_item_s_own_title_is_its_title(other: str) -> None:
    assert title_of(rss(f"<title>own</title>{other}")) == "own"
    assert title_of(rss(f"{other}<title>own</title>")) == "own"


def test_a_film_s_title_stands_in_where_an_item_has_none() -> None:
    assert title_of(rss("<media:group><media:title>Film</media:title></media:group>")) == "Film"


# --- texts


def test_content_and_summary_are_kept_apart() -> None:
    entry = entry_of(rss("<description>short</description><content:encoded><![CDATA[<p>long</p>]]></content:encoded>"))
    assert entry.content == Markup("<p>long</p>")
    assert entry.summary == Markup("short")


def test_a_feed_with_summaries_only_has_no_content() -> None:
    entry = entry_of(rss("<description>&lt;p&gt;all&lt;/p&gt;</description>"))
    assert (entry.content, entry.summary) == (None, Markup("<p>all</p>"))


@pytest.mark.parametrize(
    "caption",
    [
        "<media:content url='i.jpg'><media:description>a longer caption</media:description></media:content>",
        "<media:description>a longer caption</media:description>",
        "<itunes:summary>a longer blurb</itunes:summary>",
        "<dc:description>another one</dc:description>",
    ],
)
def test_a_caption_never_replaces_the_description(caption: str) -> None:
    for item in (
        f"<description>the article</description>{caption}",
        f"{caption}<description>the article</description>",
    ):
        entry = entry_of(rss(item))
        assert entry.summary == Markup("the article")
        assert entry.content is None


def test_a_caption_stands_in_where_there_is_no_description() -> None:
    item = "<media:group><media:description>What the film is about</media:description></media:group>"
    assert entry_of(rss(item)).summary == Markup("What the film is about", "text")


def test_xhtml_becomes_html_that_a_browser_reads_the_same() -> None:
    div = '<x:div xmlns:x="http://www.w3.org/1999/xhtml"><x:p>a &amp; b<x:br/>c</x:p><x:i/></x:div>'
    assert body_of(atom(f'<content type="xhtml">{div}</content>')) == "<p>a &amp; b<br />c</p><i></i>"


def test_markup_that_was_not_escaped_is_read_all_the_same() -> None:
    item = rss("<description>a <b>c</b><img src='http://e.org/i.png'> &amp;lt;</description>")
    summary = entry_of(item).summary
    assert summary is not None
    assert summary.value.startswith('a <b>c</b><img src="http://e.org/i.png" />')


def test_a_body_of_another_kind_is_none() -> None:
    assert entry_of(atom('<content type="image/png">aGVsbG8=</content>')).content is None


# --- links and identity


@pytest.mark.parametrize(
    ("item", "guid", "link"),
    [
        ("<link> http://e.org/1\n</link><guid>g1</guid>", "g1", "http://e.org/1"),
        ("<guid>http://e.org/1</guid>", "http://e.org/1", "http://e.org/1"),
        ("<guid>g1</guid>", "g1", None),
        ('<guid isPermaLink="false">http://e.org/1</guid>', "http://e.org/1", None),
        ('<guid isPermaLink="FALSE">abc</guid>', "abc", None),
        ("<guid>  a\n </guid><link/>", "a", None),
        ("<link>/relative</link>", None, "/relative"),
        ("<link>http://e.org/?a=1&b=2</link>", None, "http://e.org/?a=1&b=2"),
        ("<link>http://e.org/1</link><atom:link rel='enclosure' href='http://e.org/a.mp3'/>", None, "http://e.org/1"),
        ("<comments>http://e.org/1#c</comments>", None, None),
    ],
)
def test_guid_and_link_of_an_item(item: str, guid: str | None, link: str | None) -> None:
    entry = entry_of(rss(item))
    assert (entry.guid, entry.link) == (guid, link)


def test_a_long_guid_is_cut_and_stays_distinct() -> None:
    first, second = feed_of(rss(*(f"<guid>{'g' * 10_000}{n}</guid>" for n in (1, 2)))).entries
    assert first.guid
    assert second.guid
    assert len(first.guid) == LIMITS.guid
    assert first.guid != second.guid


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ('<link href="http://e.org/1"/>', "http://e.org/1"),
        (
            '<link rel="enclosure" href="http://e.org/a.mp3"/><link rel="alternate" href="http://e.org/1"/>',
            "http://e.org/1",
        ),
        ('<link rel="self" href="http://e.org/s"/><link rel="edit" href="http://e.org/e"/>', None),
        (
            '<link type="application/pdf" href="http://e.org/p"/><link type="text/html" href="http://e.org/1"/>',
            "http://e.org/1",
        ),
        ("<id>http://e.org/1</id>", "http://e.org/1"),
        ("<id>urn:uuid:1</id>", None),
    ],
)
def test_the_link_of_an_atom_entry_is_its_alternate(links: str, expected: str | None) -> None:
    assert entry_of(atom(links)).link == expected


@pytest.mark.parametrize(
    ("base", "inner", "expected"),
    [
        ("http://b.org/x/", "y/", "http://b.org/x/y/z.html"),
        ("http://b.org/x/", "", "http://b.org/x/z.html"),
        ("/x/", "y/", "z.html"),
        ("javascript:alert(1)", "", "z.html"),
    ],
)
def test_xml_base_counts_if_it_is_absolute(base: str, inner: str, expected: str) -> None:
    document = atom('<id>1</id><link href="z.html"/>', attributes=f'xml:base="{base}"')
    entry = entry_of(document.replace("<entry>", f'<entry xml:base="{inner}">'))
    assert (entry.guid, entry.link) == ("1", expected)


def test_the_base_of_a_body_goes_with_it() -> None:
    content = entry_of(
        atom('<content type="html" xml:base="y/">&lt;a href="z"&gt;</content>', attributes='xml:base="http://b.org/"')
    ).content
    assert content == Markup('<a href="z">', "html", "http://b.org/y/")


# --- people, tags, dates, languages


@pytest.mark.parametrize(
    ("item", "authors"),
    [
        ("<dc:creator>Ann</dc:creator><dc:creator>Ben</dc:creator><dc:creator>Ann</dc:creator>", ("Ann", "Ben")),
        ("<author>a@b.c</author>", ("a@b.c",)),
        ("<author>a@b.c (Ann)</author>", ("Ann",)),
        ("<author>Ann &lt;a@b.c&gt;</author>", ("Ann",)),
        ("<author>a@b.c</author><dc:creator>Ann</dc:creator>", ("Ann",)),
        ("<itunes:author>The Show</itunes:author><author>Ann</author>", ("Ann",)),
        ("<itunes:author>The Show</itunes:author>", ("The Show",)),
        ("<author><name>Ann</name><email>a@b.c</email></author>", ("Ann",)),
        ("<author> </author>", ()),
    ],
)
def test_everybody_who_is_named_is_an_author(item: str, authors: tuple[str, ...]) -> None:
    assert entry_of(rss(item)).authors == authors


@pytest.mark.parametrize("page", ["uri", "url", "homepage"])
def test_the_page_of_an_author_is_no_picture_of_the_entry(page: str) -> None:
    author = f"<author><name>Ann</name><{page}>https://ann.example/me</{page}></author>"
    entry = entry_of(atom(f"{author}<id>1</id>"))
    assert (entry.authors, entry.images) == (("Ann",), ())


def test_an_entry_of_another_feed_is_by_the_authors_of_that() -> None:
    source = "<source><title>Elsewhere</title><author><name>Bea</name><uri>https://b.example/</uri></author></source>"
    first, second = feed_of(
        atom(source, f"{source}<author><name>Ann</name></author>", feed="<author><name>Editor</name></author>")
    ).entries
    assert (first.authors, second.authors) == (("Bea",), ("Ann",))
    assert first.images == ()


@pytest.mark.parametrize(
    ("written", "length"),
    [
        ("12,345,678", 12_345_678),
        ("1234 bytes", 1234),
        (" 7", 7),
        ("1,5", 1),
        ("-1", None),
        ("", None),
        ("9" * 20, None),
    ],
)
def test_the_length_of_a_file_as_it_is_written(written: str, length: int | None) -> None:
    [file] = entry_of(rss(f'<enclosure url="http://e.org/a.mp3" length="{written}" type="audio/mpeg"/>')).enclosures
    assert file.length == length


def test_an_atom_feed_s_author_is_that_of_entries_without() -> None:
    first, second = feed_of(
        atom("<author><name>Ann</name></author>", "<id>2</id>", feed="<author><name>Editor</name></author>")
    ).entries
    assert (first.authors, second.authors) == (("Ann",), ("Editor",))


def test_tags_come_from_every_module_once() -> None:
    categories = "<category>a</category><category domain='d'>b &amp;amp; c</category>"
    modules = "<dc:subject>a</dc:subject><media:keywords>x, y</media:keywords>"
    assert entry_of(rss(categories + modules)).tags == ("a", "b & c", "x", "y")
    entry = '<category term="t" label="l"/><category term="http://schema/#post" label="Post"/>'
    assert entry_of(atom(entry)).tags == ("t", "Post")


@pytest.mark.parametrize(
    ("item", "published", "updated", "unread"),
    [
        ("<pubDate>Mon, 04 May 2020 10:00:00 GMT</pubDate>", MAY, None, None),
        ("<dc:date>2020-05-04T10:00:00Z</dc:date>", MAY, None, None),
        ("<pubDate>soon</pubDate><dc:date>2020-05-04T10:00:00Z</dc:date>", MAY, None, None),
        ("<atom:updated>2020-06-04T10:00:00Z</atom:updated>", JUNE, JUNE, None),
        ("<atom:updated>2020-06-04T10:00:00Z</atom:updated><pubDate>2020-05-04T10:00:00Z</pubDate>", MAY, JUNE, None),
        ("<pubDate>soon</pubDate>", None, None, "soon"),
        ("<pubDate> </pubDate>", None, None, None),
        ("", None, None, None),
    ],
)
def test_dates(item: str, published: datetime | None, updated: datetime | None, unread: str | None) -> None:
    entry = entry_of(rss(f"<title>t</title>{item}"))
    assert (entry.published, entry.updated, entry.unread_date) == (published, updated, unread)


def test_dates_of_old_atom() -> None:
    dates = "<issued>2020-05-04T10:00:00Z</issued><modified>2020-06-04T10:00:00Z</modified>"
    entry = entry_of(f'<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry>{dates}</entry></feed>')
    assert (entry.published, entry.updated) == (MAY, JUNE)


def test_languages() -> None:
    feed = feed_of(rss("<dc:language>fr</dc:language>", "<title>x</title>", channel="<language>zh_CN</language>"))
    assert (feed.language, *(entry.language for entry in feed.entries)) == ("zh-CN", "fr", None)
    assert entry_of(atom('<content xml:lang="de">x</content>')).language == "de"


# --- files


def test_enclosures() -> None:
    item = (
        '<enclosure url="http://e.org/a.mp3" type="audio/mpeg; x=y" length="123"/>'
        "<itunes:duration>1:02:03</itunes:duration>"
        '<media:content url="http://e.org/v.mp4" medium="video" fileSize="-5" duration="60"/>'
        '<media:content url="http://e.org/a.mp3" type="audio/mpeg"/>'
    )
    assert entry_of(rss(item)).enclosures == (
        Enclosure(url="http://e.org/a.mp3", type="audio/mpeg", length=123, duration=3723),
        Enclosure(url="http://e.org/v.mp4", duration=60),
    )
    entry = '<link rel="enclosure" href="http://e.org/p.pdf" title="A paper" length="many"/>'
    assert entry_of(atom(entry)).enclosures == (Enclosure(url="http://e.org/p.pdf", title="A paper"),)


def test_images() -> None:
    item = (
        '<media:group><media:content url="http://e.org/i.jpg" medium="image" width="640" height="100%"/></media:group>'
        '<media:thumbnail url="http://e.org/t.jpg"/><itunes:image href="http://e.org/c.jpg"/>'
        "<image><url>http://e.org/x.png</url></image><enclosure url='http://e.org/e.png' type='image/png' length='1'/>"
    )
    assert entry_of(rss(item)).images == (
        Image(url="http://e.org/i.jpg", width=640),
        *(Image(url=f"http://e.org/{name}") for name in ("t.jpg", "c.jpg", "x.png", "e.png")),
    )


# --- the feed


def test_what_a_feed_says_about_itself() -> None:
    channel = (
        "<link>http://e.org/</link><description>All &lt;b&gt;news&lt;/b&gt;</description>"
        "<managingEditor>a@b.c (Ann)</managingEditor>"
        '<atom:link rel="self" href="http://e.org/feed"/><atom:link rel="hub" href="http://hub.org/"/>'
        "<image><url>http://e.org/i.png</url><title>other</title><link>http://other/</link></image>"
    )
    feed = feed_of(rss(channel=channel))
    assert (feed.title, feed.link, feed.description, feed.author) == ("News", "http://e.org/", "All news", "Ann")
    assert (feed.self_url, feed.hub, feed.image) == ("http://e.org/feed", "http://hub.org/", "http://e.org/i.png")


def test_rhythm() -> None:
    channel = (
        "<ttl>30</ttl><sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>"
        "<skipHours><hour>1</hour><hour>24</hour><hour>99</hour></skipHours>"
        "<skipDays><day>Monday</day><day>x</day></skipDays>"
    )
    assert feed_of(rss(channel=channel)).rhythm == Rhythm(
        interval=timedelta(hours=6), skip_hours=frozenset({1, 0}), skip_days=frozenset({0})
    )
    assert feed_of(rss(channel=f"<ttl>{'9' * 400}</ttl>")).rhythm == Rhythm()


def test_rdf() -> None:
    document = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        '<channel rdf:about="http://e.org/"><title>R</title><link>http://e.org/</link></channel>'
        '<item rdf:about="http://e.org/1"><title>t</title><link>http://e.org/1</link></item></rdf:RDF>'
    )
    feed = feed_of(document)
    assert (feed.title, feed.link) == ("R", "http://e.org/")
    assert (feed.entries[0].guid, feed.entries[0].link) == ("http://e.org/1", "http://e.org/1")


# --- documents that are not well-formed


@pytest.mark.parametrize(
    "document",
    [
        rss("<title>t</title><description><p>x</description><author>a@b.c</author>"),
        rss("<title>t</title>").replace("<item>", '<item a="1" a="2" b=3 c>'),
        rss("<TITLE>t</TITLE>").replace("item>", "ITEM>"),
        rss("<title>t<link>http://e.org/1</link>"),
        rss("<title>t</title><guid>g</link><pubDate>soon</pubDate>"),
        rss("<title>t</title>").replace("</item>", ""),
        rss("<title>t</title><x:y>z</x:y>"),
        rss("<title>t</title>").replace(' xmlns:dc="http://purl.org/dc/elements/1.1/"', ' xmlns:dc=""'),
        rss("<title>t</title><description>1 < 2 && 3 > 2 <3 <a@b.c> </description>"),
        rss("<title>t</title><description><![CDATA[ never closed</description>"),
        "<feed><entry><title>t</title></entry></feed>",
        "<atom:feed><atom:entry><atom:title>t</atom:title></atom:entry></atom:feed>",
        atom("<title>t</title>").replace("http://www.w3", "https://www.w3").replace("Atom", "atom/"),
        f"<!DOCTYPE rss [<!ENTITY t 't'>]>{rss('<title>&t;</title>')}",
    ],
)
def test_a_faulty_document_is_mended(document: str) -> None:
    assert title_of(document) == "t"


def test_undeclared_and_missing_prefixes() -> None:
    bare = "<rss><channel><item><content:encoded><![CDATA[<p>x</p>]]></content:encoded></item></channel></rss>"
    assert body_of(bare) == "<p>x</p>"
    assert body_of(bare.replace("content:", "")) == "<p>x</p>"
    assert feed_of(bare).warnings == ("undeclared namespaces were declared",)


def test_items_whose_ends_are_missing_are_still_apart() -> None:
    feed = feed_of("<rss><channel><item><title>1</title><item><title>2<item><title>3</title></channel></rss>")
    assert [entry.title and entry.title.value for entry in feed.entries] == ["1", "2", "3"]


def test_of_a_document_that_was_cut_off_no_nameless_half_is_kept() -> None:
    whole = rss("<title>1</title><guid>1</guid>", "<title>2</title><guid>2</guid>")
    assert len(feed_of(whole[: whole.index("2</title>")]).entries) == 1
    assert len(feed_of(whole[: whole.index("</item></channel>")]).entries) == 2
    assert "the document ends before its last end tag" in feed_of(whole[:-5]).warnings


def test_what_a_podcast_says_of_itself() -> None:
    document = rss(
        "<title>One</title><guid>1</guid><enclosure url='http://e.org/1.mp3' type='audio/mpeg' length='9'/>"
        "<itunes:duration>61</itunes:duration><itunes:season>2</itunes:season><itunes:episode>4</itunes:episode>"
        "<itunes:episodeType>Bonus</itunes:episodeType><itunes:explicit>clean</itunes:explicit>"
        "<itunes:image href='http://e.org/1.jpg'/>",
        channel="<itunes:author>The Team</itunes:author><itunes:owner><itunes:name>Ann</itunes:name>"
        "<itunes:email> ann@e.org </itunes:email></itunes:owner><itunes:category text='News'>"
        "<itunes:category text='Tech News'/></itunes:category><itunes:category text='Technology'/>"
        "<itunes:category text='Nonsense'/><itunes:explicit>Yes</itunes:explicit>"
        "<itunes:image href='http://e.org/c.jpg'/>",
    )
    feed = feed_of(document)
    assert feed.podcast == Podcast(
        author="The Team",
        owner_name="Ann",
        owner_email="ann@e.org",
        categories=(("News", "Tech News"), ("Technology",)),
        explicit=True,
        image="http://e.org/c.jpg",
    )
    assert feed.entries[0].enclosures == (
        Enclosure(url="http://e.org/1.mp3", type="audio/mpeg", length=9, duration=61, image="http://e.org/1.jpg",
                  explicit=False, season=2, episode=4, kind="bonus"),
    )  # fmt: skip


def test_a_feed_that_is_no_podcast_says_nothing_as_one() -> None:
    assert feed_of(rss("<title>One</title><guid>1</guid>")).podcast is None
