"""What subscribers read, laid where they find it: whole or not at all, and untouched where nothing changed."""

from __future__ import annotations

from aggregator.publish.files import (
    Batch,
    Listing,
    Same,
    Written,
    adopt,
    file_name,
    list_folder,
    path_of,
    publish,
    read,
    remove,
    sweep,
)

__all__ = [
    "Batch",
    "Listing",
    "Same",
    "Written",
    "adopt",
    "file_name",
    "list_folder",
    "path_of",
    "publish",
    "read",
    "remove",
    "sweep",
]
