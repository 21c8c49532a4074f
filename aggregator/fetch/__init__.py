"""One polite, bounded, guarded HTTP request → `FetchResult`."""

from aggregator.fetch.client import Client

__all__ = ["Client"]
