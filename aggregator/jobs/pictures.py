"""What `images:` makes of the pictures in what we publish."""

from __future__ import annotations

import secrets

from aggregator.compose.pictures import Pictures
from aggregator.decide.pictures import picture_path
from aggregator.model.picture import Images
from aggregator.refine.sanitize import readdressed, without_pictures
from aggregator.store import Store

_SECRET = "image secret"  # noqa: S105 - the name of the fact


def pictures_of(store: Store, images: Images, base_url: str) -> Pictures | None:
    """How pictures are changed; None: they stay as they are. An empty base makes relative addresses."""
    if images == "original":
        return None
    if images == "none":
        return Pictures(body=without_pictures(), address=lambda url: "")
    secret = image_secret(store)

    def address(url: str) -> str:
        path = picture_path(secret, url)
        return base_url + path if path else ""

    return Pictures(body=readdressed(address), address=address)


def image_secret(store: Store) -> bytes:
    """What our addresses of pictures are signed with; made once, for they stand in what readers keep."""
    if store.recall(_SECRET) is None:
        store.remember(_SECRET, secrets.token_hex(32))
    return bytes.fromhex(store.recall(_SECRET) or "")
