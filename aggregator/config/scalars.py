"""One value as it is written into a file that somebody else wrote."""

from __future__ import annotations

import json
import re

import yaml
from yaml.nodes import MappingNode, ScalarNode, SequenceNode

from aggregator.config.layout import Alias, Layout, Listing, Part, Scalar, Table
from aggregator.model.errors import AggregatorError

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# In brackets, YAML's readers do not agree on "?" and others.
_IN_FLOW = re.compile(r"(?:https?://)?[\w ./~+=-]+")


class Written(str):
    """A text as it stands in a file: a `${…}` in it means what it says, and `$${` is two characters."""


def as_written(value: str) -> Written:
    """Written so that every `${` stands for itself: a name that somebody else chose takes no secret of ours."""
    return value if isinstance(value, Written) else Written(value.replace("${", "$${"))


def written(value: str, quote: str | None = None, *, flow: bool = False, key: bool = False) -> str:
    """A text as YAML of one line: in the quotes that are wanted, else plain where that is read as the same text."""
    text = value if key else str(as_written(value))  # in keys, `${` is nothing else
    if quote == "'" and text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    if quote == '"' or not _is_plain(text, flow=flow, key=key):
        return _double_quoted(text)
    return text


def setting(value: object, *, flow: bool) -> str:
    """Any value that JSON can hold, its texts as they are to stand in the file, as YAML of one line."""
    if isinstance(value, str):
        return written(Written(value), flow=flow)
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return f"[{', '.join(setting(each, flow=True) for each in value)}]"
    return _printable(json.dumps(value, ensure_ascii=False))


def quote_of(text: str) -> str | None:
    """The quotes that a text as it stands in a file begins with."""
    return text[0] if text[:1] in ("'", '"') else None


def flow_text(layout: Layout, part: Part) -> str:
    """A part of a file as one line that can stand in brackets. Raises AggregatorError where it cannot."""
    if isinstance(part, Alias):
        return f"*{part.anchor} "
    if part.tag:
        raise AggregatorError("a tag (!) cannot be moved; edit the file by hand")
    anchor = f"&{part.anchor} " if part.anchor else ""
    if isinstance(part, Listing):
        return f"{anchor}[{', '.join(flow_text(layout, item) for item in part.items)}]"
    if isinstance(part, Table):
        pairs = (f"{flow_text(layout, key)}: {flow_text(layout, value)}" for key, value in part.pairs)
        return f"{anchor}{{{', '.join(pairs)}}}"
    assert isinstance(part, Scalar), "there is no other kind"
    text = layout.content[layout.body_start(part) : part.end]
    if part.style in ("'", '"') and text.isprintable():
        return anchor + text
    if part.style is None and (not part.value or _IN_FLOW.fullmatch(text)):
        return anchor + text if part.value else f"{anchor}null"
    return anchor + _double_quoted(part.value)


def _is_plain(text: str, *, flow: bool, key: bool) -> bool:
    """Whether YAML reads these characters as this text, and people, too."""
    if not text.isprintable() or not re.match(r"[^\W_]", text) or text != text.strip() or "\ufeff" in text:
        return False
    if flow and not _IN_FLOW.fullmatch(text):
        return False
    around = ("{%s: 1, x: 1}" if key else "[%s, x]") if flow else "%s: 1" if key else "- %s"
    try:
        root = yaml.compose(around.replace("%s", text), Loader=_LOADER)
    except yaml.YAMLError:
        return False
    if isinstance(root, MappingNode):
        node = root.value[0][0] if len(root.value) == (2 if flow else 1) else None
    else:
        node = root.value[0] if isinstance(root, SequenceNode) and len(root.value) == (2 if flow else 1) else None
    return isinstance(node, ScalarNode) and node.value == text and str(node.tag).endswith(":str")


def _double_quoted(text: str) -> str:
    return _printable(json.dumps(text, ensure_ascii=False))


def _printable(shown: str) -> str:
    """JSON as YAML can hold it; what cannot be seen stands inside of texts alone."""
    return "".join(each if each.isprintable() else _escaped(each) for each in shown)


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
