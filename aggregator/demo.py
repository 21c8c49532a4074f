"""`python -m aggregator.demo`: the whole road without a network.

Serves the sample feeds of examples/demo/ from loopback, writes a configuration that follows them, and runs the
program itself on it until Ctrl-C.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import unquote, urlsplit

import click

SAMPLES = Path(__file__).parents[1] / "examples" / "demo"
MARK = ".aggregator-demo"  # in a folder that we made, and may wipe
ORIGIN = b"//demo.example"  # where the samples say that they are from; the real address is put there
FEEDS = frozenset((".rss", ".atom", ".rdf", ".json"))
MEDIA_TYPES = {
    ".rss": "application/rss+xml",
    ".atom": "application/atom+xml",
    ".rdf": "application/rdf+xml",
    ".json": "application/feed+json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".wav": "audio/wav",
}
DEAD = "/silent-lighthouse.rss"

CONFIG = """\
# The configuration of the demo; written anew each time that it starts.
publish:
  base_url: http://127.0.0.1:{port}/
  folder: public
server:
  listen: 127.0.0.1:{port}
storage:
  database: aggregator.db
  keep: null                           # the samples have fixed dates
polling:
  min: 1m
  allow_private: ["{samples_host}"]    # where the samples are served; nothing else that is private is polled
categories:
  World:
    slug: world
    title: World news
    language: en
    sources:
      - name: The Harbour Post
        url: {samples}/harbour-post.rss
      - name: Northern Dispatch        # tells one story that The Harbour Post tells as well
        url: {samples}/northern-dispatch.atom
      - name: The Crooked Kettle       # not well-formed
        url: {samples}/crooked-kettle.rss
      - name: The Silent Lighthouse    # answers nothing but errors
        url: {samples}/silent-lighthouse.rss
  Technology:
    slug: technology
    language: en
    sources:
      - name: Small Machines           # JSON Feed
        url: {samples}/small-machines.json
      - name: Radio Workbench          # a podcast
        url: {samples}/radio-workbench.rss
  Technology/Security:
    slug: security
    sources:
      - name: Patch Notes Weekly       # RSS 1.0
        url: {samples}/patch-notes.rdf
      - name: Totally Honest Deals     # hostile
        url: {samples}/honest-deals.rss
  财经:
    title: 财经新闻
    language: zh-CN
    sources:
      - name: 海湾财讯
        url: {samples}/haiwan-caixun.rss
        remove: [.qr_box, .article-editor]
      - name: 江城晚报                  # in GB18030; tells one story that 海湾财讯 tells as well
        url: {samples}/jiangcheng-wanbao.rss
  日本:
    title: 日本のニュース
    language: ja
    sources:
      - name: みなと通信
        url: {samples}/minato-tsushin.atom
"""

STORY = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>{name}</title>
<body style="font: 1.1rem/1.6 system-ui; max-width: 34rem; margin: 15vh auto; padding: 0 1rem">
<h1>{name}</h1>
<p>This would be the publisher's page. The publisher is made up, as the story is; its whole text is in the feed.</p>
"""


@dataclass(frozen=True, slots=True)
class _Document:
    body: bytes
    media_type: str

    @property
    def etag(self) -> str:
        return f'"{sha256(self.body).hexdigest()[:16]}"'


class _Server(ThreadingHTTPServer):
    """Knows all of its documents beforehand, so no request reaches the file system."""

    daemon_threads = True
    documents: dict[str, _Document]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing when a reader hangs up; anything else is a fault of ours and shows."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        if path == DEAD:
            self._answer(HTTPStatus.INTERNAL_SERVER_ERROR, _Document(b"The lamp is out.\n", "text/plain"))
        elif document := self.server.documents.get(path) or _story(path):
            known = self.headers.get("If-None-Match") == document.etag
            self._answer(HTTPStatus.NOT_MODIFIED if known else HTTPStatus.OK, document)
        else:
            self._answer(HTTPStatus.NOT_FOUND, _Document(b"There is no such sample.\n", "text/plain"))

    do_HEAD = do_GET  # noqa: N815 - the name that http.server calls

    def _answer(self, status: HTTPStatus, document: _Document) -> None:
        self.send_response(status)
        self.send_header("ETag", document.etag)
        if status is not HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Type", document.media_type)
            self.send_header("Content-Length", str(len(document.body)))
        self.end_headers()
        if status is not HTTPStatus.NOT_MODIFIED and self.command != "HEAD":
            self.wfile.write(document.body)

    def log_message(self, *_: Any) -> None:
        """Leave the terminal to the program that is shown."""


@contextmanager
def serve_samples(folder: Path = SAMPLES) -> Iterator[str]:
    """Serve the samples in a folder on a free port of loopback; gives their base URL, without a slash at the end."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.documents = dict(_documents(folder, f"127.0.0.1:{server.server_port}"))
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="samples")
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def write_config(folder: Path, samples_url: str, listen_port: int) -> Path:
    """Write the configuration that follows the samples; what it stores and publishes lies beside it."""
    file = folder / "config.yaml"
    host = urlsplit(samples_url).netloc
    text = CONFIG.format(samples=samples_url, samples_host=host, port=listen_port)
    file.write_text(text, encoding="utf-8")
    return file


def make_folder(folder: Path) -> None:
    """An empty folder for the demo: one of an earlier demo is wiped, any other that holds something is refused."""
    if (folder / MARK).is_file():
        shutil.rmtree(folder)
    elif folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise click.UsageError(f"{folder} is there already and not from a demo; name another with --folder.")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).write_text("Made by `python -m aggregator.demo`, which wipes this folder when it starts.\n")


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--folder", type=click.Path(path_type=Path), default="demo-data", show_default=True, help="For its data.")
@click.option("--port", type=click.IntRange(1, 65535), default=8080, show_default=True, help="Where to look at it.")
@click.option(
    "--samples",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=SAMPLES,
    help="The folder with the sample feeds. [default: examples/demo of the checkout]",
)
def main(folder: Path, port: int, samples: Path) -> None:
    """Show the program with sample feeds, without a network, until Ctrl-C."""
    make_folder(folder)
    with serve_samples(samples) as url:
        config = write_config(folder, url, port)
        click.echo(f"Sample feeds at {url}, followed by {config}.")
        _run(config)


def _run(config: Path) -> None:
    from aggregator.cli import main as aggregator  # here, so that the samples can be served by themselves

    aggregator(["--config", str(config), "run"])


def _documents(folder: Path, host: str) -> Iterator[tuple[str, _Document]]:
    for file in sorted(folder.rglob("*")):
        media_type = MEDIA_TYPES.get(file.suffix)
        if media_type and file.is_file():
            body = file.read_bytes()
            mended = body.replace(ORIGIN, b"//" + host.encode()) if file.suffix in FEEDS else body
            yield f"/{file.relative_to(folder).as_posix()}", _Document(mended, media_type)


def _story(path: str) -> _Document | None:
    """A page for a story's link, so that a click on it leads somewhere."""
    _, _, name = path.removeprefix("/stories/").partition("/")
    if not path.startswith("/stories/"):
        return None
    title = (name or path.strip("/").rpartition("/")[2]).replace("-", " ").capitalize()
    return _Document(STORY.format(name=escape(title)).encode(), "text/html")


if __name__ == "__main__":
    main()
