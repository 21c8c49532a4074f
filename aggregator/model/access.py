"""Who may read which category."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from aggregator.model.source import CategoryPath


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One `access:` of the configuration: whoever presents one of these may read what it stands for."""

    tokens: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # name of the subscriber, token
    users: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # name, password or its hash

    def includes(self, other: Access) -> bool:
        """Whether everybody whom `other` lets in is let in here, too; False where that lets in nobody."""
        return bool(other.tokens or other.users) and (
            set(other.tokens) <= set(self.tokens) and set(other.users) <= set(self.users)
        )


NOBODY = Access()
"""Of a category that was protected when it was taken out of the configuration: nothing says who may read it."""

Visitor = frozenset[Access]
"""Every `access:` that somebody has shown to be let in by."""

STRANGER: Visitor = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The `access:` of every category, the levels above folded in; None: everybody may read it."""

    default: Access | None = None  # of what is in no category: the feed of all, the pages
    of: Mapping[CategoryPath, Access | None] = field(default_factory=dict)

    def rule(self, path: CategoryPath) -> Access | None:
        """What stands before a category: its own rule, or that of the nearest level above it."""
        levels = (path[:depth] for depth in range(len(path), 0, -1))
        return next((self.of[level] for level in levels if level in self.of), self.default)

    def sees(self, visitor: Visitor, path: CategoryPath) -> bool:
        """Whether somebody may read this category."""
        return opens(visitor, self.rule(path))

    def stands_in(self, source: CategoryPath, feed: CategoryPath) -> bool:
        """Whether all who may read the feed of one category may read what is in another."""
        inner, outer = self.rule(source), self.rule(feed)
        return inner is None or inner == outer or (outer is not None and inner.includes(outer))

    @property
    def protect_something(self) -> bool:
        """Whether anything at all is kept from anybody."""
        return self.default is not None or any(rule is not None for rule in self.of.values())


def opens(visitor: Visitor, rule: Access | None) -> bool:
    """Whether a rule lets somebody in."""
    return rule is None or rule in visitor
