"""What every format says of a feed and its items, decided once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from html import escape
from typing import Final
from urllib.parse import urlsplit

from aggregator.model.entry import Enclosure
from aggregator.model.feed import Feed, Item
from aggregator.render.address import uri
from aggregator.render.known import known_html
from aggregator.render.legal import one_line
from aggregator.render.references import reads_as_reference

GENERATOR: Final = "aggregator"  # without a version: an upgrade must not change the bytes of every feed

# Our own table: the one of `mimetypes` differs between machines (/etc/mime.types) and Python versions.
_MEDIA_TYPES: Final = {
    "aac": "audio/aac", "aif": "audio/aiff", "flac": "audio/flac", "m4a": "audio/mp4", "m4b": "audio/mp4",
    "mid": "audio/midi", "mp3": "audio/mpeg", "oga": "audio/ogg", "ogg": "audio/ogg", "opus": "audio/ogg",
    "wav": "audio/wav", "weba": "audio/webm", "wma": "audio/x-ms-wma",
    "avi": "video/x-msvideo", "m4v": "video/mp4", "mkv": "video/x-matroska", "mov": "video/quicktime",
    "mp4": "video/mp4", "mpeg": "video/mpeg", "mpg": "video/mpeg", "ogv": "video/ogg", "webm": "video/webm",
    "wmv": "video/x-ms-wmv", "m3u8": "application/vnd.apple.mpegurl",
    "avif": "image/avif", "bmp": "image/bmp", "gif": "image/gif", "jpeg": "image/jpeg", "jpg": "image/jpeg",
    "png": "image/png", "svg": "image/svg+xml", "tif": "image/tiff", "tiff": "image/tiff", "webp": "image/webp",
    "csv": "text/csv", "htm": "text/html", "html": "text/html", "srt": "application/x-subrip", "txt": "text/plain",
    "vtt": "text/vtt", "xml": "application/xml",
    "doc": "application/msword", "epub": "application/epub+zip", "gz": "application/gzip", "json": "application/json",
    "pdf": "application/pdf", "ppt": "application/vnd.ms-powerpoint", "torrent": "application/x-bittorrent",
    "xls": "application/vnd.ms-excel", "zip": "application/zip",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
_END_TAG = re.compile(r"</(\w+)>")
_ADDRESS = re.compile(r"\s*<[^<>@\s]+@[^<>@\s]+>")  # "Ann <ann@example.org>": readers show names
_MEDIA_TYPE = re.compile(r"[\w.+!#$&^-]+/[\w.+!#$&^-]+", re.ASCII)  # RFC 6838 §4.2, without parameters

_ISO_639_1 = re.compile(
    "a[abefkmnrsvyz]|b[aeghimnors]|c[aehorsuvy]|d[aevz]|e[elnostu]|f[afijory]|g[adlnuv]|"
    "h[aeiortuyz]|i[adegikostu]|j[av]|k[agijklmnorsuvwy]|l[abginotuv]|m[ghiklnrsty]|n[abdeglnorvy]|"
    "o[cjmrs]|p[ailst]|q[u]|r[mnouw]|s[acdeghiklmnoqrstuvw]|t[aeghiklnorstwy]|u[gkrz]|v[eio]|"
    "w[ao]|x[h]|y[io]|z[ahu]"
)
_ISO_639_2 = frozenset(
    """
aar abk ace ach ada ady afa afh afr ain aka akk alb ale alg alt amh ang anp apa ara arc arg arm arn arp art arw
asm ast ath aus ava ave awa aym aze bad bai bak bal bam ban baq bas bat bej bel bem ben ber bho bih bik bin bis
bla bnt bod bos bra bre btk bua bug bul bur byn cad cai car cat cau ceb cel ces cha chb che chg chi chk chm chn
cho chp chr chu chv chy cmc cop cor cos cpe cpf cpp cre crh crp csb cus cym cze dak dan dar day del den deu dgr
din div doi dra dsb dua dum dut dyu dzo efi egy eka ell elx eng enm epo est eus ewe ewo fan fao fas fat fij fil
fin fiu fon fra fre frm fro frr frs fry ful fur gaa gay gba gem geo ger gez gil gla gle glg glv gmh goh gon gor
got grb grc gre grn gsw guj gwi hai hat hau haw heb her hil him hin hit hmn hmo hrv hsb hun hup hye iba ibo ice
ido iii ijo iku ile ilo ina inc ind ine inh ipk ira iro isl ita jav jbo jpn jpr jrb kaa kab kac kal kam kan kar
kas kat kau kaw kaz kbd kha khi khm kho kik kin kir kmb kok kom kon kor kos kpe krc krl kro kru kua kum kur kut
lad lah lam lao lat lav lez lim lin lit lol loz ltz lua lub lug lui lun luo lus mac mad mag mah mai mak mal man
mao map mar mas may mdf mdr men mga mic min mkd mkh mlg mlt mnc mni mno moh mon mos mri msa mul mun mus mwl mwr
mya myn myv nah nai nap nau nav nbl nde ndo nds nep new nia nic niu nld nno nob nog non nor nso nub nwc nya nym
nyn nyo nzi oci oji ori orm osa oss ota oto paa pag pal pam pan pap pau peo per phi phn pli pol pon por pra pro
pus que raj rap rar roa roh rom ron rum run rup rus sad sag sah sai sal sam san sas sat scn sco sel sem sga sgn
shn sid sin sio sit sla slk slo slv sma sme smi smj smn smo sms sna snd snk sog som son sot spa sqi srd srn srp
srr ssa ssw suk sun sus sux swa swe syc syr tah tai tam tat tel tem ter tet tgk tgl tha tib tig tir tiv tkl tlh
tli tmh tog ton tpi tsi tsn tso tuk tum tup tur tut tvl twi tyv udm uga uig ukr umb und urd uzb vai ven vie vol
vot wak wal war was wel wen wln wol xal xho yao yap yid yor ypk zap zen zha zho znd zul zun
""".split()
)
_CHINESE = frozenset("cdo cmn gan hak hsn lzh nan wuu yue".split())
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(-[A-Za-z0-9]{2,8})*")  # RFC 5646 §2.1, without extensions and private use


def title_of(item: Item) -> str:
    """Never empty: Atom and RSS want a title, and a reader needs something to click on."""
    return one_line(item.title) or one_line(item.summary)[:100] or item.link or item.id


def feed_title(feed: Feed) -> str:
    """Never empty (RFC 4287 §4.1.1, RSS 2.0)."""
    return plain(feed.title) or feed.slug or GENERATOR


def author_of(item: Item) -> str:
    """Never empty: every Atom entry needs an author's name (RFC 4287 §4.1.2)."""
    name = plain(item.author)
    return _ADDRESS.sub("", name).strip() or name.strip("<>") or outlet_title(item) or GENERATOR


def outlet_title(item: Item) -> str:
    """What the feed calls itself that an item came from."""
    return plain(item.outlet.title) or plain(item.outlet.name) or item.outlet.url


def outlet_url(item: Item) -> str | None:
    """The feed that an item came from; a program of this machine has no address that others know."""
    return None if item.outlet.url.startswith("exec:") else uri(item.outlet.url)


def label(text: str) -> str | None:
    """A text in an attribute, or None where the validator would take it for HTML: there is no other way to say it."""
    words = plain(text)
    return None if not words or reads_as_reference(words) else words


def plain(text: str) -> str:
    """A name on one line, that ends no element: the validator takes "</b>" in plain text for HTML."""
    return _END_TAG.sub(r"< /\1>", one_line(text))


def link_of(item: Item) -> str | None:
    """The article itself."""
    return uri(item.link) if item.link else None


def html_of(item: Item) -> str:
    """The full content as HTML, never empty; text stands in where there is no body."""
    if item.body.strip():
        return shown(item.body)
    return _in_text(item)


def known_html_of(item: Item) -> str:
    """The same for readers of XML (`known`); a body of nothing that they know is said in text as well."""
    body = known_html(html_of(item))
    return body if body.strip() else _in_text(item)


def _in_text(item: Item) -> str:
    return escape(item.summary.strip() or title_of(item), quote=False)


def shown(html: str) -> str:
    """U+FFFD as a reference: it looks the same, and no validator takes it for a slip of ours."""
    return html.replace("\ufffd", "&#xFFFD;")


def image_of(item: Item) -> str | None:
    """The picture that readers show beside an item."""
    image = item.thumbnail or item.image
    return uri(image) if image else None


def names(words: tuple[str, ...]) -> Iterator[str]:
    """Categories or tags: each once, none empty."""
    return iter(dict.fromkeys(filter(None, map(plain, words))))


def enclosures_of(item: Item) -> tuple[Enclosure, ...]:
    """Attached files by URI, each once, with a media type in any case: RSS and JSON Feed require one."""
    found: dict[str, Enclosure] = {}
    for enclosure in item.enclosures:
        url = uri(enclosure.url)
        found.setdefault(
            url,
            replace(
                enclosure,
                url=url,
                type=_media_type(url, enclosure.type),
                length=_positive(enclosure.length),
                title=label(enclosure.title or ""),
                duration=_positive(enclosure.duration),
            ),
        )
    return tuple(found.values())


def _media_type(url: str, given: str | None) -> str:
    stated = (given or "").partition(";")[0].strip().lower()
    if _MEDIA_TYPE.fullmatch(stated):
        return stated
    name = urlsplit(url).path.rpartition("/")[2]
    return _MEDIA_TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")


def _positive(number: int | None) -> int | None:
    return number if number is not None and number > 0 else None


def language_tag(language: str | None) -> str | None:
    """A language as RFC 5646 writes it, or None: a wrong one is an error in every validator, none at all is not."""
    tag = (language or "").strip().replace("_", "-")
    match = _LANGUAGE.fullmatch(tag)
    if match is None:
        return None
    primary = match[1].lower()
    if primary in _CHINESE:
        return f"zh-{tag}"  # an extended language (RFC 5646 §2.2.2): validators know none of ISO 639-3
    return tag if primary in _ISO_639_2 or _ISO_639_1.fullmatch(primary) else None


def own_language(item: Item, feed: Feed) -> str | None:
    """The language of an item, where it is not that of its feed."""
    tag = language_tag(item.language)
    return None if tag == language_tag(feed.language) else tag


def rfc3339(moment: datetime) -> str:
    """A date as Atom and JSON Feed write it (RFC 3339), in UTC, to the second."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
