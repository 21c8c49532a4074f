"""The user's files, edited by commands: only the lines that must change, and exactly what was meant."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from aggregator.config.edit import Draft, NewSource
from aggregator.model.errors import AggregatorError, ConfigError

LARGE = Path(__file__).parent / "odd.yaml"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.yaml"


def draft(file: Path) -> Draft:
    return Draft(file, {})


def add(file: Path, category: str, url: str, name: str | None = None) -> None:
    with_it = draft(file)
    with_it.add(category, NewSource(url=url, name=name))
    with_it.save()


def remove(file: Path, *names: str) -> None:
    without = draft(file)
    for name in names:
        [found] = without.find(name)
        without.remove(found)
    without.save()


def move(file: Path, name: str, category: str) -> None:
    moved = draft(file)
    [found] = moved.find(name)
    moved.move(found, category)
    moved.save()


def changed_lines(before: bytes, after: bytes) -> tuple[list[bytes], list[bytes]]:
    """The lines that only the first has, and that only the second has."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    return [line for line in old if line not in new], [line for line in new if line not in old]


def test_a_new_source_is_written_like_those_above_it(file: Path) -> None:
    file.write_text(
        "categories:\n"
        "    a:\n"
        "        sources:\n"
        "        -   name: 'One'\n"
        '            url: "https://one.example/"   # first\n'
        "            # every: 5m\n"
        "    b:\n"
        "        sources: [https://two.example/]\n"
    )
    add(file, "a", "https://new.example/feed", "It's new")
    assert file.read_text().splitlines()[3:8] == [
        "        -   name: 'One'",
        '            url: "https://one.example/"   # first',
        "            # every: 5m",
        "        -   name: 'It''s new'",
        '            url: "https://new.example/feed"',
    ]
    add(file, "b", "https://x.example/?a=1,2")
    assert '        sources: [https://two.example/, "https://x.example/?a=1,2"]\n' in file.read_text()


def test_windows_lines_a_mark_at_the_beginning_and_no_end_of_the_last_line_stay(file: Path) -> None:
    before = (
        b"\xef\xbb\xbfcategories:\r\n  \xe9\x87\x91\xe8\x9e\x8d:\r\n    sources:\r\n      - https://a.example/  \r\n"
    )
    before += b"      - https://b.example/"
    file.write_bytes(before)
    add(file, "金融", "https://c.example/")
    assert file.read_bytes() == before + b"\r\n      - https://c.example/"
    remove(file, "c.example")
    assert file.read_bytes() == before


def test_a_category_that_is_emptied_stays(file: Path) -> None:
    before = "categories:\n  a:\n    sources:  # none soon\n      - https://a.example/\n  b:\n    sources: [https://b.example/]\n"
    file.write_text(before)
    remove(file, "a.example")
    assert (
        file.read_text() == "categories:\n  a:\n    sources: []  # none soon\n  b:\n    sources: [https://b.example/]\n"
    )
    add(file, "a", "https://a.example/")
    assert file.read_text() == before
    remove(file, "b.example")
    assert "sources: []\n" in file.read_text()


def test_comments_that_belong_to_a_source_go_with_it_and_others_stay(file: Path) -> None:
    file.write_text(
        "categories:\n  a:\n    sources:\n"
        "      # ---- 国内 ----\n"
        "      # slow since March\n"
        "      - https://one.example/  # check\n"
        "      # - https://old.example/\n"
        "      - https://two.example/\n"
        "  b:\n    sources:\n    - https://three.example/\n"
    )
    move(file, "one.example", "b")
    assert file.read_text() == (
        "categories:\n  a:\n    sources:\n"
        "      # ---- 国内 ----\n"
        "      # - https://old.example/\n"
        "      - https://two.example/\n"
        "  b:\n    sources:\n    - https://three.example/\n"
        "    # slow since March\n"
        "    - https://one.example/  # check\n"
    )


def test_a_source_moves_between_flows_and_blocks_and_into_new_categories(file: Path) -> None:
    file.write_text(
        "categories:\n  a: {sources: [https://one.example/, {name: Two, url: 'https://two.example/?a,b'}]}\n"
        "  b:\n    sources:\n      - url: https://three.example/?x[1]=2,3\n        remove: [.a, .b]\n"
        "        every: 5m\n"
    )
    move(file, "Two", "b")
    move(file, "three.example", "a")
    move(file, "one.example", "new/one")
    text = file.read_text()
    assert yaml.safe_load(text)["categories"] == {
        "a": {"sources": [{"url": "https://three.example/?x[1]=2,3", "remove": [".a", ".b"], "every": "5m"}]},
        "b": {"sources": [{"name": "Two", "url": "https://two.example/?a,b"}]},
        "new/one": {"sources": ["https://one.example/"]},
    }


def test_a_renamed_category_keeps_its_address(file: Path) -> None:
    file.write_text(
        "categories:\n  技术:  # tech\n    title: T\n    sources: [https://a.example/]\n"
        "  技术/安全:\n    sources: [https://b.example/]\n"
    )
    before = {category.slug for category in draft(file).outline.categories.values()}
    renamed = draft(file)
    assert renamed.rename_category(("技术",), "Tech: all") == [("技术", "技术")]
    renamed.save()
    after = draft(file)
    assert {category.slug for category in after.outline.categories.values()} == before
    assert file.read_text() == (
        'categories:\n  "Tech: all":  # tech\n    slug: 技术\n    title: T\n    sources: [https://a.example/]\n'
        '  "Tech: all/安全":\n    sources: [https://b.example/]\n'
    )
    with pytest.raises(AggregatorError, match="there is a category"):
        after.rename_category(("Tech: all", "安全"), "Tech: all")


def test_a_source_gets_a_name_where_it_had_none(file: Path) -> None:
    file.write_text(
        "categories:\n  a:\n    sources:\n      - https://a.example/  # x\n      - url: https://b.example/\n"
        "        every: 5m\n      - {url: https://c.example/}\n      - name: 'D'  # d\n        url: https://d.example/\n"
    )
    for old, new in (("a.example", "A"), ("b.example", "B: b"), ("c.example", "C, c"), ("D", "D's")):
        named = draft(file)
        [found] = named.find(old)
        named.rename(found, new)
        named.save()
    assert [each.name for each in draft(file).sources()] == ["A", "B: b", "C, c", "D's"]
    assert "      - name: A\n        url: https://a.example/  # x\n" in file.read_text()
    assert "      - name: 'D''s'  # d\n" in file.read_text()


def test_what_others_use_by_an_anchor_is_not_taken_away(file: Path) -> None:
    before = (
        "categories:\n  a:\n    sources: &both\n      - &one {url: https://a.example/, headers: &h {A: b}}\n"
        "      - url: https://b.example/\n        headers: *h\n"
    )
    file.write_text(before)
    with pytest.raises((AggregatorError, ConfigError)):
        remove(file, "a.example")
    assert file.read_text() == before


def test_the_file_that_holds_the_category_is_edited(file: Path) -> None:
    other = file.with_name("more.yaml")
    file.write_text("include: more.yaml\ncategories:\n  a:\n    include: list.yaml\n    title: A\n")
    other.write_text("categories:\n  b:\n    sources:\n    - https://b.example/\n")
    file.with_name("list.yaml").write_text("# the list\n- https://a.example/\n")
    before = file.read_text()
    add(file, "b", "https://c.example/")
    add(file, "a", "https://d.example/", "D")
    move(file, "b.example", "a")
    assert file.read_text() == before
    assert other.read_text() == "categories:\n  b:\n    sources:\n    - https://c.example/\n"
    assert file.with_name("list.yaml").read_text() == (
        "# the list\n- https://a.example/\n- name: D\n  url: https://d.example/\n- https://b.example/\n"
    )


def test_a_file_that_somebody_changed_meanwhile_is_left_alone(file: Path) -> None:
    file.write_text("categories:\n  a:\n    sources: [https://a.example/]\n")
    late = draft(file)
    late.add("a", NewSource(url="https://b.example/"))
    late.results()
    file.write_text("categories:\n  a:\n    sources: [https://z.example/]\n")
    with pytest.raises(AggregatorError, match="meanwhile"):
        late.save()
    assert "z.example" in file.read_text()


def test_links_are_followed_and_the_mode_stays(file: Path) -> None:
    real = file.with_name("real.yaml")
    real.write_text("categories:\n  a:\n    sources: [https://a.example/]\n")
    real.chmod(0o640)
    file.symlink_to("real.yaml")
    add(file, "a", "https://b.example/")
    assert file.is_symlink()
    assert "b.example" in real.read_text()
    assert real.stat().st_mode & 0o777 == 0o640
    assert os.listdir(file.parent).sort() == ["config.yaml", "real.yaml"].sort()


@pytest.mark.parametrize(
    "before",
    [
        "",
        "# nothing yet\n",
        "{}\n",
        "categories:\n",
        "categories: {}\n",
        "categories: {}  # soon\nstorage: {database: a.db}\n",
        "publish:\n  limit: 5",
        "categories:\n  a:\n",
        "categories:\n  a: {}\n",
        "categories:\n  a:  # soon\n    title: A  # t\n\n# the end\n",
        "categories:\n  a:\n    sources:\n",
        "categories:\n  a:\n    sources: []\n    title: A\n",
        "categories: {a: {title: A}, b: {sources: []}}",
        "categories: {a: {sources: }}",
    ],
)
def test_the_first_source_finds_its_place(file: Path, before: str) -> None:
    file.write_text(before)
    add(file, "a", "https://a.example/", "A, of course")
    data = yaml.safe_load(file.read_text())
    assert data["categories"]["a"]["sources"] == [{"name": "A, of course", "url": "https://a.example/"}]
    for line in before.splitlines():
        if "#" in line:
            assert line.partition("#")[2] in file.read_text()


def test_a_name_takes_no_secret(file: Path) -> None:
    file.write_text("categories:\n  a:\n    sources: [https://a.example/]\n")
    add(file, "a", "https://b.example/", "${HOME}")
    assert draft(file).sources()[1].name == "${HOME}"
    assert "$${HOME}" in file.read_text()


# ---------------------------------------------------------------------------------------------- any file at all


NAMES = st.sampled_from(
    ["One", "新浪", "a b", "x: y", "it's", "# no", "yes", "12:30", "- dash", 'q"q', "日本語 版", "[b]"]
)
COMMENTS = st.sampled_from(["", "", "  # 注", " # a: b", "   #x"])


@st.composite
def configurations(draw: st.DrawFn) -> tuple[str, int]:
    """A file in somebody's style, and how many sources it has."""
    step = draw(st.sampled_from([1, 2, 3, 4]))
    dash = draw(st.sampled_from([0, 1, 2, 4]))
    gap = " " * draw(st.sampled_from([1, 1, 2, 3]))
    blank = draw(st.booleans())
    lines = draw(st.lists(st.sampled_from(["# head", "", "x-a: &a 1", "storage: {database: a.db}"]), unique=True))
    lines.append("categories:" + draw(COMMENTS))
    number = 0
    for at in range(draw(st.integers(1, 3))):
        key = draw(st.sampled_from([f"c{at}", f'"c{at}"', f"'c{at}'", f"类{at}", f"c{at}/子"]))
        flow = draw(st.booleans())
        pad = " " * step
        if draw(st.booleans()):
            lines.append(pad + "# about it")
        lines.append(f"{pad}{key}:{draw(COMMENTS)}")
        if draw(st.booleans()):
            lines += [f"{pad * 2}title: >-", f"{pad * 3}Folded", f"{pad * 3}# no comment"]
        items = []
        for _ in range(draw(st.integers(1, 4))):
            number += 1
            items.append((f"https://s{number}.example/f", draw(NAMES) + str(number)))
        if flow:
            inner = ", ".join(draw(st.sampled_from([url, f'"{url}"', f"{{url: {url}}}"])) for url, _ in items)
            lines.append(f"{pad * 2}sources: [{inner}{draw(st.sampled_from(['', ',', ' ,', ' ']))}]{draw(COMMENTS)}")
        else:
            lines.append(f"{pad * 2}sources:{draw(COMMENTS)}")
            left = pad * 2 + " " * dash
            for url, name in items:
                if blank:
                    lines.append("")
                lines += draw(st.sampled_from([[], [left + "# above"], [left + "# - https://off.example/"], ["# far"]]))
                quoted = yaml.safe_dump(
                    name, allow_unicode=True, default_style=draw(st.sampled_from(["'", '"']))
                ).strip()
                lines += draw(
                    st.sampled_from(
                        [
                            [f"{left}-{gap}{url}"],
                            [f"{left}-{gap}'{url}'  # at it"],
                            [f"{left}-{gap}name: {quoted}", f"{left} {gap}url: {url} # u"],
                            [f"{left}-{gap}url: {url}", f"{left} {gap}# within", f"{left} {gap}name: {quoted}"],
                            [f"{left}-{gap}{{url: {url}, name: {quoted}}}"],
                            [
                                f"{left}-{gap}url: {url}",
                                f"{left} {gap}remove:",
                                f"{left} {gap}- .a",
                                f"{left} {gap}  # deep",
                            ],
                        ]
                    )
                )
        lines += draw(st.sampled_from([[], [""], [pad + "# after"], ["", "# far after"]]))
    lines += draw(st.sampled_from([[], ["# end"], ["polling:", "  min: 10m"]]))
    eol = draw(st.sampled_from(["\n", "\r\n"]))
    return eol.join(lines) + draw(st.sampled_from(["", eol, eol * 2])), number


def meaning(file: Path) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(file.read_bytes().decode())
    for category in data["categories"].values():
        category["sources"] = [
            each if isinstance(each, dict) else {"url": each} for each in category.get("sources") or []
        ]
    return data


@given(made=configurations(), named=st.booleans(), data=st.data())
def test_what_is_added_and_removed_again_leaves_no_trace(
    made: tuple[str, int], named: bool, data: st.DataObject
) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder, "config.yaml")
        file.write_bytes(made[0].encode())
        expected = meaning(file)
        key = data.draw(st.sampled_from(list(expected["categories"])))
        name = data.draw(NAMES) if named else None
        add(file, key, "https://new.example/f?a=b", name)
        source = {"url": "https://new.example/f?a=b"} | ({"name": name} if name else {})
        expected["categories"][key]["sources"].append(source)
        assert meaning(file) == expected
        remove(file, "https://new.example/f?a=b")
        assert file.read_bytes() == made[0].encode()


@given(made=configurations(), data=st.data())
def test_every_edit_means_what_it_says_and_touches_no_other_line(made: tuple[str, int], data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder, "config.yaml")
        file.write_bytes(made[0].encode())
        expected = meaning(file)
        here = draft(file)
        source = data.draw(st.sampled_from(here.sources()))
        key, at = source.loc[1], source.loc[3]
        other = data.draw(st.sampled_from([each for each in expected["categories"] if each != key] + ["new one"]))
        here.move(source, other)
        here.save()
        moved = expected["categories"][key]["sources"].pop(at)
        expected["categories"].setdefault(other, {}).setdefault("sources", []).append(moved)
        assert meaning(file) == expected
        before = file.read_bytes()
        remove(file, source.url)
        expected["categories"][other]["sources"].pop()
        assert meaning(file) == expected
        gone, came = changed_lines(before, file.read_bytes())
        assert len(came) <= 1
        assert len(gone) <= 8


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{categories: {a: {}}}\n", '{categories: {a: {}}, polling: {"per_host": 3}}\n'),
        ("{}\n", '{polling: {"per_host": 3}}\n'),
        ("categories: {a: {}}\npolling:\n", 'categories: {a: {}}\npolling: {"per_host": 3}\n'),
        ("categories: {a: {}}\npolling: {}\n", "categories: {a: {}}\npolling: {per_host: 3}\n"),
        ("categories: {a: {}}\npolling: {max: 2d}\n", "categories: {a: {}}\npolling: {max: 2d, per_host: 3}\n"),
        ("categories: {a: {}}\npolling:\n  max: 2d\n", "categories: {a: {}}\npolling:\n  per_host: 3\n  max: 2d\n"),
        ("categories: {a: {}}\n", "categories: {a: {}}\npolling:\n  per_host: 3\n"),
    ],
)
def test_a_section_is_written_where_there_is_room_for_it(file: Path, before: str, after: str) -> None:
    file.write_text(before)
    more = draft(file)
    more.add_section("polling", {"per_host": 3})
    more.save()
    assert file.read_text() == after


@pytest.mark.parametrize(
    ("main", "more", "grows"),
    [
        ("categories:\n  a: {title: A}\n", "categories:\n  b: {title: B}\n", "config.yaml"),
        ("categories:\n", "categories:\n  b: {title: B}\n", "more.yaml"),
        ("categories:\n", "categories:\n", "config.yaml"),
    ],
)
def test_a_new_category_stands_with_others_and_else_in_the_file_itself(
    file: Path, main: str, more: str, grows: str
) -> None:
    file.write_text(f"include: more.yaml\n{main}")
    file.with_name("more.yaml").write_text(more)
    add(file, "new", "https://new.example/")
    assert [name for name in ("config.yaml", "more.yaml") if "new:" in file.with_name(name).read_text()] == [grows]
