"""One door for every kind of source: the network, files, commands."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from types import TracebackType

from aggregator.fetch.client import Client
from aggregator.fetch.local import Commands, fetch_file
from aggregator.model.exchange import FetchResult, Request
from aggregator.model.source import is_local


class Fetcher:
    """A `Client` that also reads files and runs commands: those that its owner's configuration names, and no others."""

    def __init__(self, client: Client, *, local: Collection[str] = (), folder: Path = Path()) -> None:
        """`local` holds the `file:` and `exec:` URLs that are allowed; commands run in `folder`."""
        self._client = client
        self._local = frozenset(local)
        self._commands = Commands(folder)

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def fetch(self, request: Request) -> FetchResult:
        """Fetch from wherever the URL says. Blocks; never raises for what is found there."""
        if request.url not in self._local or not is_local(request.url):
            return self._client.fetch(request)  # which refuses whatever is not http or https
        return fetch_file(request) if request.url.startswith("file:") else self._commands.run(request)

    def close(self) -> None:
        """End what runs."""
        self._commands.close()
        self._client.close()
