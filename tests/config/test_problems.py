"""Every mistake has its place and its message: what is wrong, and what to write instead."""

import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aggregator.cli.problems import in_full
from aggregator.config import load
from aggregator.config import settings as model
from aggregator.model.errors import ConfigError, Problem

FOLLOWED = "categories: {a: {sources: [https://a.example/]}}\n"


def broken_files() -> list[tuple[str, list[str]]]:
    """Text and messages of each file in broken.txt."""
    blocks = (Path(__file__).parent / "broken.txt").read_text(encoding="utf-8").split("====\n")[1:]
    halves = (block.partition("---->\n") for block in blocks)
    return [(text.replace("FOLLOWED\n", FOLLOWED), expected.splitlines()) for text, _, expected in halves]


BROKEN = broken_files()


def problems(path: Path, **environ: str) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        load(path, environ)
    return [str(problem).removeprefix(f"{path}:") for problem in raised.value.problems]


@pytest.mark.parametrize(("text", "expected"), BROKEN, ids=[repr(text)[:50] for text, _ in BROKEN])
def test_a_broken_file_says_what_to_write_instead(tmp_path: Path, text: str, expected: list[str]) -> None:
    path = tmp_path / "config.yaml"
    path.write_bytes(text.encode())
    with pytest.raises(ConfigError) as raised:
        load(path, {})
    shown = "\n".join(in_full(problem).removeprefix(f"{path}:") for problem in raised.value.problems)
    assert without_keys(shown.replace(f"{tmp_path}/", "")).splitlines() == expected


def without_keys(shown: str) -> str:
    """With the list of all keys as KEYS: it grows with each setting."""
    return re.sub(r"the keys are \w+(, \w+)* and \w+", "the keys are KEYS", shown)


def test_an_unknown_key_like_no_other_is_told_all_that_there_are(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(f"{FOLLOWED}publish: {{qqqq: 1}}\n")
    *most, last = model.Publish.model_fields
    assert problems(path) == [f"2:11: qqqq: is not a key here; the keys are {', '.join(most)} and {last}"]


def test_there_are_many_of_them() -> None:
    assert len(BROKEN) >= 300


def test_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.touch()
    assert problems(path) == ['1:1: the file is empty; write "categories:" and below it what you want to follow']


def test_a_control_character(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("categories:\n  金\0融: {}\n", encoding="utf-8")
    assert problems(path) == ["2:4: a control character (U+0000) is not allowed here; remove it"]


def test_a_name_that_no_file_can_have(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(f"categories: {{{'金' * 67}: {{sources: [https://a.example/]}}}}", encoding="utf-8")
    [problem] = problems(path)
    assert problem.endswith("is too long for a file name; write at most 200 bytes (66 Chinese characters)")


def test_a_problem_names_the_file_as_the_user_did(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my.yaml").write_text("- a\n")
    with pytest.raises(ConfigError, match=r"^my\.yaml:1:1: the file must hold keys") as raised:
        load(Path("my.yaml"), {})
    assert isinstance(raised.value.problems[0], Problem)


def test_a_missing_file(tmp_path: Path) -> None:
    assert problems(tmp_path / "no.yaml") == [
        "1:1: there is no such file; `aggregator init` makes one, --config names another"
    ]


def test_a_folder(tmp_path: Path) -> None:
    assert problems(tmp_path) == ["1:1: the file cannot be read: Is a directory"]


def test_a_file_that_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_bytes("categories:\n  金融:".encode() + "金融".encode("gb18030"))
    assert problems(path) == ["2:6: the file is not UTF-8 from here on; save it as UTF-8"]


@pytest.mark.parametrize(
    ("encoding", "named"),
    [("utf-16", "UTF-16"), ("utf-16-le", "UTF-16"), ("utf-16-be", "UTF-16"), ("utf-32", "UTF-32")],
)
def test_a_file_as_windows_may_save_it_is_told_its_encoding(tmp_path: Path, encoding: str, named: str) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(FOLLOWED, encoding=encoding)
    assert problems(path) == [f"1:1: the file is in {named}; save it as UTF-8"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_neither_a_byte_order_mark_nor_the_ends_of_lines_move_a_place(tmp_path: Path, mark: str, end: str) -> None:
    path = tmp_path / "config.yaml"
    lines = ("categories:", "  金融: {sources: [https://a.example/], evrey: 1h}", "")
    path.write_bytes((mark + end.join(lines)).encode())
    assert problems(path) == ["2:39: evrey: is not a key here; did you mean every?"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("categories:\u00a0{a: {}}\n", "1:12: a space that is none to YAML (U+00A0) stands here; write a plain one"),
        (
            "categories:\n\u3000a:\n    sources: [https://a.example/]\n",
            "2:1: a: a space that is none to YAML (U+3000) stands beside it; write a plain one",
        ),
        (
            "categories: {a: {sources: [https://a.example/\u200b]}}\n",
            "1:28: url: `https://a.example/\u200b` is not a URL; write it without the character U+200B, "
            "which cannot be seen",
        ),
    ],
)
def test_what_cannot_be_seen_is_named_by_its_number(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(text, encoding="utf-8")
    assert problems(path) == [expected]


@pytest.mark.parametrize("text", ["<<<<<<< HEAD\nA\n=======\nA\n>>>>>>> other\n", "a: 1\n=======\nb: 1\n"])
def test_a_conflict_that_git_left_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(text.replace("A\n", FOLLOWED))
    [problem] = problems(path)
    assert "git left a conflict here" in problem


def test_a_file_that_is_too_big(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_bytes(b"#" * 10_000_001)
    assert problems(path) == ["1:1: the file is too big; 10MB is the most"]


def test_aliases_cannot_make_a_small_file_big(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    path.write_text("\n".join(lines))
    [problem] = problems(path)
    assert problem.endswith("the aliases (*name) of this file make it too big; write out what they stand for")


def test_aliases_cannot_make_it_deep(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 400)))
    [problem] = problems(path)
    assert "the aliases (*name) of this file" in problem


@pytest.mark.parametrize("text", ["[" * 200_000, "- " * 200_000, "{a: " * 100_000, "? " * 100_000])
def test_no_depth_of_nesting_breaks_it(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(text)
    [problem] = problems(path)
    assert problem.endswith("this is nested too deeply; no setting is more than 8 levels deep")


def test_a_secret_is_never_shown(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(
        "polling: {contact: '${S}', every: '${S}', concurrency: '${S}'}\n"
        "publish: {base_url: '${S}', formats: ['${S}']}\n"
        "categories: {a: {time_zone: '${S}', sources: ['${S}', {url: 'https://x/${S}', headers: {A: '${S}'}}]}}\n"
    )
    found = problems(path, S="geheim\x07")
    assert len(found) == 9
    assert not [message for message in found if "geheim" in message]
    assert found[0].startswith("1:20: contact: `${S}` is not one line of text")


VOCABULARY = """
categories sources url name publish polling every timeout headers slug rules min limit formats listen server storage
keep remove << full_text time_zone max_size https://a.example/ https://b.example:99999/ 15m 12:30 no auto ~ 1.5 金融
2024-01-01 *a !!int ${X} ${ { } [ ] " ' # --- a/b / 99999999999999999999 \ufeff
"""
SIGNS = ["&a ", "!x ", "- ", ": ", ", ", "? ", "|\n", "\n", "\n  ", "\n    ", "\t", "%YAML 1.1\n", "\u2028"]


def loads_or_explains(path: Path) -> None:
    try:
        load(path, {"Y": "y"})
    except ConfigError as error:
        check_problems(error.problems)


def check_problems(found: tuple[Problem, ...]) -> None:
    assert found
    assert list(found) == sorted(found, key=lambda problem: (problem.line, problem.column))
    for problem in found:
        assert min(problem.line, problem.column) >= 1
        assert re.fullmatch(r"[^\n]+", problem.message)


@given(st.lists(st.sampled_from(VOCABULARY.split() + SIGNS), max_size=40).map("".join) | st.text())
@example('"\\U00110000"')
@example('? "\\ud800"')
@settings(max_examples=300, deadline=None)
def test_no_text_raises_anything_else(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    loads_or_explains(path)


SCALARS = st.sampled_from(["no", "~", "3", "1.5", "2024-01-01", "15m", "auto", '""', "https://a.example/", "a/b", "[]"])
KEYS = st.sampled_from(["name", "url", "slug", "every", "headers", "remove", "sources", "title", "a/b", "x"])
TREES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(KEYS, inner, max_size=4).map(
            lambda items: "{" + ", ".join(f"{key}: {value}" for key, value in items.items()) + "}"
        )
    ),
    max_leaves=12,
)


PLACES = st.sampled_from(["", "categories: ", "categories:\n  a: ", "categories:\n  a:\n    sources: ", "polling: "])


@given(TREES, PLACES)
@settings(max_examples=300, deadline=None)
def test_no_tree_of_values_raises_anything_else(
    tmp_path_factory: pytest.TempPathFactory, tree: str, place: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "tree.yaml"
    path.write_text(place + tree, encoding="utf-8")
    loads_or_explains(path)
