"""A body comes out complete, repaired, and emptied of what is no article."""

from __future__ import annotations

import pytest

from aggregator.model.entry import Entry, Markup
from aggregator.refine import refine
from tests.builders import a_source, an_entry, some_facts

LINK = 'rel="noopener noreferrer"'
IMG = 'referrerpolicy="no-referrer"'


def refined(html: str, *, remove: tuple[str, ...] = (), base: str | None = None) -> str:
    entry = Entry(link="https://news.example/a/1", content=Markup(html, base=base))
    return refine(entry, some_facts(), a_source(remove=remove)).body


KEPT = [
    '<pre><code class="language-python">def f():\n    return  1\n</code></pre>',
    "<table><caption>c</caption><tbody><tr><td>a</td></tr></tbody></table>",
    '<table><thead><tr><th scope="col">a</th></tr></thead><tbody><tr><td colspan="2">b</td></tr></tbody></table>',
    f'<figure><img src="https://a.example/x.png" alt="A" width="6" {IMG}><figcaption>c</figcaption></figure>',
    '<details open=""><summary>s</summary>t</details>',
    "<p>a <mark>m</mark> <kbd>k</kbd> <del>d</del><ins>i</ins> H<sub>2</sub>O x<sup>2</sup> <small>s</small></p>",
    "<p><ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp></ruby></p>",
    '<math display="block"><mfrac><mi>a</mi><mn>2</mn></mfrac></math>',
    '<math><semantics><mi>a</mi><annotation encoding="application/x-tex">a</annotation></semantics></math>',
    '<p dir="rtl" lang="ar">س</p>',
    '<ol start="3" reversed="" type="a"><li value="7">x</li></ol>',
    '<p><abbr title="Long">L</abbr> <time datetime="2026-01-02">2 January</time></p>',
    "<p>　　中文，全角空格。　完</p>",
    '<blockquote cite="https://a.example/">q</blockquote>',
    "<dl><dt>t</dt><dd>d</dd></dl>",
    '<audio src="https://a.example/x.mp3" controls="" preload="none"></audio>',
    '<video controls="" preload="none"><source src="https://a.example/v.mp4" type="video/mp4"></video>',
    '<p><span lang="fr">mot</span></p>',
    "<p>1 &lt; 2 &amp;&amp; {{ braces }}</p>",
]


@pytest.mark.parametrize("html", KEPT)
def test_kept_as_it_is(html: str) -> None:
    assert refined(html) == html


REPAIRED = {
    '<a href="x?a=1&b=2">l</a>': f'<a href="https://news.example/a/x?a=1&amp;b=2" {LINK}>l</a>',
    '<a href="mailto:a@b.example">l</a>': f'<a href="mailto:a@b.example" {LINK}>l</a>',
    '<a href="javascript:x">l</a>': "l",
    '<a href="#">top</a>': "top",
    '<a href="#comments">c</a>': f'<a href="https://news.example/a/1#comments" {LINK}>c</a>',
    '<img src="//cdn.example/x.png">': f'<img src="https://cdn.example/x.png" {IMG}>',
    '<img src="x.png" srcset="a,b.png 1x, c.png 2x">': (
        '<img src="https://news.example/a/x.png" '
        f'srcset="https://news.example/a/a,b.png 1x, https://news.example/a/c.png 2x" {IMG}>'
    ),
    '<picture><source srcset="x.webp" type="image/webp"><img src="x.png"></picture>': (
        '<picture><source srcset="https://news.example/a/x.webp" type="image/webp">'
        f'<img src="https://news.example/a/x.png" {IMG}></picture>'
    ),
    '<picture><source data-srcset="x.webp 2x"></picture>': (
        '<picture><source srcset="https://news.example/a/x.webp 2x">'
        f'<img src="https://news.example/a/x.webp" {IMG}></picture>'
    ),
    '<video data-src="v.mp4" poster="p.jpg" autoplay></video>': (
        '<video poster="https://news.example/a/p.jpg" src="https://news.example/a/v.mp4" controls="" preload="none">'
        "</video>"
    ),
    '<img width="6px" height="5%" src="/x">': f'<img width="6" height="5%" src="https://news.example/x" {IMG}>',
    '<amp-img src="x.png"></amp-img>': f'<img src="https://news.example/a/x.png" {IMG}>',
    '<img src="javascript:x" alt="A cat">': "A cat",
    '<p>x<img class="wp-smiley" alt="🙂" src="https://s.w.org/images/core/emoji/1.png"></p>': "<p>x🙂</p>",
    '<a href="/x?utm_source=rss&id=3&amp;fbclid=a#utm_b">l</a>': f'<a href="https://news.example/x?id=3" {LINK}>l</a>',
    "<ul><li>a</li><li> </li></ul><ul><li></li></ul>": "<ul><li>a</li></ul>",
    "<ol><li>a</li><li><br></li><li>c</li></ol>": "<ol><li>a</li><li><br></li><li>c</li></ol>",
    '<img src="/a b.png" srcset="/a b.png 2x, /c.png 400w 300h">': (
        f'<img src="https://news.example/a%20b.png" srcset="https://news.example/c.png 400w" {IMG}>'
    ),
    '<figure class="highlight python"><table><tr><td class="gutter"><pre><span>1</span><br></pre></td><td class="code">'
    "<pre><span>a = 1</span><br></pre></td></tr></table></figure>": (
        '<figure><table><tbody><tr><td><pre class="language-python">a = 1<br></pre></td></tr></tbody></table></figure>'
    ),
    '<table><tr><td class="linenos"><pre>1</pre></td><td><pre>x</pre></td></tr></table>': (
        "<table><tbody><tr><td><pre>x</pre></td></tr></tbody></table>"
    ),
    '<pre class="brush: js; gutter: false">x</pre>': '<pre class="language-js">x</pre>',
    '<div class="highlight-source-rust"><pre>x</pre></div>': '<div><pre class="language-rust">x</pre></div>',
    '<pre data-lang="go"><span class="k">x</span></pre>': '<pre class="language-go">x</pre>',
    '<ul><li><input type="checkbox" checked> done</li></ul>': "<ul><li>☑ done</li></ul>",
    '<script type="math/tex">E=mc^2</script>': r"\(E=mc^2\)",
    "&lt;p&gt;escaped &lt;b&gt;twice&lt;/b&gt;&lt;/p&gt;": "<p>escaped <b>twice</b></p>",
    "<div>never closed<p>twice": "<div>never closed<p>twice</p></div>",
}


@pytest.mark.parametrize("written", REPAIRED)
def test_repaired(written: str) -> None:
    assert refined(written) == REPAIRED[written]


def test_xml_base_comes_first() -> None:
    assert "https://other.example/b/x.png" in refined('<img src="x.png">', base="https://other.example/b/")
    assert "https://news.example/a/sub/x.png" in refined('<img src="x.png">', base="sub/")
    assert "https://news.example/a/x.png" in refined('<img src="x.png">', base="javascript:")


def test_footnotes_lead_there_and_back() -> None:
    html = refined(
        '<p>t<sup id="fnref:1"><a href="#fn:1">1</a></sup></p><p id="fn:1">n <a href="https://news.example/a/1#fnref:1">↩</a></p>'
        '<a name="old"></a><a href="#old">o</a><p id="unused">x</p>'
    )
    assert '<sup id="fnref:1">' in html
    assert 'href="#fn:1"' in html
    assert '<p id="fn:1">' in html
    assert 'href="#fnref:1"' in html
    assert 'id="old"' in html
    assert "unused" not in html


def test_a_link_is_no_variable_of_the_page_around_it() -> None:
    html = refined('<a id="config" href="https://evil.example/">x</a><a href="#config">y</a>')
    assert html.startswith('<span id="config"></span><a href="https://evil.example/"')


LAZY = [
    '<img src="data:image/gif;base64,R0lG" data-src="/real.jpg">',
    '<img src="/blank.gif" data-original="/real.jpg">',
    '<img data-lazy-src="/real.jpg">',
    '<img data-srcset="/small.jpg 100w, /real.jpg 900w" src="data:,">',
    '<img class="lazy" src="data:image/gif;base64,R0lG"><noscript><img src="/real.jpg"></noscript>',
    '<img src="/placeholder.svg" data-src="/real.jpg"><noscript><img src="/real.jpg"></noscript>',
    '<span><img src="data:,x"></span><noscript><img src="/real.jpg"></noscript>',
    '<noscript><p><img src="/real.jpg"></p></noscript>',
    '<img style="display:none" data-src="/real.jpg">',
]


@pytest.mark.parametrize("html", LAZY)
def test_lazy_images_show(html: str) -> None:
    body = refined(html)
    assert body.count("<img") == 1
    assert 'src="https://news.example/real.jpg"' in body


PIXELS = [
    '<img src="https://a.example/x.png" width="1" height="1">',
    '<img src="https://a.example/x.png" height="0">',
    '<img src="https://a.example/x.png" style="width:1px;height:1px">',
    '<img src="https://a.example/x.png" style="display:none">',
    '<img src="https://feeds.feedburner.com/~r/a/~4/b">',
    '<img src="https://pixel.wp.com/b.gif?host=x">',
    '<img src="https://ad.doubleclick.net/x">',
    '<img src="https://www.facebook.com/tr?id=1">',
    '<img src="https://a.example/stats/pixel.gif?x">',
    '<img src="https://a.example/matomo.php?idsite=1">',
    '<noscript><img src="https://a.example/1x1.gif"></noscript>',
]


@pytest.mark.parametrize("html", PIXELS)
def test_pixels_go(html: str) -> None:
    assert refined(f"<p>text</p><p>{html}</p>") == "<p>text</p>"


def test_frames_become_links() -> None:
    body = refined(
        '<iframe src="//www.youtube.com/embed/abcdefghijk?rel=0" title="A film"></iframe>'
        '<p><iframe data-src="https://player.bilibili.com/player.html?aid=1&bvid=BV1xx411c7mD"></iframe></p>'
        '<iframe src="https://player.vimeo.com/video/12"></iframe><iframe src="https://maps.example/embed"></iframe>'
        '<iframe src="about:blank"></iframe><iframe src="https://ad.doubleclick.net/x"></iframe>'
        '<object><param name="movie" value="https://www.youtube.com/v/abcdefghijk"></object>'
    )
    assert f'<p><a href="https://www.youtube.com/watch?v=abcdefghijk" {LINK}>A film</a></p>' in body
    assert f'<p><a href="https://www.bilibili.com/video/BV1xx411c7mD" {LINK}>Bilibili: BV1xx411c7mD</a></p>' in body
    assert "https://vimeo.com/12" in body
    assert f'<p><a href="https://maps.example/embed" {LINK}>maps.example</a></p>' in body
    assert body.count("<a ") == 5


EMPTIED = [
    "<p></p>",
    "<p>&nbsp;</p>",
    "<p>　</p>",
    "<p><br></p>",
    "<div><span></span><!-- c --></div>",
    "<!-- comment --><style>p{}</style>",
    '<div class="sharedaddy sd-sharing-enabled"><a href="/t">Tweet</a></div>',
    '<div class="feedflare"><a href="https://feeds.feedburner.com/~ff/x"><img src="/f.png"></a></div>',
    '<div id="jp-relatedposts">Related</div>',
    '<ul class="share-buttons"><li>Share</li></ul>',
    '<div class="newsletter-signup">Sign up!</div>',
    '<form action="/s"><label>Your e-mail</label><input type="email"><button>Subscribe</button></form>',
    '<p class="article-editor">责任编辑：某人 SF014</p>',
    "<p>（责任编辑：某人）</p>",
    "<div><p><strong>责编：某人</strong></p></div>",
    '<div class="clearfix appendQr_wrap"><img src="/qr.png"><div>海量资讯、精准解读，尽在某某APP</div></div>',
    '<div><img src="/qr.png"><p>长按识别二维码关注我们</p></div>',
    '<p style="display:none">unseen</p>',
    "<p hidden>unseen</p>",
]


@pytest.mark.parametrize("html", EMPTIED)
def test_emptied(html: str) -> None:
    assert refined(f"<p>The article itself.</p>{html}") == "<p>The article itself.</p>"


@pytest.mark.parametrize(
    "html",
    [
        '<div class="newsletter"><p>All of this letter is the article.</p></div>',
        '<div class="share-box">' + "<p>A long and serious text about shares.</p>" * 30 + "</div><p>End.</p>",
        "<p>责任编辑：某人说，这是正文的一句话。还有一句。</p>",
        "<p>扫描二维码关注公众号</p><p>正文在后面，所以上面的一行不是广告，而是文章的一部分。</p>",
        '<div style="display:none"><p>Everything is hidden until a script comes.</p></div>',
        "<p>编辑：先打开文件</p><p>然后写字，最后保存。这一段是正文。</p>",
        "<table><tbody><tr><td></td><td>x</td></tr></tbody></table>",
        "<p>a <b> </b>b</p>",
    ],
)
def test_no_sentence_is_lost(html: str) -> None:
    def words(text: str) -> str:
        return "".join(refine(Entry(content=Markup(text, "html")), some_facts(), a_source()).summary.split())

    assert words(html) == "".join(words(html.replace("class=", "x=").replace("style=", "x=")).split())
    assert words(html)


def test_blanks_between_words_survive() -> None:
    assert refined("<p>a<span> </span>b<em> </em>c</p>") == "<p>a b c</p>"


def test_blank_lines_survive_in_code_only() -> None:
    assert (
        refined("<p>a</p>\n\n\n\n<pre>a\n\n\nb</pre>\n<!-- x -->\n<p>b</p>")
        == "<p>a</p>\n<pre>a\n\n\nb</pre>\n<p>b</p>"
    )


def test_a_source_can_name_what_goes() -> None:
    html = '<p class="ad">buy</p><p>Sponsored: x</p><p>text</p>'
    assert refined(html, remove=(".ad",)) == "<p>Sponsored: x</p><p>text</p>"
    assert refined(html, remove=('p:-soup-contains("Sponsored")', ".ad")) == "<p>text</p>"
    assert refined(html, remove=('p:contains("Sponsored")', "p[[", "")) == "<p>buy</p><p>text</p>"


POST = """
<div>
<p cms-style="font-L">　　来源：某报</p>
<p cms-style="font-L">　　某报讯（记者 甲乙）<span id="stock_1"><a href="https://finance.example/1.shtml"
 class="keyword" target="_blank" data-sudaclick="x">某地</a></span><span id="quote_1"></span>发布第一句。
 第二句&#123;含括号&#125;。</p><!-- news_keyword_pub -->
<!-- 文末二维码 start -->
<style>
.appendQr_wrap&#123;border:1px solid #E6E6E6;&#125;
</style>
<div class="clearfix appendQr_wrap">
    <div class="appendQr_normal"><img src="https://n.example/qr.png" referrerpolicy="no-referrer"></div>
    <div class="appendQr_normal_txt">海量资讯、精准解读，尽在某某财经APP</div>
</div>
<!-- 编辑姓名及工作代码 -->
<p class="article-editor">责任编辑：某某 SF014</p>
</div>
"""


def test_a_post_of_a_big_portal() -> None:
    article = refine(an_entry(body=POST), some_facts(), a_source())
    assert article.body == (
        "<div>\n<p>　　来源：某报</p>\n<p>　　某报讯（记者 甲乙）"
        f'<a href="https://finance.example/1.shtml" {LINK}>某地</a>发布第一句。\n 第二句{{含括号}}。</p>\n</div>'
    )
    assert article.headimg == article.thumbnail == ""


def test_what_amp_calls_otherwise_is_an_image_and_a_film() -> None:
    html = '<p class=ad>Buy.</p><amp-img src="/x.png"></amp-img><AMP-VIDEO src="/v.mp4"></AMP-VIDEO>'
    assert refined(html, remove=(".ad", "p:-soup-contains('Sell')")) == (
        f'<img src="https://news.example/x.png" {IMG}>'
        '<video src="https://news.example/v.mp4" controls="" preload="none"></video>'
    )


def test_text_without_tags_stays_as_it_is() -> None:
    assert refined("AT&T &lt;3 caf&eacute;&#1;&#8217;s&nbsp;&#xFFFE;x") == "AT&amp;T &lt;3 café’s&nbsp;x"


PLAYERS = {
    '<iframe src="https://www.youtube.com/embed/abcdefghijk?rel=0&start=43" title="YouTube video player">': (
        "https://www.youtube.com/watch?v=abcdefghijk&amp;t=43s",
        "YouTube: abcdefghijk",
    ),
    '<iframe src="//www.youtube-nocookie.com/embed/videoseries?list=PLabcdef" title="All of it">': (
        "https://www.youtube.com/playlist?list=PLabcdef",
        "All of it",
    ),
    '<iframe src="https://player.vimeo.com/video/12?h=abcdef12&app_id=1">': (
        "https://vimeo.com/12/abcdef12",
        "Vimeo: 12",
    ),
    '<iframe src="//player.bilibili.com/player.html?aid=1&bvid=BV1xx411c7mD&cid=5&page=2">': (
        "https://www.bilibili.com/video/BV1xx411c7mD?p=2",
        "Bilibili: BV1xx411c7mD",
    ),
    '<lite-youtube videoid="abcdefghijk" playlabel="Play: A film"></lite-youtube>': (
        "https://www.youtube.com/watch?v=abcdefghijk",
        "Play: A film",
    ),
    '<amp-youtube data-videoid="abcdefghijk" layout="responsive"></amp-youtube>': (
        "https://www.youtube.com/watch?v=abcdefghijk",
        "YouTube: abcdefghijk",
    ),
    '<iframe src="https://open.spotify.com/embed/track/3n3Ppam7vg">': (
        "https://open.spotify.com/track/3n3Ppam7vg",
        "Spotify: track/3n3Ppam7vg",
    ),
    '<iframe src="https://maps.example/embed?x" title="iframe">': ("https://maps.example/embed?x", "maps.example"),
}


@pytest.mark.parametrize("player", PLAYERS)
def test_a_player_becomes_a_link_that_says_what_it_plays(player: str) -> None:
    url, title = PLAYERS[player]
    assert refined(player) == f'<p><a href="{url}" {LINK}>{title}</a></p>'


def test_parameters_that_follow_readers_go_from_the_articles_link_unless_all_is_to_stay() -> None:
    entry = Entry(link="https://news.example/a?utm_source=rss&gid=1&did=2", content=Markup("x"))
    assert refine(entry, some_facts(), a_source()).link == "https://news.example/a?gid=1&did=2"
    assert refine(entry, some_facts(), a_source(clean="minimal")).link == entry.link
