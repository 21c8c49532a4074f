"""What pydantic complains about, said to a person: the key, what is wrong with it, and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from aggregator.config import settings
from aggregator.config.document import Document, Misread
from aggregator.config.include import Loc
from aggregator.config.meant import guess
from aggregator.config.nodes import kind_of
from aggregator.config.renamed import name_elsewhere
from aggregator.config.units import read_duration, write_duration, write_size
from aggregator.config.values import read_listen
from aggregator.model.errors import Problem

_SECTIONS: dict[str, type[settings.Settings]] = {
    "publish": settings.Publish,
    "server": settings.Server,
    "storage": settings.Storage,
    "polling": settings.Polling,
    "defaults": settings.Defaults,
}
_SPELT = {"bool": "{value}", "int": "the number {value}", "float": "a number", "timestamp": "a date"}
_FIRST_KEYS = {"server": "listen", "polling": "every", "storage": "database", "publish": "folder"}
_GLUED = re.compile(r"(?!https?:|file:|exec:)([a-z_]+):(\S.*)")  # key:value
_LIKE = 0.7  # how like a key must be to be meant: titel is not site
_BULLETS = "-*•·－—–− \t\u3000\xa0"  # what stands before an item where "- " belongs
_FOR_EVER = frozenset(("never", "forever", "for ever", "always", "infinite", "infinity", "unlimited", "永远", "永久"))
_LONGEST = 60  # characters of a value that are worth repeating


def explain(document: Document, errors: ValidationError) -> Iterable[Problem]:
    """Each complaint as a problem with its place in the file."""
    complaints = errors.errors(include_url=False)
    unknown = [each["loc"] for each in complaints if each["type"] == "extra_forbidden"]
    called = {_called(loc) for loc in unknown} | {
        (*loc[:-1], "url") for loc in unknown if _address_in(document, loc) is not None
    }
    told = [each for each in complaints if each["type"] != "missing" or each["loc"] not in called]
    return [_explain(document, each) for each in told if not document.unfilled & {each["loc"], each["loc"][:-1]}]


def _address_in(document: Document, loc: Loc) -> str | None:
    """What to write for a source whose address stands where a key belongs, or below a key that is none."""
    if len(loc) != 5 or loc[2] != "sources":
        return None
    key, value = str(loc[-1]), document.node(loc)
    said = str(value.value) if isinstance(value, ScalarNode) else ""
    if match := re.fullmatch(r"(https?://\S+?):?(?:\s+([a-z_]+))?", key):
        more = f' and, on a line of its own, "{match[2]}: {_short(said)}"' if match[2] else ""
        more = more or (f' and, on a line of its own, "name: {_short(said)}"' if said else "")
        return f'write "url: {match[1]}"{more}'
    if said.startswith(("http://", "https://")) and key not in settings.Source.model_fields:
        return f'write "url: {_short(said)}" and, on a line of its own, "name: {key}"'
    return None


def _called(loc: Loc) -> Loc:
    """The key that was meant by one that is unknown."""
    return (*loc[:-1], name_elsewhere(str(loc[-1]), list(_model_at(loc[:-1]).model_fields)) or "")


def _explain(document: Document, error: ErrorDetails) -> Problem:
    loc, context = error["loc"], error.get("ctx", {})
    if loc and loc[-1] == "[key]":  # pydantic's word for the key itself
        loc = loc[:-1]
    if at := context.get("at"):
        loc = (*loc, at)
    if error["type"] == "extra_forbidden":
        message, meant = _explain_unknown_key(document, loc)
        return document.problem_at(loc, message, key=True, suggestion=meant)
    if error["type"] == "missing":
        return document.problem_at(loc, f'{loc[-1]}: is missing; write "{loc[-1]}: https://…" here')
    if error["type"] in ("greater_than_equal", "less_than_equal"):
        return document.problem_at(loc, f"{loc[-1]}: {_shown(document.node(loc))} {_explain_limit(error['type'], loc)}")
    if error["type"] == "wrong_key":
        message = f"{_label(loc[:-1])}: `{loc[-1]}` is {context['what']}; write {context['write']}"
        return document.problem_at(loc, message, key=True)
    node = document.node(loc)
    label = _label(loc)
    if "access" in (loc[-1], *loc[-3:-1]) and label != "open" and isinstance(node, ScalarNode):
        return document.problem_at(loc, f"{label}: the secret {_explain_secret(error['type'], context)}")
    if isinstance(loc[-1], int) and label == "sources" and error["type"] == "model_type":
        return document.problem_at(loc, f"sources: {_explain_no_source(node)}")
    message = _explain_value(error["type"], context, node, label, error["input"])
    meant = _meant(error["type"], context, node, error["input"], loc)
    return document.problem_at(loc, f"{label}: {message}", suggestion=meant)


def _explain_secret(kind: str, context: Mapping[str, Any]) -> str:
    """Without saying it."""
    match kind:
        case "wrong":
            return f"is {context['what']}; write {context['write']}"
        case "string_type":
            return "is not a text to YAML; write it in quotes"
        case "dict_type":
            return "has no name; write a name, a colon and the secret below it, indented"
    return "stands where a mapping belongs; write tokens: or users: below it, or the word public"


def _label(loc: Loc) -> str:
    return next((part for part in reversed(loc) if isinstance(part, str)), "")


def _explain_value(kind: str, context: Mapping[str, Any], node: Node, label: str, value: object) -> str:
    match kind:
        case "string_type" | "wrong" if label == "hub" and (meant := _hub_meant(node)):
            write = "own, for a hub of this program's own, the address of another, or null for none"
            return f"{_shown(node)} is not a hub; did you mean {meant}? Write {write}"
        case "string_type" | "bool_type" | "int_type" | "list_type" | "dict_type" | "model_type":
            return _explain_type(kind, node, value, label)
        case "literal_error":
            return _explain_literal(context, node, value)
        case "too_short":
            return "the list is empty; write at least one item, or remove the line"
        case "choice":
            return _explain_choice(context, node, str(value))
        case "wrong" if label == "url" and isinstance(node, ScalarNode) and (glued := _GLUED.fullmatch(node.value)):
            if glued[1] in settings.Source.model_fields:
                return f'a space is missing after the colon; write "{glued[1]}: {_short(glued[2])}"'
            return _explain_wrong(context, node, value)
        case "wrong" if label == "url" and re.search(r"https?://.*\s.*https?://", str(value)):
            return 'two addresses stand here; begin a new line with "- " before the second'
        case "wrong" if label == "keep" and str(value).casefold() in _FOR_EVER:
            return f"{_shown(node)} is not a duration; write null, which keeps articles for ever"
        case "wrong":
            return _explain_wrong(context, node, value)
    return f"{_shown(node)} does not fit here"


def _hub_meant(node: Node) -> str | None:
    """What a switch says of the hub, which is none."""
    switch = guess("not a switch", node.value) if isinstance(node, ScalarNode) else None
    return {"true": "own", "false": "null", None: None}[switch]


def _explain_wrong(context: Mapping[str, Any], node: Node, value: object) -> str:
    meant = _guessed(context["what"], node)
    write = f"did you mean {meant}? Write" if meant else "write"
    return f"{_shown(node)} is {context['what']}{_trap(node, value)}; {write} {context['write']}"


def _guessed(what: str, node: Node) -> str | None:
    """What was meant by a value; of a secret nothing is said."""
    return guess(what, node.value) if isinstance(node, ScalarNode) and "${" not in node.value else None


def _explain_choice(context: Mapping[str, Any], node: Node, value: str) -> str:
    near = _near_zone(value)
    write = f"{near}?" if near else context["write"]
    return f"{_shown(node)} is {context['what']}; {'did you mean' if near else 'write'} {write}"


def _explain_literal(context: Mapping[str, Any], node: Node, value: object) -> str:
    near = _near_literal(context, value)
    hint = f"did you mean {near}? It is one of" if near else "write"
    return f"{_shown(node)} is unknown; {hint} {str(context['expected']).replace(chr(39), '')}"


def _meant(kind: str, context: Mapping[str, Any], node: Node, value: object, loc: Loc) -> str | None:
    """The text to write in place of the value, where it can be told."""
    match kind:
        case "wrong" if loc[-1] == "keep" and str(value).casefold() in _FOR_EVER:
            return "null"
        case "wrong":
            return _guessed(context["what"], node)
        case "bool_type":
            return _guessed("not a switch", node)
        case "choice":
            return _near_zone(str(value))
        case "literal_error":
            return _near_literal(context, value)
        case "string_type" if isinstance(node, ScalarNode) and node.value:
            return f'"{node.value}"'
    return None


def _near_zone(value: str) -> str | None:
    if meant := guess("not a time zone", value):
        return meant
    if re.fullmatch(r"[A-Z]{2,4}|.*[+-]?[0-9]+(:[0-9]+)?", value):
        return None  # an abbreviation, or an offset: what looks like it is another one
    city = value.strip().replace(" ", "_").casefold()
    if there := sorted(zone for zone in settings.time_zones() if zone.rpartition("/")[2].casefold() == city):
        return there[0]
    near = get_close_matches(value, settings.time_zones(), n=1, cutoff=0.6)
    return near[0] if near else None


def _near_literal(context: Mapping[str, Any], value: object) -> str | None:
    choices = re.findall(r"'([^']*)'", str(context["expected"]))
    near = get_close_matches(str(value).lower(), choices, n=1, cutoff=0.6) if isinstance(value, str) else []
    return near[0] if near else None


# ------------------------------------------------------------------------------------------------ keys


def _model_at(loc: Loc) -> type[settings.Settings]:
    """The model of the mapping at `loc`."""
    match loc:
        case ("categories", _):
            return settings.Category
        case ("categories", _, "access") | ("server", "access"):
            return settings.Access
        case ("categories", _, "sources", _):
            return settings.Source
        case (str() as section,) if section in _SECTIONS:
            return _SECTIONS[section]
    return settings.Root


def _explain_unknown_key(document: Document, loc: Loc) -> tuple[str, str | None]:
    """What to say, and the key that was meant."""
    key, allowed = str(loc[-1]), list(_model_at(loc[:-1]).model_fields)
    if key != key.strip():  # YAML strips its own
        space = next(each for each in (key[0], key[-1]) if each.isspace())
        return (
            f"{key.strip()}: a space that is none to YAML (U+{ord(space):04X}) stands beside it; write a plain one",
            None,
        )
    if "：" in key:
        return f'{_short(key)}: the colon in it is a wide one; write ":" and a space after it', key.partition("：")[0]
    known = name_elsewhere(key, allowed)
    if known is None and (instead := _address_in(document, loc)):
        return f"{_short(key)}: is not a key here; {instead}", None
    if meant := known:
        return f"{key}: is not a key here; it is called {meant}", meant
    elsewhere = _elsewhere(key) if len(loc) == 1 else None
    near = get_close_matches(key.lower(), allowed, n=1, cutoff=_LIKE)
    if len(loc) == 3 and _is_category(node := document.node(loc)) and (isinstance(node, MappingNode) or not near):
        whole = f'write "{loc[1]}/{key}:" below "categories:", beside "{loc[1]}:"'
        return f"{key}: is not a key here; a category in another one has the whole path as its key: {whole}", None
    if elsewhere is None and near:
        return f"{key}: is not a key here; did you mean {near[0]}?", near[0]
    if elsewhere is not None:
        return f"{key}: is not a key here; {elsewhere}", None
    return f"{key}: is not a key here; {_home_of(key, loc, allowed)}", None


def _is_category(node: Node) -> bool:
    """Whether what stands below an unknown key looks like a category: it has sources, or is a list of addresses."""
    if isinstance(node, SequenceNode):
        return any(isinstance(each, ScalarNode) and "://" in each.value for each in node.value)
    pairs = node.value if isinstance(node, MappingNode) else ()
    return any(key.value in ("sources", "feeds") or _is_category(value) for key, value in pairs)


def _elsewhere(key: str) -> str | None:
    """Of a key of another program at the top: what it is called here, and where."""
    for home, model in _SECTIONS.items():
        if key not in model.model_fields and (meant := name_elsewhere(key, list(model.model_fields))):
            return f"it is called {meant}, and belongs under {home}:"
    return None


def _home_of(key: str, loc: Loc, allowed: list[str]) -> str:
    """Where it may stand, or what may stand here."""
    if homes := [name for name, model in _SECTIONS.items() if key in model.model_fields]:
        return f"it belongs under {' or '.join(f'{home}:' for home in homes)}"
    if key in settings.Root.model_fields:
        return "it belongs at the beginning of a line, outside of everything else"
    if key in settings.Category.model_fields:
        return "it belongs below the name of a category"
    category = ", and a category belongs under categories:" if len(loc) == 1 else ""
    return f"the keys are {_listed(allowed)}{category}"


def _listed(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)


# ------------------------------------------------------------------------------------------------ values


def _explain_type(kind: str, node: Node, value: object, label: str) -> str:
    if isinstance(node, ScalarNode):
        return _explain_scalar(kind, node, value, label)
    found = "a list" if isinstance(node, SequenceNode) else "a mapping of keys"
    match kind:
        case "list_type":
            return f'must be a list, not {found}; write "- " before each item'
        case "dict_type" | "model_type" if label == "categories":
            return 'must be names of categories, not a list; write "news:" and, indented below it, "sources:"'
        case "dict_type" if label == "headers":
            return 'must be a mapping, not a list; write "Name: value" without "- "'
        case "dict_type" if label in ("tokens", "users"):
            return 'must be a mapping, not a list; write "name: secret" without "- "'
        case "dict_type" | "model_type":
            hint = 'remove the "- "' if label in _SECTIONS else 'write "sources:" above the list'
            return f"must be a mapping of keys, not a list; {hint}"
    return f"must be one value, not {found}"


def _explain_scalar(kind: str, node: ScalarNode, value: object, label: str) -> str:
    empty = kind_of(node) == "null"
    match kind:
        case "string_type" if empty:
            return 'nothing stands here; write a text (and in quotes if it begins with "#"), or remove the line'
        case "string_type":
            return f'{_shown(node)} is not a text{_trap(node, value)}; write "{node.value}", in quotes'
        case "int_type":
            quotes = " without quotes" if node.style else ""
            return f"{_shown(node)} is not a whole number{_trap(node, value)}; write one{quotes}, such as 100"
        case "bool_type":
            meant = _guessed("not a switch", node)
            write = f"{meant}{_unquoted(node)}" if meant else "one of them"
            return f"{_shown(node)} is neither true nor false; write {write}"
        case "list_type":
            return _explain_no_list(str(node.value))
    words = str(node.value).split(maxsplit=1)
    if glued := _GLUED.fullmatch(node.value):
        return f'a space is missing after the colon; write "{glued[1]}: {_short(glued[2])}"'
    if words and words[0] in settings.Category.model_fields:
        return f'a colon is missing; write "{words[0]}:"'
    if str(node.value).startswith(("http://", "https://")):
        return (
            f'must be a mapping of keys, not a URL; write "sources:" below it, and below that "- {_short(node.value)}"'
        )
    if words and (first := _FIRST_KEYS.get(label)) and _fits_first(first, str(node.value)):
        return (
            f'must be a mapping of keys, not {_shown(node)}; write "{first}: {_short(node.value)}" below it, indented'
        )
    return f"must be a mapping of keys, not {_shown(node)}; write its keys below it, indented"


def _fits_first(key: str, text: str) -> bool:
    """Whether a text looks like a value of this key."""
    match key:
        case "listen":
            return read_listen(text) is not None
        case "every":
            return read_duration(text) is not None
    return "/" in text or "." in text


def _unquoted(node: ScalarNode) -> str:
    return ", without quotes" if node.style in ("'", '"') and guess("not a switch", node.value) == node.value else ""


def _explain_no_list(text: str) -> str:
    """Of a text where a list belongs; what people put before an item goes, and of several the first is shown."""
    parts = re.split(r"\n|[,;、，]\s*(?=https?://)|\s+(?=https?://)", text)
    items = [item for part in parts if (item := part.strip(f"{_BULLETS},;、，"))]
    others = ", and each of the others likewise" if len(items) > 1 else ""
    return f'must be a list; write "- {_short(items[0] if items else "")}" on a line of its own{others}'


def _explain_no_source(node: Node) -> str:
    if kind_of(node) == "null":
        return 'nothing stands here; write a URL after the "- ", or remove the line'
    return f'{_shown(node)} is not a source; write a URL, or "url:" and other keys'


def _shown(node: Node) -> str:
    """The value as it stands in the file: a secret shows as ${NAME}."""
    if isinstance(node, ScalarNode):
        return f"`{_short(str(node.value))}`" if node.value else '""' if node.style else "nothing"
    return "a mapping" if isinstance(node, MappingNode) else "a list"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _trap(node: Node, value: object) -> str:
    """What YAML made of a plain text, where that is not what it looks like."""
    if not isinstance(node, ScalarNode) or (spelt := _SPELT.get(kind_of(node))) is None or not node.value:
        return ""
    if isinstance(value, Misread) and "{value}" in spelt:
        if value.number is None:
            return ""  # an explicit tag that does not fit the text
        value = value.number
    meant = str(value).lower() if isinstance(value, bool) else str(value)[:20]
    if kind_of(node) in ("bool", "int") and meant == node.value:
        return ""
    return f" (YAML reads it as {spelt.format(value=meant)})"


def _explain_limit(kind: str, loc: Loc) -> str:
    """From the field itself: pydantic words a limit of time in its own way."""
    name = str(loc[-1])
    field = _model_at(loc[:-1]).model_fields[name]
    bound = "ge" if kind == "greater_than_equal" else "le"
    limit = next(getattr(limit, bound) for limit in field.metadata if hasattr(limit, bound))
    words = ("is too little", "or more") if bound == "ge" else ("is too much", "or less")
    return f"{words[0]}; write {_limit(limit, name)} {words[1]}"


def _limit(limit: object, label: str) -> str:
    if isinstance(limit, timedelta):
        return write_duration(limit)
    return write_size(limit) if label == "max_size" and isinstance(limit, int) else str(limit)
