"""The JSON Schema of config.yaml, made from the settings: editors complete, explain and check with it.

It cannot know all that `load` knows: what must differ, what an environment holds, which selectors and time zones there
are. What it refuses, `load` refuses too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from aggregator.config import settings
from aggregator.config.reference import written
from aggregator.config.rules import rule_schemas

ADDRESS = "https://json-schema.org/draft/2020-12/schema"
_MODELS: tuple[type[settings.Settings], ...] = (
    settings.Root,
    settings.Publish,
    settings.Server,
    settings.Storage,
    settings.Polling,
    settings.Defaults,
    settings.Category,
    settings.Source,
    settings.Access,
)
_FILLED_IN = r"\$\{"  # a text with ${NAME} is checked when it is filled in

Schema = dict[str, Any]


def make_schema() -> Schema:
    """The schema of the whole file."""
    schema = settings.Root.model_json_schema()
    definitions = schema["$defs"]
    for model in _MODELS:
        _describe(model, schema if model is settings.Root else definitions[model.__name__])
    for found in (schema, *(definitions[name] for name in ("Defaults", "Category", "Source"))):
        found["properties"]["rules"]["items"] = {"$ref": "#/$defs/Rule"}
        _allow_none_of(found["properties"], "rules")
    definitions |= rule_schemas()
    definitions["Source"] = _or_url(definitions["Source"])
    definitions["Access"] = _or_public(definitions["Access"])
    _allow_nothing(schema["properties"])
    _allow_nothing(definitions["Category"]["properties"])
    _each(schema, _fill_in)
    schema["properties"]["categories"]["anyOf"][0]["additionalProperties"] = _or_nothing({"$ref": "#/$defs/Category"})
    schema["patternProperties"] = {"^x-": {"description": "A place for anchors (&name); nothing else looks at it."}}
    return {"$schema": ADDRESS, **schema, "title": "The configuration of aggregator"}


def render_schema() -> str:
    """As it is printed, and committed as docs/config.schema.json."""
    return json.dumps(make_schema(), ensure_ascii=False, indent=2) + "\n"


def _describe(model: type[BaseModel], schema: Schema) -> None:
    """Defaults as one writes them, and what people read when they point at a key."""
    schema.pop("title", None)
    schema["description"] = " ".join((model.__doc__ or "").split())
    for name, field in model.model_fields.items():
        found = schema["properties"][name]
        found.pop("title", None)
        found.pop("default", None)
        if examples := [each for option in found.get("anyOf", ()) for each in option.get("examples", ())]:
            found["examples"] = examples  # editors look here, and not behind a choice
        if not field.is_required() and field.default is not None:
            found["default"] = _default(name, field)


def _default(name: str, field: FieldInfo) -> object:
    if isinstance(field.default, BaseModel):
        return {}
    if isinstance(field.default, str | bool | int | float | list | dict) and name != "max_size":
        return field.default
    return written(name, field.default)


def _or_url(source: Schema) -> Schema:
    """A source is a mapping, or its URL alone."""
    description = source.pop("description")
    return {"description": description, "anyOf": [source["properties"]["url"], source]}


def _or_public(access: Schema) -> Schema:
    """A mapping, or one word."""
    description = access.pop("description")
    return {"description": description, "anyOf": [{"const": "public"}, access]}


def _allow_nothing(properties: Schema) -> None:
    """A section with every line commented out is null to YAML, and means: all defaults."""
    for name, found in list(properties.items()):
        if "$ref" in found or found.get("type") in ("array", "object"):
            _allow_none_of(properties, name)
        if name == "include":
            properties[name]["anyOf"].append({"type": "string"})


def _allow_none_of(properties: dict[str, Schema], name: str) -> None:
    found = properties[name]
    kept = {key: found.pop(key) for key in ("description", "default") if key in found}
    properties[name] = _or_nothing(dict(found)) | kept


def _or_nothing(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _each(schema: Any, change: Callable[[Schema], None]) -> None:
    for found in list(_nested(schema)):
        change(found)


def _nested(schema: Any) -> Iterator[Schema]:
    if isinstance(schema, dict):
        yield schema
    for inner in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from _nested(inner)


def _fill_in(schema: Schema) -> None:
    if schema.get("pattern") == "":
        del schema["pattern"]
    elif isinstance(pattern := schema.get("pattern"), str) and _FILLED_IN not in pattern:
        schema["pattern"] = f"{pattern}|{_FILLED_IN}"
    if "off" in schema.get("enum", ()):
        schema["enum"] = [*schema["enum"], False]  # which is what YAML 1.1 takes a bare off for
        schema.pop("type", None)
    if schema.get("type") in ("integer", "number", "boolean"):
        schema |= {"type": [schema["type"], "string"], "pattern": _FILLED_IN}
    elif "enum" in schema or schema.get("const") == "public":
        listed = {key: schema.pop(key) for key in ("enum", "const", "type") if key in schema}
        schema["anyOf"] = [listed, {"type": "string", "pattern": _FILLED_IN}]
