"""Secrets from the environment, from files and from systemd; none is ever said."""

from __future__ import annotations

from pathlib import Path

import pytest

from aggregator.config import load
from aggregator.model.errors import ConfigError
from aggregator.model.source import mask

TEXT = """
categories:
  a:
    headers: {Authorization: "Bearer ${file:secrets/token}"}
    sources:
      - https://h.example/feed?key=${credential:key}&lang=${LANG:-en}
"""


def write(folder: Path, text: str) -> Path:
    (folder / "secrets").mkdir()
    (folder / "secrets/token").write_text("s3cret-token\n")
    (folder / "run").mkdir()
    (folder / "run/key").write_text("s3cret-key\r\n")
    file = folder / "config.yaml"
    file.write_text(text)
    return file


def test_they_come_from_files_and_credentials_without_the_line_break(tmp_path: Path) -> None:
    found = load(write(tmp_path, TEXT), {"CREDENTIALS_DIRECTORY": str(tmp_path / "run")})
    [source] = found.sources
    assert source.url == "https://h.example/feed?key=s3cret-key&lang=en"
    assert source.headers == (("Authorization", "Bearer s3cret-token"),)
    assert source.public_url == "https://h.example/feed?key=${key}&lang=${LANG}"
    assert mask("s3cret-key, s3cret-token", source.secrets) == "${key}, ${token}"
    assert {tmp_path / "secrets/token", tmp_path / "run/key"} <= set(found.files), "a new secret is noticed"


def test_a_variable_that_is_set_wins_over_what_is_written_for_otherwise(tmp_path: Path) -> None:
    text = "categories: {a: {title: '${T:-other: wise}', sources: [https://a.example/]}}"
    file = write(tmp_path, text)
    titles = [load(file, environ).categories[0].title for environ in ({"T": "this"}, {"T": ""}, {})]
    assert titles == ["this", "other: wise", "other: wise"]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("${file:none}", "${file:none}: FOLDER/none cannot be read: No such file or directory; make it readable, or "
         "name another"),
        ("${file:secrets}", "${file:secrets}: FOLDER/secrets cannot be read: Is a directory; make it readable, or name "
         "another"),
        ("${file:empty}", "${file:empty}: FOLDER/empty is empty; write the secret into it as one line"),
        ("${file:binary}", "${file:binary}: FOLDER/binary is not text; write the secret into it as one line"),
        ("${credential:key}", "${credential:key}: the environment has no CREDENTIALS_DIRECTORY; systemd sets it where "
         "the unit has LoadCredential=key:/path"),
        ("${credential:../x}", "`${credential:../x}` must be ${NAME}, ${file:path} or ${credential:name}; "
            "for the characters themselves write $${",
        ),
        ("${NO}", "the environment has no NO; set it, or write the value here instead of ${NO}"),
    ],
)  # fmt: skip
def test_what_cannot_be_filled_in_is_told(tmp_path: Path, written: str, message: str) -> None:
    file = write(tmp_path, f"categories: {{a: {{title: '{written}', sources: [https://a.example/]}}}}")
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError) as raised:
        load(file, {})
    [problem] = raised.value.problems
    assert problem.message == message.replace("FOLDER", str(tmp_path))


def test_no_problem_says_one_wherever_it_was_filled_in(tmp_path: Path) -> None:
    keys = ("slug", "title", "language", "every", "remove", "clean", "time_zone", "proxy", "timeout", "user_agent")
    lines = [f"    {key}: '${{file:secrets/token}}/${{S}}'" for key in keys]
    text = "\n".join(["categories:", "  a:", *lines, "    sources:", "      - {url: '${S}', name: '${S}'}"])
    text += "\npolling: {allow_private: ['${N}'], contact: '${S}'}\n"
    with pytest.raises(ConfigError) as raised:
        load(write(tmp_path, text), {"S": "gehe\tim/..", "N": "10.99.88.77/8"})
    for problem in raised.value.problems:
        for secret in ("s3cret", "gehe", "10.99.88"):
            assert secret not in f"{problem} {problem.excerpt} {problem.suggestion} {problem.path}"
