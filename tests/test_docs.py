"""What the docs say is so: every example loads, every command exists, every link leads somewhere."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from aggregator.cli import main
from aggregator.config import load

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
CONFIGURATIONS = [
    (page.relative_to(ROOT).as_posix(), block)
    for page in PAGES
    if page.name != "design.md"  # shows what is to come as well
    for block in re.findall(r"^ *```yaml\n(.*?)^ *```$", page.read_text(), re.DOTALL | re.MULTILINE)
]
SECRETS = {"FEED_TOKEN": "for the example"}
BESIDE = {  # files that the examples name
    "token": "for the example",
    "more.yaml": "publish: {limit: 50}",
    "feeds/a.yaml": "categories: {a: {sources: [https://a.example/]}}",
    "lists/technology.yaml": "- https://b.example/",
}


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize(("page", "block"), CONFIGURATIONS)
def test_every_configuration_in_the_docs_loads(page: str, block: str, tmp_path: Path) -> None:
    settings = yaml.safe_load(block)
    settings.setdefault("categories", {"any": {"sources": ["https://example.org/feed"]}})
    file = tmp_path / "config.yaml"
    file.write_text(yaml.safe_dump(settings, allow_unicode=True))
    for name, content in BESIDE.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    assert load(file, SECRETS | {"CREDENTIALS_DIRECTORY": str(tmp_path)}).sources


@pytest.mark.parametrize("file", ["config.yaml", "examples/full.yaml"])
def test_every_configuration_that_we_ship_loads(file: str) -> None:
    assert load(ROOT / file, SECRETS).sources


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)|src=\"([^\":]+)\"", page.read_text())
    broken = [link for pair in links for link in pair if link and not (page.parent / link).exists()]
    assert broken == []


def test_every_command_of_the_readme_exists() -> None:
    table = re.findall(r"^\| `(.*?)` \|", (ROOT / "README.md").read_text(), re.MULTILINE)
    named_commands = {words.split()[1] for words in table if words.startswith("aggregator")}
    assert named_commands == set(main.commands)


def test_the_makefile_has_the_two_commands_and_the_demo() -> None:
    for target in ("run", "test", "demo", "check"):
        dry = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=False)
        assert dry.returncode == 0, dry.stderr


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-test.lock"])
def test_the_locks_carry_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "://" not in text
    assert "index" not in text
    packages = re.findall(r"^[a-zA-Z0-9._-]+==.*?(?=^[a-zA-Z0-9]|\Z)", text, re.DOTALL | re.MULTILINE)
    assert packages
    assert all("--hash=sha256:" in package for package in packages)


def test_the_lock_covers_every_dependency() -> None:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    locked = (ROOT / "requirements.lock").read_text().lower()
    names = [re.split(r"[<>=;\s\[]", want)[0].lower().replace(".", "-") for want in wanted]
    assert [name for name in names if f"\n{name}==" not in f"\n{locked}"] == []
