"""A body as its publisher wrote it → the same body complete, repaired and emptied of what is no article.

Not safe yet: whatever leaves here goes through `sanitize`. One walk over the elements, children before their parents,
with one function for each kind of element (`_HANDLERS`); what must be known before is gathered before.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape, unescape
from urllib.parse import quote, unquote

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from aggregator.model.article import Removal
from aggregator.refine import boilerplate
from aggregator.refine.images import Mended, Picture, mended, mended_set, shows_something
from aggregator.refine.limits import bounded
from aggregator.refine.players import Shown, named_by, shown_by
from aggregator.refine.text import legal, one_line
from aggregator.refine.urls import absolute, fragment, link_target, untracked

MAX_MEDIA = 2_000
"""Images, films and frames of one body; what is beyond is no article any more."""

MAX_REMOVALS = 500
"""Removals from one body that are told of, and …"""

MAX_CUT = 500
"""… characters of each."""

_ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff"


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A body ready to be sanitized, and the images that it shows, in their order."""

    html: str
    pictures: tuple[Picture, ...]
    removals: tuple[Removal, ...] = ()


@dataclass(slots=True)
class _Page:
    """What the walk knows and finds."""

    parser: LexborHTMLParser
    base: str | None  # what relative URLs are relative to
    own: str | None  # the article's own address
    kept: frozenset[int] = frozenset()  # elements that no rule may touch
    targets: frozenset[str] = frozenset()  # ids that links within the body lead to
    pictures: list[Picture] = field(default_factory=list)  # last one first, as the walk goes
    superseded: set[int] = field(default_factory=set)  # stand-ins whose real image was found
    removals: list[Removal] = field(default_factory=list)
    as_written: bool = False  # nothing but safety was asked for
    empty: int = 0  # elements taken out that held nothing

    def cut(self, node: LexborNode, rule: str) -> None:
        """Take an element out, and tell of it."""
        if len(self.removals) < MAX_REMOVALS:
            self.removals.append(Removal(rule, (node.html or "")[:MAX_CUT], _path_to(node)))
        node.decompose()

    def told(self) -> tuple[Removal, ...]:
        """All that was removed; of what was empty, how much."""
        empty = (Removal("empty", f"{self.empty} elements that held nothing"),) if self.empty else ()
        return (*self.removals, *empty)


def clean(
    html: str, base: str | None, own: str | None = None, remove: tuple[str, ...] = (), keep: tuple[str, ...] = ()
) -> Cleaned:
    """Repair and empty one body.

    `remove` are CSS selectors of what its owner does not want to see, `keep` of what no rule may take out, not even
    those of `remove`.
    """
    if "<" not in html:  # text alone has nothing to repair
        return Cleaned(escape(legal(unescape(bounded(html))), quote=False), ())
    parser = _parsed(bounded(html))
    cuts, stays = remove, keep
    if remove or keep:
        parser, cuts, stays = _understood(parser, remove, keep)
    body = parser.body
    if body is None:
        return Cleaned("", ())
    page = _Page(parser, base, own, _kept(body, stays) if stays else frozenset())
    for selector in cuts:
        _cut_selected(page, body, selector)
    if "<!--" in html:
        _cut_comments(page, body)
    classes, ids = _CLASSES.findall(html), _IDS.findall(html)
    _cut_boilerplate(page, body, html, {word for value in {*classes, *ids} for word in value.split()})
    if ids or "ID=" in html or ("#" in html and ("name=" in html or "NAME=" in html)):
        page.targets = _keep_targets(body, parser, html)
    nodes, tags = _elements(body)
    if not _AMP.isdisjoint(tags):
        return clean(_without_amp(html), base, own, remove, keep)
    if len(nodes) > MAX_MEDIA:
        _bound_media(body)
        nodes, tags = _elements(body)
    if "span" in tags and not keep and not body.css_matches(_SPANS_OF_USE):
        body.unwrap_tags(["span"], delete_empty=True)  # most of a block of coloured code; the walk would take longer
        nodes, tags = _elements(body)
    _walk(page, nodes, tags)
    return Cleaned(legal(_compact(body.inner_html or "")), tuple(reversed(page.pictures)), page.told())


def adapt(html: str, base: str | None, own: str | None = None, remove: tuple[str, ...] = ()) -> Cleaned:
    """The body as its publisher wrote it, but with addresses that lead somewhere; `remove` still holds."""
    html = _without_amp(html)
    parser, remove, _ = _understood(_parsed(bounded(html)), remove, ())
    body = parser.body
    if body is None:
        return Cleaned("", ())
    page = _Page(parser, base, own, as_written=True)
    for selector in remove:
        _cut_selected(page, body, selector)
    _bound_media(body)
    page.targets = _keep_targets(body, parser, html)
    for node in reversed(body.css(_ADDRESSED)):
        _ADAPTERS[node.tag or ""](node, page)
    return Cleaned(legal(body.inner_html or ""), tuple(reversed(page.pictures)), page.told())


def _elements(body: LexborNode) -> tuple[list[LexborNode], list[str]]:
    """All elements of the body in their order, and their names."""
    nodes = list(body.traverse())
    return nodes, [node.tag or "" for node in nodes]


def _walk(page: _Page, nodes: list[LexborNode], tags: list[str]) -> None:
    """Children before their parents. Those that are to stay are only given addresses that lead somewhere."""
    for node, tag in zip(reversed(nodes), reversed(tags), strict=True):
        handlers = _ADAPTERS if page.kept and node.mem_id in page.kept else _HANDLERS
        handler = handlers.get(tag)
        if handler is not None:
            handler(node, page)


_AMP = frozenset({"amp-img", "amp-video"})


def _without_amp(html: str) -> str:
    return re.sub(r"<(/?)amp-(img|video)\b", r"<\1\2", html, flags=re.IGNORECASE)


def _bound_media(body: LexborNode) -> None:
    for node in reversed(body.css("img,source,iframe,embed")[MAX_MEDIA:]):
        node.decompose()


def _path_to(node: LexborNode) -> str:
    """Where an element stands: the elements around it, from the outermost inwards."""
    names: list[str] = []
    around = node.parent
    while around is not None and around.tag != "body" and len(names) < _DEEP:
        names.append(around.tag or "")
        around = around.parent
    return " > ".join(reversed(names))


_DEEP = 8  # elements around one that are named


def _parsed(html: str) -> LexborHTMLParser:
    # A whole document with an open body: as a fragment, selectolax would take the first element for the root.
    # As bytes, since a lone surrogate would raise; other illegal characters are taken out in the end.
    return LexborHTMLParser(b"<!doctype html><body>" + html.encode("utf-8", "ignore"))


_BLANK_LINES = re.compile(r"\n[ \t\r\f]*+\n[ \t\r\f\n]*+")


def _compact(html: str) -> str:
    """The blank lines that removed parts leave behind are of no use, but in preformatted text."""
    first, *others = html.split("<pre")
    parts = [_BLANK_LINES.sub("\n", first)]
    for other in others:
        preformatted, end, rest = other.partition("</pre>")
        parts += "<pre", preformatted, end, _BLANK_LINES.sub("\n", rest)
    return "".join(parts)


# ---------------------------------------------------------------- what is taken out before the walk


def _understood(
    parser: LexborHTMLParser, remove: tuple[str, ...], keep: tuple[str, ...]
) -> tuple[LexborHTMLParser, tuple[str, ...], tuple[str, ...]]:
    """The selectors as lexbor knows them. What one that it does not know matches is marked, and found by the mark."""
    known: dict[str, str] = {}
    for selector in (*remove, *keep):
        try:
            if parser.body is not None:
                parser.body.css_matches(selector)
            known[selector] = selector
        except SelectolaxError:
            from aggregator.refine.selectors import marked  # few need it, and every start would pay for bs4

            mark = f"data-aggregator-{len(known)}"
            parser = _parsed(marked((parser.body.inner_html if parser.body else None) or "", selector, mark))
            known[selector] = f"[{mark}]"
    return parser, tuple(map(known.__getitem__, remove)), tuple(map(known.__getitem__, keep))


def _kept(body: LexborNode, selectors: tuple[str, ...]) -> frozenset[int]:
    """What the selectors match, all within it, and all around it."""
    within: set[int] = set()
    around: set[int] = set()
    for selector in selectors:
        for node in body.css(selector):
            if node.mem_id not in within:
                within.update(inner.mem_id for inner in node.css("*"))
                within.add(node.mem_id)
            box = node.parent
            while box is not None and box.tag != "body" and box.mem_id not in around:
                around.add(box.mem_id)
                box = box.parent
    return frozenset(within | around)


def _cut_selected(page: _Page, body: LexborNode, selector: str) -> None:
    for node in reversed(body.css(selector)):
        if node.tag != "body" and node.mem_id not in page.kept:
            page.cut(node, "remove: in the configuration")


def _cut_comments(page: _Page, body: LexborNode) -> None:
    for node in [node for node in body.traverse(include_text=True) if node.is_comment_node]:
        page.cut(node, "comment")


_CLASSES = re.compile(r"class=[\"']?([^\"'>]*)")  # two patterns that begin with plain letters are found ten times
_IDS = re.compile(r"id=[\"']?([^\"'>]*)")  # as fast as one that begins with a choice
_LINE_NUMBERS = ("gutter", "linenos", "lineno", "line-numbers-rows", "hljs-ln-numbers")
_LINE_NUMBER_NODES = (
    "td.gutter:has(+ td.code),td.linenos,span.linenos,span.lineno,span.line-numbers-rows,td.hljs-ln-numbers"
)
_HIDDEN = re.compile(r"display\s*:\s*none")
_HIDDEN_KINDS = ('[style*="display:none" i]', '[style*="display: none" i]', "[hidden]")
_HIDDEN_NODES = ",".join(f"{kind}:not(img,source)" for kind in _HIDDEN_KINDS)
_BLOCKS = "p,div,section,center,h1,h2,h3,h4,h5,h6,li,td,blockquote,figcaption,article,aside,footer,pre,table"


def _cut_boilerplate(page: _Page, body: LexborNode, html: str, words: set[str]) -> None:
    """Each look at the elements is paid for only where a search over the text says that it may find something.

    `words` are all classes and ids.
    """
    names = [word for word in words if _is_boilerplate(word)]
    if names:
        selector = ",".join(f'[class~="{name}"],[id="{name}"]' for name in sorted(names))
        _cut_minor(page, body, selector, "no part of the article, by its name")
    if not words.isdisjoint(_LINE_NUMBERS):
        _cut_minor(page, body, _LINE_NUMBER_NODES, "line numbers beside code")
    if "katex-mathml" in words:  # the same formula a second time, for the eyes of browsers without MathML
        _cut_minor(page, body, ".katex-html", "the same formula a second time")
    if " hidden" in html or ("display" in html and _HIDDEN.search(html)):
        _cut_minor(page, body, _HIDDEN_NODES, "hidden", but_if="img,video,audio,iframe,picture")
    if not html.isascii():
        if any(hint in html for hint in boilerplate.EDITOR_HINTS):
            _cut_editor_lines(page, body)
        if any(hint in html for hint in boilerplate.FOOT_HINTS):
            _cut_foot_lines(page, body)


@lru_cache(maxsize=4096)
def _is_boilerplate(word: str) -> bool:
    return len(word) < 80 and boilerplate.NAMES.fullmatch(word) is not None


def _cut_minor(page: _Page, body: LexborNode, selector: str, rule: str, but_if: str | None = None) -> None:
    """Take out what matches, unless it is too much of the body to be an appendage."""
    nodes = [node for node in body.css(selector) if node.mem_id not in page.kept]
    total = len(body.text().strip()) if nodes else 0
    for node in reversed(nodes):
        length = len(node.text().strip())
        is_minor = length <= max(300, total * 0.2) and (length < total or not total)
        if node.tag not in ("body", "pre", "code") and is_minor and not (but_if and node.css_first(but_if)):
            page.cut(node, rule)
            total -= length


def _cut_editor_lines(page: _Page, body: LexborNode) -> None:
    for node in reversed(body.css("p,div,span,section,center,strong,em,small,font,b,i")):
        if boilerplate.EDITOR_LINE.fullmatch(_short_text(node)):
            _cut_line(page, node, "names the editor")


def _cut_foot_lines(page: _Page, body: LexborNode) -> None:
    if body.last_child is not None and body.last_child.is_text_node and (body.last_child.text_content or "").strip():
        return
    for node in reversed(body.css(_BLOCKS)):
        text = _short_text(node)
        if text and boilerplate.FOOT_LINE.fullmatch(text):
            _cut_line(page, node, "no part of the article, by its wording")
        elif node.css_first(_BLOCKS) is None and (text or node.text().strip()):
            return  # the article's last words


_SHORT = 300  # characters, line breaks and indents included
_CLIMB = 6  # boxes around one line


def _cut_line(page: _Page, node: LexborNode, rule: str) -> None:
    """Take a line out, with all around it that says nothing else: its box, the QR code beside it."""
    text = _short_text(node)
    parent = node.parent
    for _ in range(_CLIMB):
        if parent is None or parent.tag in ("body", "td", "th") or _short_text(parent) != text:
            break
        node, parent = parent, parent.parent
    if node.mem_id not in page.kept and (parent is None or parent.tag != "body" or _has_more(parent, text)):
        page.cut(node, rule)


def _has_more(body: LexborNode, text: str) -> bool:
    return one_line(body.text()) != text


def _short_text(node: LexborNode) -> str:
    """The text of a node if it is short, else ''."""
    text = node.text()
    return one_line(text) if len(text) <= _SHORT else ""


# ---------------------------------------------------------------- footnotes and other links within the body

_PLAIN_WORD = re.compile(r"[A-Za-z_$]+")


def _keep_targets(body: LexborNode, parser: LexborHTMLParser, html: str) -> frozenset[str]:
    """Keep the ids that a link of the body leads to, and no others: ids are names in the page that shows them."""
    kept: set[str] = set()
    nodes = body.css('[id],a[name],a[href*="#"]' if "#" in html else "[id],a[name]")
    wanted = {unquote((node.attrs.get("href") or "").partition("#")[2]) for node in nodes}
    for node in nodes:
        attrs = node.attrs
        name = attrs.get("id") or attrs.get("name") or ""
        if "id" in attrs:
            del attrs["id"]
        if name and name in wanted and name not in kept and not re.search(r"[\s\"'<>&]", name):
            kept.add(name)
            _mark(node, name, parser)
    return frozenset(kept)


def _mark(node: LexborNode, name: str, parser: LexborHTMLParser) -> None:
    if node.tag in ("a", "img") and "href" in node.attrs and _PLAIN_WORD.fullmatch(name):
        # A link that bears a plain word as its id is a variable of that name to the scripts of the page around it.
        marker = parser.create_node("span")
        marker.attrs["id"] = name
        node.insert_before(marker)
    elif node.tag != "img":
        node.attrs["id"] = name


def _link(node: LexborNode, page: _Page) -> None:
    if _is_blank(node):
        _drop_inline(node)
        return
    given = node.attributes
    if (classes := given.get("class")) and _is_heading_sign(node, classes):
        page.cut(node, "the sign beside a heading that links to it")
        return
    href = given.get("href")
    target = _target(href, page) if href else None
    if target is not None:
        if target != href:
            node.attrs["href"] = target
    elif "id" in given:
        if "href" in given:
            del node.attrs["href"]
    else:
        node.unwrap()


def _target(href: str, page: _Page) -> str | None:
    name = fragment(href)
    if name is None:
        target = link_target(href, page.base)
        if target is None or page.own is None or not target.startswith(page.own + "#"):
            return target if target is None or page.as_written else untracked(target)
        name = unquote(target[len(page.own) + 1 :])
        return f"#{name}" if name in page.targets else target
    if name in page.targets:
        return f"#{name}"
    return f"{page.own.partition('#')[0]}#{quote(name)}" if page.own and name else None


def _is_heading_sign(node: LexborNode, classes: str) -> bool:
    if not any(boilerplate.ANCHOR_NAMES.fullmatch(word) for word in classes.split()):
        return False
    return node.css_first("img") is None and one_line(node.text()).lower() in boilerplate.ANCHOR_SIGNS


# ---------------------------------------------------------------- images, sound, film


def _image(node: LexborNode, page: _Page) -> None:
    if node.mem_id in page.superseded:
        page.cut(node, "stands in for a real image")
        return
    found = mended(node.attributes, page.base)
    if isinstance(found, Mended):
        _change(node, found.changes)
        page.pictures.append(found.picture)
    elif found:
        node.replace_with(found)
    else:
        page.cut(node, "an image that shows nothing")


def _change(node: LexborNode, changes: dict[str, str | None]) -> None:
    attrs = node.attrs
    for name, value in changes.items():
        if value is None:
            del attrs[name]
        else:
            attrs[name] = value


def _source(node: LexborNode, page: _Page) -> None:
    parent = node.parent.tag if node.parent is not None else None
    if parent == "picture" and (candidates := mended_set(node.attributes, page.base)):
        node.attrs["srcset"] = candidates
    elif parent not in ("audio", "video") or not _mend(node, "src", page, "data-src"):
        node.decompose()


def _picture(node: LexborNode, page: _Page) -> None:
    if node.css_first("img") is not None:
        return
    source = node.css_first("source[srcset]")
    url = absolute((source.attrs.get("srcset") or "").split(" ")[0].rstrip(","), page.base) if source else None
    if url is None:
        _unwrap(node)
        return
    image = page.parser.create_node("img")
    image.attrs["src"] = url
    node.insert_child(image)
    page.pictures.append(Picture(url, None, None, ""))


def _noscript(node: LexborNode, page: _Page) -> None:
    """The image for browsers without scripts replaces the stand-in before it, or repeats the image before it."""
    images = node.css("img")
    before = _image_before(node) if images else None
    if before is not None and shows_something(before.attributes, page.base):
        del page.pictures[-len(images) :]
        page.cut(node, "repeats the image before it")
        return
    if before is not None:
        page.superseded.add(before.mem_id)
    _unwrap(node)


def _image_before(node: LexborNode) -> LexborNode | None:
    before = node.prev
    while before is not None and not before.is_element_node:
        if before.is_text_node and (before.text_content or "").strip():
            return None
        before = before.prev
    if before is None or before.tag == "img":
        return before
    images = before.css("img") if before.tag in ("span", "div", "picture", "figure", "a") else []
    return images[0] if len(images) == 1 and not before.text().strip() else None


def _player(node: LexborNode, page: _Page) -> None:
    """`audio` and `video`."""
    plays = _mend(node, "src", page, "data-src") or node.css_first("source") is not None
    _mend(node, "poster", page, "data-poster")
    if not plays:
        _unwrap(node)
        return
    node.attrs["controls"] = ""  # or nobody could start it
    node.attrs["preload"] = "none"  # nothing is asked of its host before somebody does


def _track(node: LexborNode, page: _Page) -> None:
    if not _mend(node, "src", page):
        node.decompose()


def _mend(node: LexborNode, name: str, page: _Page, *others: str) -> bool:
    """Make the URL in an attribute absolute, or take the attribute off; whether there is one now."""
    given = node.attributes
    for candidate in (name, *others):
        if url := absolute(given.get(candidate), page.base):
            node.attrs[name] = url
            return True
    if name in given:
        del node.attrs[name]
    return False


_BOXES = "body div section article figure li td th blockquote main center details dd aside header footer"
_HOLDS_BLOCKS = frozenset(_BOXES.split())


def _frame(node: LexborNode, page: _Page) -> None:
    """A frame becomes a link to what it shows: no frame is safe in a feed, and few readers show one."""
    if shown := shown_by(node.attributes, page.base):
        node.replace_with(_link_to(shown, node, page))
    else:
        page.cut(node, "a frame that shows nothing of the article")


def _custom_player(node: LexborNode, page: _Page) -> None:
    """An element that a script would make a player of."""
    if shown := named_by(node.tag or "", node.attributes):
        node.replace_with(_link_to(shown, node, page))
    else:
        _unwrap(node)


def _link_to(shown: Shown, place: LexborNode, page: _Page) -> LexborNode:
    link = page.parser.create_node("a")
    link.attrs["href"] = shown.url
    link.insert_child(shown.title)
    if place.parent is None or place.parent.tag not in _HOLDS_BLOCKS:
        return link
    paragraph = page.parser.create_node("p")
    paragraph.insert_child(link)
    return paragraph


def _object(node: LexborNode, page: _Page) -> None:
    """An old player: its address, or what it holds for those who cannot play it."""
    movie = node.css_first('param[name="movie" i],param[name="src" i]')
    if movie is not None and "data" not in node.attrs:
        node.attrs["data"] = movie.attrs.get("value")
    if absolute(node.attrs.get("data"), page.base) and node.css_first("a,img,p") is None:
        _frame(node, page)
    else:
        _unwrap(node)


# ---------------------------------------------------------------- code, forms, what is empty

_LANGUAGE = re.compile(r"(?:language|lang|highlight-source)-([\w+#.-]+)")
_LANGUAGE_BESIDE = re.compile(
    r"(?:brush:\s*|sourceCode\s+|hljs\s+|prettyprint\s+)([a-z][\w+#-]{0,20})\b", re.IGNORECASE
)
_LANGUAGE_OF_FIGURE = re.compile(r"highlight ([a-z][\w+#-]{0,20})")
_LANGUAGE_ATTRIBUTES = ("data-language", "data-lang", "data-enlighter-language", "data-code-language")


def _code_block(node: LexborNode, page: _Page) -> None:
    first = node.first_child
    holders = (node, first) if first is not None and first.tag == "code" else (node,)
    if not any(_LANGUAGE.search(one.attrs.get("class") or "") for one in holders) and (language := _language(node)):
        node.attrs["class"] = f"language-{language}"


def _language(node: LexborNode) -> str | None:
    """The language of a block of code, from wherever its publisher wrote it."""
    if found := _LANGUAGE_BESIDE.match(node.attrs.get("class") or ""):
        return found[1].lower()
    around: LexborNode | None = node
    for _ in range(6):  # in a cell of a table in a figure
        if around is None or around.tag == "body":
            return None
        given = around.attributes
        named = next((given[name] for name in _LANGUAGE_ATTRIBUTES if given.get(name)), None)
        if named and re.fullmatch(r"[\w+#.-]{1,30}", named):
            return named.lower()
        if found := _LANGUAGE.search(given.get("class") or ""):
            return found[1]
        if around.tag == "figure" and (found := _LANGUAGE_OF_FIGURE.fullmatch(given.get("class") or "")):
            return found[1]
        around = around.parent
    return None


def _box(node: LexborNode, page: _Page) -> None:
    """A task that is done or not; any other field of a form is of no use here."""
    given = node.attributes
    if (
        (given.get("type") or "").lower() == "checkbox"
        and node.parent is not None
        and node.parent.tag in ("li", "p", "label")
    ):
        node.replace_with("☑" if "checked" in given else "☐")
    else:
        page.cut(node, "a field of a form")


def _form(node: LexborNode, page: _Page) -> None:
    """A form to subscribe or to search goes; some publishers wrap the whole page in one."""
    if node.css_first("p,img,table,li") is None and len(node.text()) <= 300:
        page.cut(node, "a form")
    else:
        _unwrap(node)


def _script(node: LexborNode, page: _Page) -> None:
    if (node.attrs.get("type") or "").startswith("math/tex"):  # a formula that a script would have typeset
        node.replace_with(f"\\({node.text()}\\)")
    else:
        page.cut(node, "a script")


def _cited(node: LexborNode, page: _Page) -> None:
    if "cite" in node.attrs:
        _mend(node, "cite", page)
    if node.tag == "blockquote":
        _block(node, page)


def _block(node: LexborNode, page: _Page) -> None:
    if _is_blank(node) and "id" not in node.attrs and not _is_inside(node, "pre"):
        page.empty += 1
        node.decompose()


def _item(node: LexborNode, page: _Page) -> None:
    """An empty item of a list without numbers."""
    if node.first_child is None or (node.parent is not None and node.parent.tag == "ul"):
        _block(node, page)


def _inline(node: LexborNode, page: _Page) -> None:
    if _is_blank(node):
        _drop_inline(node)


_OF_USE_ON_SPAN = frozenset({"lang", "dir", "id", "title"})
_SPANS_OF_USE = ",".join(f"span[{name}]" for name in sorted(_OF_USE_ON_SPAN))


def _span(node: LexborNode, page: _Page) -> None:
    if not _OF_USE_ON_SPAN.isdisjoint(node.attributes):
        _inline(node, page)
    elif node.first_child is None:
        node.decompose()
    else:
        node.unwrap()


def _drop(node: LexborNode, page: _Page) -> None:
    page.cut(node, "works in its publisher's page only")


def _unwrap_block(node: LexborNode, page: _Page) -> None:
    _unwrap(node)


def _drop_inline(node: LexborNode) -> None:
    """Take out an inline element that shows nothing; a blank in it still parts two words, an id is still a target."""
    if node.first_child is not None and "id" not in node.attrs:
        node.unwrap()
    elif "id" not in node.attrs:
        node.decompose()


def _unwrap(node: LexborNode) -> None:
    # A childless node must not be unwrapped: selectolax would leave it as it is, handlers and all.
    if node.first_child is None:
        node.decompose()
    else:
        node.insert_before("\n")
        node.insert_after("\n")
        node.unwrap()


def _is_blank(node: LexborNode) -> bool:
    child = node.first_child
    while child is not None:
        if child.is_text_node:
            if (child.text_content or "").strip().strip(_ZERO_WIDTH):
                return False
        elif child.is_element_node and child.tag != "br":
            return False
        child = child.next
    return True


def _is_inside(node: LexborNode, tag: str) -> bool:
    parent = node.parent
    while parent is not None and parent.tag != "body":
        if parent.tag == tag:
            return True
        parent = parent.parent
    return False


_KINDS: dict[Callable[[LexborNode, _Page], None], str] = {
    _drop: """style link meta base title template svg canvas button select textarea option datalist applet frame
        frameset noembed noframes annotation-xml area map""",
    _unwrap_block: "form-field fieldset legend dialog",
    _block: """p div section article header footer aside figure figcaption ul ol dl h1 h2 h3 h4 h5 h6 center main nav
        address hgroup""",
    _cited: "blockquote q del ins",
    _inline: "b strong i em u s small sub sup mark big tt cite code label strike",
    _span: "span font",
    _link: "a",
    _image: "img",
    _source: "source",
    _picture: "picture",
    _noscript: "noscript",
    _player: "audio video",
    _track: "track",
    _frame: "iframe embed",
    _custom_player: "lite-youtube lite-vimeo amp-youtube amp-vimeo amp-dailymotion youtube-video",
    _object: "object",
    _code_block: "pre",
    _item: "li",
    _box: "input",
    _form: "form",
    _script: "script",
}
_HANDLERS = {tag: handler for handler, tags in _KINDS.items() for tag in tags.split()}

# ---------------------------------------------------------------- addresses alone: what is to stay as it is


def _adapt_link(node: LexborNode, page: _Page) -> None:
    href = node.attrs.get("href")
    target = _target(href, page) if href else None
    if target is not None:
        node.attrs["href"] = target
    elif href is not None:
        del node.attrs["href"]


def _adapt_image(node: LexborNode, page: _Page) -> None:
    if node.mem_id in page.superseded:
        page.cut(node, "stands in for a real image")
        return
    found = mended(node.attributes, page.base)
    if isinstance(found, Mended):
        _change(node, found.changes)
        page.pictures.append(found.picture)
    else:
        _mend(node, "src", page)


def _adapt_source(node: LexborNode, page: _Page) -> None:
    candidates = mended_set(node.attributes, page.base)
    if node.parent is not None and node.parent.tag == "picture":
        node.attrs["srcset"] = candidates
    else:
        _mend(node, "src", page, "data-src")


def _adapt_player(node: LexborNode, page: _Page) -> None:
    _mend(node, "src", page, "data-src")
    _mend(node, "poster", page, "data-poster")


def _adapt_cited(node: LexborNode, page: _Page) -> None:
    _mend(node, "cite", page)


_ADAPTERS: dict[str, Callable[[LexborNode, _Page], None]] = {
    "a": _adapt_link,
    "img": _adapt_image,
    "source": _adapt_source,
    "noscript": _noscript,
    **dict.fromkeys(("audio", "video"), _adapt_player),
    **dict.fromkeys(("iframe", "embed"), _frame),
    "object": _object,
    **dict.fromkeys(("blockquote", "q", "del", "ins"), _adapt_cited),
}
_ADDRESSED = ",".join(_ADAPTERS)
