"""The program, as a kit of hostile servers drives it: `adapter.py JOB.json` polls the job's URLs with the program's own
configuration, runtime, client, store and jobs, and prints the whole store as one line of JSON.

Run it only where nothing but loopback can be reached: the servers redirect to addresses of other people.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import yaml

from aggregator.config import load
from aggregator.jobs.poll import Polled
from aggregator.jobs.publish import publish_changed
from aggregator.model.errors import ConfigError
from aggregator.model.outcome import Failed, Harvest
from aggregator.model.settings import Configuration
from aggregator.runtime import Runtime, clock, open_runtime, poll_once


def main() -> None:
    """Read the job, do it, print the result."""
    job = json.loads(Path(sys.argv[1]).read_text())
    configuration, refused = configure(job)
    polls: dict[str, Polled] = {}
    if configuration is None:
        print(json.dumps({"feeds": list(refused.values()), "articles": []}))
        return
    with open_runtime(configuration) as runtime:
        for _ in range(job["polls"]):
            runtime.store.make_due(clock())
            poll_once(runtime, clock(), lambda polled: polls.__setitem__(polled.source.url, polled))
            publish_changed(runtime.store, configuration)
        feeds = [refused.get(url) or feed(runtime, url, polls.get(url)) for url in job["urls"]]
        print(json.dumps({"feeds": feeds, "articles": articles(runtime)}))


def configure(job: dict[str, Any]) -> tuple[Configuration | None, dict[str, Any]]:
    """The job as a configuration file; URLs that the configuration refuses are reported as errors."""
    good, refused = [], {}
    for number, url in enumerate(dict.fromkeys(job["urls"])):
        source = {"name": f"source {number}", "url": url}
        try:
            write_and_load(job, [source])
            good.append(source)
        except ConfigError as error:
            refused[url] = {"url": url, "status": "error", "error": f"refused: {error}", "url_after": url}
    return (write_and_load(job, good) if good else None), refused


def write_and_load(job: dict[str, Any], sources: list[dict[str, str]]) -> Configuration:
    """A configuration file in the job's folder, read as the program reads its own."""
    file = Path(job["dir"]) / "config.yaml"
    settings = {
        "polling": {
            "timeout": f"{job['timeout_s']}s",
            "max_size": f"{job['max_body_mb']}MB",
            "allow_private": job["allow"],
            "every": "1h",
            "concurrency": 1,  # one after the other, as the kit wishes
        },
        "publish": {"folder": "public"},
        "storage": {"database": "articles.db"},
        "categories": {"kit": {"sources": sources}},
    }
    file.write_text(yaml.safe_dump(settings, allow_unicode=True))
    return load(file, os.environ)


def feed(runtime: Runtime, url: str, polled: Polled | None) -> dict[str, Any]:
    """What is known of one source after the polls."""
    [source] = [source for source in runtime.sources.values() if source.url == url]
    [status] = [status for status in runtime.store.status() if status.id == source.id]
    waits = None if status.next_poll is None else int((status.next_poll - clock()).total_seconds())
    outcome = {"status": "ok", "error": None}
    match polled and polled.result:
        case Failed(failed=failed):
            outcome = {"status": "error", "error": f"{failed.failure}: {failed.detail}"}
        case Harvest(warnings=warnings) if warnings:
            outcome = {"status": "partial", "error": warnings[0]}
    return {
        "url": url,
        "title": status.title,
        "title_is_text": True,
        "next_poll_s": waits,
        "url_after": url if status.url == source.public_url else status.url,
        **outcome,
    }


def articles(runtime: Runtime) -> list[dict[str, Any]]:
    """The whole store."""
    urls = {source.id: source.url for source in runtime.sources.values()}
    return [
        {
            "feed_url": urls[stored.source],
            "id": stored.article.guid,
            "title": stored.article.title,
            "title_is_text": True,
            "link": stored.article.link,
            "published": stored.article.date and int(stored.article.date.timestamp()),
            "html": stored.article.body,
            "summary": None,
            "enclosures": [enclosure.url for enclosure in stored.article.enclosures],
        }
        for stored in runtime.store.articles()
    ]


if __name__ == "__main__":
    main()
