"""corrections.yaml: read strictly, written without touching what people wrote."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.config import load
from aggregator.config.corrections import read_corrections, write_correction, written
from aggregator.model.article import StoryId
from aggregator.model.errors import AggregatorError, ConfigError
from aggregator.model.story import Correction

ONE, TWO, THREE = (StoryId(UUID(int=number).urn) for number in (1, 2, 3))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "corrections.yaml"


def test_no_file_and_an_empty_one_hold_none(file: Path) -> None:
    assert read_corrections(file) == ()
    file.write_text("# nothing yet\n")
    assert read_corrections(file) == ()


def test_a_file_by_hand_is_read_in_its_order(file: Path) -> None:
    file.write_text(
        f"- merge: [{ONE}, {TWO.upper()}]\n- note: {TWO} is a rumour\n  split:\n    - {TWO}\n    - {THREE}\n"
    )
    assert read_corrections(file) == (
        Correction(verb="merge", stories=(ONE, TWO)),
        Correction(verb="split", stories=(TWO, THREE), note=f"{TWO} is a rumour"),
    )


@pytest.mark.parametrize(
    ("text", "complaints"),
    [
        ("merge: x", ['1:1: the file must hold a list; write "- " before each item']),
        ("- x", ["1:3: a correction is"]),
        (f"- merg: [{ONE}, {TWO}]", ["1:3: merg: is not a key here; did you mean merge?"]),
        ("- note: x", ["1:3: says neither merge: nor split:"]),
        (f"- merge: [{ONE}]", ["1:10: merge: takes two ids or more"]),
        ("- merge: x", ["1:10: merge: must be a list of two ids or more"]),
        (f"- merge: [{ONE}, {ONE}]", [f"1:58: merge: {ONE} stands here twice"]),
        (f"- split: [{ONE}, 12]", ["1:58: split: this is no published id"]),
        (f"- split: [{ONE}, https://a.example/]", ["1:58: split: `https://a.example/` is no published id"]),
        (f"- merge: [{ONE}, {TWO}]\n  split: [{ONE}, {TWO}]", ["2:3: split: cannot stand beside merge:"]),
        ("- x\n- y", ["1:3: a correction is", "2:3: a correction is"]),
    ],
)
def test_each_mistake_is_named_with_its_place(file: Path, text: str, complaints: list[str]) -> None:
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        read_corrections(file)
    said = [str(problem) for problem in caught.value.problems]
    assert len(said) == len(complaints)
    for line, complaint in zip(said, complaints, strict=True):
        assert line.startswith(f"{file}:{complaint}")


def test_the_configuration_names_the_file_and_tells_of_its_mistakes_with_its_own(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("corrections: people.yaml\ncategories: {news: {sources: [https://a.example/]}}\n")
    (tmp_path / "people.yaml").write_text(f"- merge: [{ONE}, {TWO}]\n")
    found = load(config, {})
    assert found.corrections_file == tmp_path / "people.yaml"
    assert found.corrections == (Correction(verb="merge", stories=(ONE, TWO)),)
    config.write_text("corrections: people.yaml\ncategories: {news: {sources: [ftp://a.example/]}}\n")
    (tmp_path / "people.yaml").write_text("- oops\n")
    with pytest.raises(ConfigError) as caught:
        load(config, {})
    assert [problem.file.name for problem in caught.value.problems] == ["config.yaml", "people.yaml"]


def test_writing_keeps_what_people_wrote(file: Path) -> None:
    first, second = Correction(verb="merge", stories=(ONE, TWO)), Correction(verb="split", stories=(TWO, THREE))
    file.write_text(f"# mine\n{written(first)}# because\n- split: [{TWO},\n    {THREE}] # two lines\n\n# end\n")
    new = Correction(verb="merge", stories=(TWO, THREE), note='Said "so"\\ by ${NAME}\x07')
    write_correction(file, new, [first])
    text = file.read_text()
    assert text.startswith(f"# mine\n{written(first)}# because\n\n# end\n- merge:")
    assert second not in read_corrections(file)
    assert read_corrections(file)[1].note == 'Said "so"\\ by ${NAME} '
    assert sorted(path.name for path in file.parent.iterdir()) == ["corrections.yaml"]


def test_a_file_that_cannot_be_edited_stays_as_it_is(file: Path) -> None:
    text = f"[{{merge: [{ONE}, {TWO}]}}, {{split: [{TWO}, {THREE}]}}]\n"
    file.write_text(text)
    for kept in (read_corrections(file), read_corrections(file)[1:]):
        with pytest.raises(AggregatorError, match="one correction"):
            write_correction(file, Correction(verb="merge", stories=(ONE, THREE)), kept)
    assert file.read_text() == text
    assert sorted(path.name for path in file.parent.iterdir()) == ["corrections.yaml"]


@given(note=st.text())
def test_any_note_is_read_as_it_was_written(note: str) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "corrections.yaml"
        correction = Correction(verb="split", stories=(ONE, TWO), note=note)
        write_correction(file, correction, ())
        [found] = read_corrections(file)
        assert found.stories == correction.stories
        assert found.note == "".join(each if each.isprintable() else " " for each in note)
