"""One polite, bounded, guarded HTTP request → `FetchResult`; files and commands of this machine, where allowed."""

from aggregator.fetch.client import Client
from aggregator.fetch.fetcher import Fetcher

__all__ = ["Client", "Fetcher"]
