"""One spelling for every address of the same page. Only for comparing: what we publish keeps the publisher's."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

TRACKING = re.compile(
    r"utm_\w+|[a-z]*clid|_hs(enc|mi)|mc_[ce]id|mkt_tok|oly_\w+_id|vero_(id|conv)|wickedid|yclid|_openstat|at_(medium|campaign|\w+)"
    r"|ns_(mchannel|source|campaign|linkname|fee)|cmpid?|ncid|sr_share|fb_(action_\w+|source|ref)|igshid|ref_(src|url)"
    r"|spm|scm|share_(token|source|from|id)|bd_?vid|from_?(source|channel)|isappinstalled|weibo_id|rss(source)?|feed(type)?"
    r"|mtm_\w+|pk_\w+|piwik_\w+|hsa_\w+|s_cid|trk\w*|__twitter_impression|guccounter|guce_\w+|smid|partner|ito"
    r"|_ga|_gl|sharetype|share_?(app_id|link_id|iid|medium|plat)|tt_from|timestamp_from|wxshare_count",
    re.IGNORECASE,
)
"""Query parameters that tell where a reader came from. Collected from the parameters met in real feeds, and from the
public lists of ClearURLs and AdGuard; names that some site needs (`id`, `p`, `ref`, `source`, `from`) are not here."""

_IDLE = re.compile(
    r"(ref|from|src|source|via)=(rss|atom|feed)|amp=(1|true)?|(output|output_?type|view|format)=amp"
    r"|from=(timeline|singlemessage|groupmessage)",
    re.IGNORECASE,
)
"""The same, where the name alone may be needed, but not with this value; and what asks for the AMP page."""

TRACKING_FRAGMENT = re.compile(
    r"(|:~:.*|comments|respond|[^=&]*\butm_.*|xtor=.*|ftag=.*|rss|ref=rss|intcid=.*|at_medium=.*)", re.IGNORECASE
)
"""Fragments that name no place in the page. Any other is an identity: one-page logs, `#comment-7`."""

_SUBDOMAIN = re.compile(r"(www\d?|m|mobile|amp)\.(?=[^.]+\.[^.]+)")
_DEFAULT_PORT = re.compile(r":(80|443)$")
_AMP_PATH = re.compile(r"(/amp)?/*$|(?<=[.]amp)[.]html$")


def canonical_url(url: str) -> str | None:
    """`https://www.a.example/x/?utm_source=rss#top` → `a.example/x#top`; None for what is no web address.

    The scheme, `www.`, `m.` and `amp`, default ports, tracking parameters and the order of the query do not tell pages
    apart; the case of the path and any other fragment do.
    """
    try:
        parts = urlsplit(url.strip())
        host = _host(parts)
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host:
        return None
    fragment = "" if TRACKING_FRAGMENT.fullmatch(parts.fragment) else f"#{parts.fragment}"
    try:
        query = _query(parts.query)
        return f"{host}{_path(parts.path)}{query and '?' + query}{fragment}"
    except UnicodeEncodeError:  # half a character, which no URL can hold
        return None


def without_query(canonical: str) -> str:
    """The part of a canonical URL that a rotating token does not touch."""
    return canonical.split("#", 1)[0].split("?", 1)[0]


def names_a_page(canonical: str) -> bool:
    """False for the bare root of a site: entries that link there are not told apart by it."""
    return "/" in canonical or "?" in canonical or "#" in canonical


def host_of(url: str) -> str:
    """The canonical host of a URL, '' where it has none."""
    canonical = canonical_url(url) or ""
    return re.split(r"[/?#]", canonical, maxsplit=1)[0]


def _host(parts: SplitResult) -> str:
    host = _DEFAULT_PORT.sub("", parts.netloc.rpartition("@")[2].lower()).rstrip(".")
    return _SUBDOMAIN.sub("", host, count=1) if _SUBDOMAIN.match(host) else host


def _path(path: str) -> str:
    return quote(
        unquote(_AMP_PATH.sub("", path), errors="surrogateescape"), safe="/~!$&'()*+,;=:@", errors="surrogateescape"
    )


def _query(query: str) -> str:
    kept = [
        (name, value)
        for name, value in parse_qsl(query, keep_blank_values=True, errors="surrogateescape", max_num_fields=None)
        if not TRACKING.fullmatch(name) and not _IDLE.fullmatch(f"{name}={value}")
    ]
    return urlencode(sorted(kept), errors="surrogateescape")
