"""Bytes in every encoding, declared rightly, wrongly or not at all."""

from __future__ import annotations

import pytest

from tests.parse.documents import DECLARED, rss, title_of

CHINESE = "中文新闻标题测试"


def document(title: str, declared: str | None) -> str:
    return rss(f"<title>{title}</title>", head=DECLARED.format(declared) if declared else "")


@pytest.mark.parametrize(
    ("codec", "declared", "title"),
    [
        ("utf-8", "utf-8", CHINESE),
        ("utf-8", None, CHINESE),
        ("gb18030", "gb18030", CHINESE),
        ("gbk", "gb2312", "朱镕基喆翀"),
        ("big5hkscs", "big5", "繁體中文新聞"),
        ("cp932", "Shift_JIS", "日本語①髙"),
        ("euc_jp", "euc-jp", "日本語のニュース"),
        ("cp949", "euc-kr", "한국어 똠방"),
        ("cp1251", "windows-1251", "Новости дня"),
        ("koi8-r", "koi8-r", "Новости дня"),
        ("cp1252", "iso-8859-1", "smart “quotes” – €5"),
        ("iso8859-2", "iso-8859-2", "żółć"),
        ("iso2022_jp", "iso-2022-jp", "日本語"),
        ("utf-16", "utf-16", CHINESE),
        ("utf-16-le", "utf-16", CHINESE),
        ("utf-16-be", None, CHINESE),
        ("utf-32", "utf-32", CHINESE),
        ("utf-8-sig", "gbk", CHINESE),
    ],
)
def test_a_declared_encoding_is_believed(codec: str, declared: str | None, title: str) -> None:
    assert title_of(document(title, declared).encode(codec)) == title


@pytest.mark.parametrize(
    ("codec", "declared", "header", "title"),
    [
        ("gb18030", "utf-8", None, CHINESE),
        ("gb18030", "gbk", "utf-8", CHINESE),
        ("gbk", None, None, "股市收盘上涨"),
        ("big5", "utf-8", None, "繁體中文新聞標題"),
        ("cp932", "utf-8", None, "日本語のニュース見出し"),
        ("euc_jp", "utf-8", None, "日本語のニュース見出し"),
        ("cp949", "utf-8", None, "한국어 뉴스 제목"),
        ("cp1251", "utf-8", None, "Новости дня"),
        ("cp1251", "utf-8", "windows-1251", "Новости дня"),
        ("cp1252", "utf-8", None, "été à la plage"),
        ("gbk", "iso-8859-1", None, CHINESE),
        ("utf-8", "utf-16", None, CHINESE),
        ("utf-8", "us-ascii", "ISO-8859-1", CHINESE),
        ("utf-8", "gbk", "gbk", CHINESE),
        ("utf-8", "x-klingon", "None", CHINESE),
        *(("utf-8", codec, codec, CHINESE) for codec in ("zlib_codec", "idna", "punycode", "rot13", "utf-7", "hex")),
    ],
)
def test_a_wrong_declaration_is_seen_through(codec: str, declared: str, header: str | None, title: str) -> None:
    content_type = f"text/xml; charset={header}" if header else None
    assert title_of(document(title, declared).encode(codec), content_type) == title


def test_two_characters_that_pass_for_utf_8_are_read_as_declared() -> None:
    ambiguous = next(
        text
        for first in range(0xC4, 0xD8)
        for second in range(0xA1, 0xBF)
        if (text := bytes([first, second]).decode("gbk", "replace")).isalpha()
    )
    assert title_of(document(ambiguous, "gbk").encode("gbk")) == ambiguous


def test_a_few_bad_bytes_cost_only_themselves() -> None:
    body = document(f"{CHINESE}@", "utf-8").encode().replace(b"@", b"\xff")
    assert title_of(body) == f"{CHINESE}\ufffd"


def test_utf_7_never_becomes_markup() -> None:
    body = document("+ADw-script+AD4-", "utf-7").encode()
    assert title_of(body, "text/xml; charset=utf-7") == "+ADw-script+AD4-"


def test_text_that_looks_like_a_mistake_is_left_alone() -> None:
    assert title_of(document("Ã©crit", "utf-8")) == "Ã©crit"
