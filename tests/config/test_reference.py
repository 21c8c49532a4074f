"""docs/configuration.md is written from the settings, and is never stale."""

from pathlib import Path

import yaml

from aggregator.config import settings
from aggregator.config.reference import render_reference

ROOT = Path(__file__).parents[2]


def test_the_page_is_what_the_settings_say() -> None:
    page = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
    assert page == render_reference(), "run: python -m aggregator.config.reference > docs/configuration.md"


def test_every_field_has_a_description() -> None:
    for model in (settings.Root, settings.Publish, settings.Server, settings.Storage, settings.Polling):
        assert all(field.description for field in model.model_fields.values())
    for model in (settings.Category, settings.Source):
        assert all(field.description for field in model.model_fields.values())


def test_the_full_example_uses_every_key() -> None:
    full = yaml.safe_load((ROOT / "examples/full.yaml").read_text(encoding="utf-8"))
    for name in ("publish", "server", "storage", "polling"):
        assert set(full[name]) == set(settings.Root.model_fields[name].default.__class__.model_fields)
    assert set(full["defaults"]) <= set(settings.Defaults.model_fields)
    assert set(full) == set(settings.Root.model_fields)
    categories = full["categories"].values()
    assert {key for category in categories for key in category} == set(settings.Category.model_fields)
    sources = [source for category in categories for source in category["sources"] if isinstance(source, dict)]
    assert {key for source in sources for key in source} == set(settings.Source.model_fields)


def test_the_shipped_file_states_the_defaults() -> None:
    shipped = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    categories = shipped.pop("categories")
    assert settings.Root.model_validate(shipped) == settings.Root()
    assert set(shipped) | {"categories"} == set(settings.Root.model_fields)
    assert (shipped.pop("include"), shipped.pop("defaults"), shipped.pop("rules")) == ([], {}, [])
    assert shipped.pop("corrections") == "corrections.yaml"
    for name, section in shipped.items():
        assert set(section) == set(settings.Root.model_fields[name].default.__class__.model_fields)
    assert len(categories) >= 4
