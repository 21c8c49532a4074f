"""From bytes to text, whatever the declarations say: they are evidence, and the bytes are better evidence."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

# A list of what we accept, not of what we refuse: Python knows codecs that unpack, that run for minutes (punycode,
# idna), or that turn harmless text into markup (utf-7). Wider relatives stand in for the narrow ones that are named
# in practice, as in the WHATWG Encoding standard: gb2312 is GBK nearly always, latin-1 is Windows-1252.
_CODECS = {
    "gb18030": "gb18030 gb2312 gbk cp936 ms936 windows936 xgbk gb231280 csgb2312 euccn chinese hzgb2312",
    "big5hkscs": "big5hkscs big5 cp950 csbig5 xxbig5 big5tw ms950",
    "cp932": "shiftjis sjis xsjis mskanji windows31j csshiftjis cp932 ms932",
    "euc_jp": "eucjp xeucjp ujis cseucpkdfmtjapanese",
    "iso2022_jp": "iso2022jp csiso2022jp",
    "cp949": "euckr kscc56011987 ksc56011987 ksc5601 cp949 uhc windows949 korean cseuckr ms949",
    "cp1252": "iso88591 latin1 l1 ascii usascii windows1252 cp1252 ansix341968 iso646us cp819",
    "cp1250": "windows1250 cp1250",
    "cp1251": "windows1251 cp1251",
    "cp1253": "windows1253 cp1253",
    "cp1254": "windows1254 cp1254 iso88599 latin5",
    "cp1255": "windows1255 cp1255",
    "cp1256": "windows1256 cp1256",
    "cp1257": "windows1257 cp1257",
    "cp1258": "windows1258 cp1258",
    "cp874": "tis620 windows874 cp874 iso885911",
    "cp866": "cp866 ibm866",
    "koi8_r": "koi8r koi8",
    "koi8_u": "koi8u koi8ru",
    "mac_roman": "macintosh macroman",
    "iso8859_2": "iso88592 latin2",
    "iso8859_3": "iso88593 latin3",
    "iso8859_4": "iso88594 latin4",
    "iso8859_5": "iso88595",
    "iso8859_6": "iso88596",
    "iso8859_7": "iso88597",
    "iso8859_8": "iso88598 iso88598i",
    "iso8859_10": "iso885910 latin6",
    "iso8859_13": "iso885913",
    "iso8859_14": "iso885914",
    "iso8859_15": "iso885915 latin9",
    "iso8859_16": "iso885916",
    "utf-8": "utf8 unicode11utf8",
}
_BY_LABEL = {label: codec for codec, labels in _CODECS.items() for label in labels.split()}
_EAST_ASIAN = ("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949")
_GUESSES = (*_EAST_ASIAN, "cp1251", "koi8_r", "cp1252")

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with theirs
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# XML 1.0 appendix F.1: without a mark, the first character tells; a feed begins with "<", a JSON Feed with "{".
_WIDE = re.compile(
    rb"(?P<be32>(?:\0\0\0\s)*\0\0\0[<{])|(?P<le32>(?:\s\0\0\0)*[<{]\0\0\0)|(?P<be16>(?:\0\s)*\0[<{])|(?P<le16>(?:\s\0)*[<{]\0)"
)
_WIDE_CODECS = {"be32": "utf-32-be", "le32": "utf-32-le", "be16": "utf-16-be", "le16": "utf-16-le"}
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?\sencoding\s*=\s*[\"']\s*([\w.:-]{1,40})")
_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)


def decode(body: bytes, content_type: str | None = None) -> tuple[str, str | None]:
    """The text of a document, and a warning if it is not what was declared.

    The order is that of RFC 7303 section 3 (mark, header, declaration), but for one thing: a document that is
    valid UTF-8 is UTF-8, for servers send `charset=ISO-8859-1` with everything.
    """
    wide = _unicode_mark(body)
    if wide:
        codec, mark = wide
        return body[mark:].decode(codec, "replace"), None
    declared = list(dict.fromkeys(_declared(body, content_type)))
    text = _strict(body, "utf-8")
    if text is not None:
        return _unless_east_asian(body, text, declared), None
    return _decode_legacy(body, declared)


def _unicode_mark(body: bytes) -> tuple[str, int] | None:
    for mark, codec in _MARKS:
        if body.startswith(mark):
            # Some servers put the mark in front of any file of theirs; then the bytes after it must agree.
            return (codec, len(mark)) if codec != "utf-8" or _strict(body[3:], codec) is not None else None
    wide = _WIDE.match(body[:64])
    return (_WIDE_CODECS[wide.lastgroup or ""], 0) if wide else None


def _declared(body: bytes, content_type: str | None) -> Iterator[str]:
    """Codecs by header and XML declaration, as far as they are known and not dangerous."""
    header = _CHARSET.search(content_type or "")
    declaration = _DECLARED.search(body[:1024])
    for label in (header and header[1], declaration and declaration[1].decode("ascii", "replace")):
        codec = _BY_LABEL.get(re.sub(r"[^a-z0-9]", "", (label or "").lower()))
        if codec:
            yield codec


def _strict(body: bytes, codec: str) -> str | None:
    try:
        return body.decode(codec)
    except UnicodeDecodeError:
        return None


def _unless_east_asian(body: bytes, text: str, declared: list[str]) -> str:
    """The text, unless a few characters in a declared codec are valid UTF-8 by accident.

    Pairs of high bytes pass for two-byte UTF-8 (Latin, Greek, Cyrillic); for three-byte UTF-8, where real
    Chinese, Japanese and Korean lie, hardly ever.
    """
    if "iso2022_jp" in declared and b"\x1b" in body:
        return body.decode("iso2022_jp", "replace")
    codec = next((codec for codec in declared if codec in _EAST_ASIAN), None)
    if codec is None or text.isascii() or any(character > "\u07ff" for character in text):
        return text
    return _strict(body, codec) or text


def _decode_legacy(body: bytes, declared: list[str]) -> tuple[str, str | None]:
    # Windows-1252 reads anything, so its declaration proves nothing: it takes part in the guess below.
    for codec in declared:
        if codec not in ("utf-8", "cp1252") and (text := _strict(body, codec)) is not None:
            return text, None
    for codec in ("utf-8", *declared):
        mended = body.decode(codec, "replace")
        if codec != "cp1252" and _mostly_read(mended):
            return mended, f"bytes that are not {codec} were replaced"
    codec = _guess(body, declared)
    return body.decode(codec, "replace"), None if codec in declared else f"read as {codec}, which it does not declare"


def _mostly_read(text: str) -> bool:
    """Whether only a few characters were lost: a cut in the middle of one, a line pasted from elsewhere."""
    lost = text.count("\ufffd")
    return 5 * lost < len(text) - len(text.encode("ascii", "ignore"))


_FREQUENT = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去"
    "法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关"
    "点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通"
    "教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期"
    "市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边"
    "标测试章网京州经济"
    "這個們來為國說時會對後裡種經麼學動現當沒還進樣實開從無與長機關點業將兩間問應戰頭體見產話給門東聲員論處認條氣題爾變總電數報結務場計"
    "許統區隊決馬書則聽達強難權設記類據邊標測試網濟體灣臺灣聞"
    "日本語新聞見出大会社東京円込売買気駅県対応経済図画読書話題記事発表"
)


def _guess(body: bytes, declared: list[str]) -> str:
    """The codec whose reading looks most like something that people write."""
    first = re.search(rb"[\x80-\xff]", body)
    sample = body[first.start() if first else 0 :][:_SAMPLE]  # it begins with a whole character; its end may be cut
    best, best_score = "cp1252", float("-inf")
    for codec in _GUESSES:
        try:
            text = codecs.getincrementaldecoder(codec)().decode(sample)
        except UnicodeDecodeError:
            continue
        score = _plausibility(text, codec) + (0.3 if codec in declared else 0.0)
        if score > best_score:
            best, best_score = codec, score
    return best


_SAMPLE = 1 << 16  # bytes


def _plausibility(text: str, codec: str) -> float:
    """How much a reading looks like language, per byte that is not ASCII, judged by its first few thousand."""
    score, size = 0.0, 0
    for run in re.finditer(r"[^\x00-\x7f]{1,4096}", text):
        before = " "
        for character in run[0]:
            score += _weight(character, before, codec)
            before = character
        size += len(run[0]) * (2 if codec in _EAST_ASIAN else 1)
        if size > 8192:
            break
    return score / max(size, 1)


def _weight(character: str, before: str, codec: str) -> float:
    if character in _FREQUENT:
        return 3.0
    if "\u3040" <= character <= "\u30ff":  # kana stands in the Chinese and Korean sets too, where nobody writes it
        return 3.0 if codec in ("cp932", "euc_jp") else -1.0
    if "\uac00" <= character <= "\ud7a3":
        return 2.0 if character.encode("euc_kr", "ignore") else -2.0
    if character in "，。、：；！？《》「」“”（）·…—’‘–€":
        return 1.0
    if "\u4e00" <= character <= "\u9fff":
        return 1.3 if codec != "cp949" and _common(character) else -2.0
    return _letter_weight(character, before)


def _letter_weight(character: str, before: str) -> float:
    """Cyrillic comes in words of small letters; an accented Latin letter stands alone among ASCII."""
    if "\u0400" <= character <= "\u04ff":
        if character.isupper():
            return -1.0 if before.isalpha() else 0.7
        return 1.0 if before.isalpha() else 0.2
    if character.isalpha():
        return 1.0 if before == " " else -0.5
    return -1.0


def _common(character: str) -> bool:
    """Whether it is in the first level of GB 2312 or Big5, which hold what is in daily use."""
    simplified = character.encode("gb2312", "ignore")
    if simplified:
        return simplified[0] <= 0xD7
    traditional = character.encode("big5", "ignore")
    return bool(traditional) and traditional[0] <= 0xC6
