"""Taking away what is protected from now on and was published before.

    addresses, as they would be and as they are published ─► sources that are withheld ─► documents that held them, gone

Publishing writes those documents again, from what is kept, without what is withheld: an archive never changes but for
this. The documents of a feed that is private from now on move to the private folder, with their archive, and back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aggregator.compose.archives import FOLDER
from aggregator.jobs.archives import remove_documents
from aggregator.jobs.publish import (
    addresses_of,
    adopt_documents,
    feed_addresses,
    feed_file,
    keep_back,
    kept_back,
    prepare,
    settings_for,
)
from aggregator.model.errors import AggregatorError
from aggregator.model.feed import Address
from aggregator.model.settings import Configuration, PublishSettings
from aggregator.publish.files import list_folder, publish, read, remove
from aggregator.render import FORMATS
from aggregator.store import Store

_FACT = "concealed"


@dataclass(frozen=True, slots=True)
class _Concealed:
    """What is kept from whom, as it was when somebody looked last."""

    private: frozenset[str] = frozenset()  # slugs of feeds
    withheld: Mapping[str, frozenset[str]] = field(default_factory=dict)  # by slug, the sources that it does not show


def conceal(store: Store, configuration: Configuration) -> bool:
    """To be done before anything is served or published under these rules; True if a document was taken away or moved.

    `AggregatorError` if that cannot be done: then nothing may be served.
    """
    try:
        return _conceal(store, configuration)
    except OSError as error:
        place = error.filename or configuration.publish.folder
        raise AggregatorError(f"{place}: what is protected cannot be taken away: {error.strerror or error}") from error


def _conceal(store: Store, configuration: Configuration) -> bool:
    before = _recall(store)
    if not configuration.rules.protect_something and not kept_back(store) and before == _Concealed():
        return False
    keep_back(store, configuration)
    adopt_documents(store, configuration.publish)  # or what an earlier version called otherwise would stay behind
    sources = store.status()
    telling = {source.id for source in sources if source.articles}
    published = feed_addresses(store, configuration)
    now = _concealed(addresses_of(configuration, sources), published)
    changed = False
    for address in published:
        slug, settings = address.slug, configuration.publish
        newly = now.withheld.get(slug, frozenset()) - before.withheld.get(slug, frozenset())
        if newly & telling:
            changed = True
            _forget(settings, slug)
            _forget(settings.private, slug)
        elif address.private is not (slug in before.private):
            there = settings if address.private else settings.private
            changed = _move(slug, there, settings_for(address, settings)) or changed
    if now != before:
        _remember(store, now)
    return changed


def _concealed(whole: Sequence[Address], published: Sequence[Address]) -> _Concealed:
    withheld = {each.slug: frozenset(each.sources) for each in whole}
    missing = {each.slug: withheld[each.slug] - frozenset(each.sources) for each in published}
    return _Concealed(
        private=frozenset(each.slug for each in published if each.private),
        withheld={slug: frozenset(map(str, gone)) for slug, gone in missing.items() if gone},
    )


def _recall(store: Store) -> _Concealed:
    found = json.loads(store.recall(_FACT) or "{}")
    withheld = {slug: frozenset(sources) for slug, sources in found.get("withheld", {}).items()}
    return _Concealed(private=frozenset(found.get("private", ())), withheld=withheld)


def _remember(store: Store, concealed: _Concealed) -> None:
    withheld = {slug: sorted(sources) for slug, sources in sorted(concealed.withheld.items())}
    fact = {"private": sorted(concealed.private), "withheld": withheld}
    store.remember(_FACT, json.dumps(fact, ensure_ascii=False))


def _forget(settings: PublishSettings, slug: str) -> None:
    if settings.folder.is_dir():
        for name, format_ in FORMATS.items():
            remove(settings.folder, feed_file(slug, name))
            remove_documents(settings, slug, format_.suffix)


def _move(slug: str, there: PublishSettings, here: PublishSettings) -> bool:
    """All documents of a feed from one folder to the other; what was pruned may stand in an archive alone."""
    if not there.folder.is_dir():
        return False
    prepare(here)
    folder = f"feeds/{slug}/{FOLDER}"
    names = [f"{folder}/{name}" for name in sorted(list_folder(there.folder, folder))]
    moved = False
    for name in (*names, *(feed_file(slug, name) for name in FORMATS)):
        content = read(there.folder, name)
        if content is not None:
            publish(here.folder, name, content)
            moved = remove(there.folder, name) or moved
    return moved
