"""What subscribers read, laid where they find it: whole or not at all, and untouched where nothing changed."""

from __future__ import annotations

from aggregator.publish.files import Same, Written, file_name, path_of, publish, remove, sweep

__all__ = ["Same", "Written", "file_name", "path_of", "publish", "remove", "sweep"]
