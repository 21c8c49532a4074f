"""The one client that everything is fetched with: redirects hop by hop, and what an answer means to us.

    Request ─► Target ─► guard ─► transport ─► Answer ─┬► redirect: the next Target
                                                       └► decode ─► Fetched | NotModified | FetchFailed

A publisher's mistake never raises: it is a `FetchFailed` with words for the operator.
"""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType

from aggregator.fetch import coding, headers
from aggregator.fetch.guard import Guard
from aggregator.fetch.target import BadTargetError, Target, follow, parse, without_credentials
from aggregator.fetch.transport import Answer, Ask, Settings, Transport
from aggregator.fetch.words import explained, status_words
from aggregator.model.exchange import Failure, Fetched, FetchFailed, FetchResult, NotModified, Request
from aggregator.model.source import Validators

Resolve = Callable[[str, int], Sequence[str]]
"""Host and port → addresses; raises OSError if there are none."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_WHOLE = frozenset({200, 203})  # 203: the same document, passed on by a proxy that says so
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_LINE_BREAKERS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


class Client:
    """A polite, bounded, guarded GET or POST. Thread-safe: call `fetch` from as many threads as you like.

    With a `proxy`, it is the proxy that connects: the guard then sees only hosts that are written as addresses, and the
    proxy has to refuse the rest.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        clock: Callable[[], datetime],
        allow_private: Sequence[str] = (),
        concurrency: int = 32,
        per_host: int = 2,
        spacing: timedelta = timedelta(0),
        max_redirects: int = 10,
        ca_file: Path | None = None,
        resolve: Resolve | None = None,
        proxy: str | None = None,
    ) -> None:
        """`spacing` is the pause between two starts at one host; `resolve` stands in for the system's resolver."""
        if _LINE_BREAKERS.search(user_agent):
            raise ValueError("the User-Agent must be one line")
        self._user_agent = user_agent
        self._clock = clock
        self._guard = Guard(allow_private)
        self._max_redirects = max_redirects
        self._resolve = resolve
        self._proxy = proxy
        self._transport = Transport(
            Settings(
                guard=self._guard,
                concurrency=concurrency,
                per_host=per_host,
                spacing=spacing.total_seconds(),
                ca_file=ca_file or _system_ca_file(),
            )
        )

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End what runs; calls that wait get a `FetchFailed`, later ones raise RuntimeError."""
        self._transport.close()

    def fetch(self, request: Request) -> FetchResult:
        """One exchange with all its redirects. Blocks; never raises for what a publisher does."""
        public = without_credentials(request.url)
        try:
            target = parse(request.url)
        except BadTargetError as error:
            return FetchFailed(url=public, failure=Failure.PROTOCOL, detail=str(error))
        journey = _Journey(request=request, target=target, origin=target.origin, url=public)
        while True:
            answer = self._hop(journey)
            if answer.failure is not None and not answer.status:
                return journey.failed(answer.failure, explained(answer.failure, answer.detail))
            fields = headers.parse_block(answer.head)
            if answer.status not in _REDIRECTS:
                return self._judge(journey, answer, fields)
            if (dead_end := journey.redirect(answer.status, fields, self._max_redirects)) is not None:
                return dead_end

    def _hop(self, journey: _Journey) -> Answer:
        target = journey.target
        if (refusal := self._guard.refusal_of_literal(target.host, target.port)) is not None:
            return Answer(failure=Failure.BLOCKED, detail=refusal)
        try:
            addresses = self._addresses(journey)
        except OSError as error:
            return Answer(failure=Failure.DNS, detail=f"could not resolve {target.host}: {error.strerror or error}")
        left = journey.request.timeout.total_seconds() - journey.took
        if left <= 0:
            return Answer(failure=Failure.TIMEOUT, detail="the redirects took up all the time there was")
        ask = Ask(
            url=target.url,
            host=target.host,
            port=target.port,
            headers=self._header_lines(journey),
            timeout=left,
            max_size=journey.request.max_size,
            addresses=addresses,
            form=journey.request.form,
            proxy=(self._proxy if journey.request.proxy is None else journey.request.proxy) or None,
        )
        answer = self._transport.exchange(ask)
        journey.took += answer.took
        return answer

    def _addresses(self, journey: _Journey) -> tuple[str, ...]:
        if self._resolve is None or journey.target.is_address:
            return ()  # libcurl resolves, within its own deadline
        started = time.monotonic()
        try:
            return tuple(self._resolve(journey.target.host, journey.target.port))
        finally:
            journey.took += time.monotonic() - started

    def _header_lines(self, journey: _Journey) -> tuple[bytes, ...]:
        own = {"user-agent": f"User-Agent: {self._user_agent}", "accept": f"Accept: {journey.request.accept}"}
        own["accept-encoding"] = f"Accept-Encoding: {coding.OFFERED}"
        if journey.request.form is not None:
            own["content-type"] = "Content-Type: application/x-www-form-urlencoded"
        if journey.at_home:
            if journey.target.credentials:
                own["authorization"] = f"Authorization: {journey.target.credentials}"
            for name, value in journey.request.headers:
                if _HEADER_NAME.fullmatch(name) and not _LINE_BREAKERS.search(value):
                    own[name.lower()] = f"{name}: {value}"
        lines = [line.encode("latin-1", "replace") for line in own.values()]
        return (*lines, *headers.conditions(journey.conditions))

    def _judge(self, journey: _Journey, answer: Answer, fields: Mapping[str, str]) -> FetchResult:
        """What the last hop's answer means."""
        now = self._clock()
        if answer.status == 304:
            return _not_modified(journey, fields, now)
        if journey.request.form is not None and 200 <= answer.status < 300:
            return Fetched(url=journey.url, body=b"", headers=fields)  # what it says besides is of no use to us
        if answer.status not in _WHOLE:
            return _refused(journey, answer, fields, now)
        if answer.failure is not None:
            return journey.failed(answer.failure, answer.detail, answer.status, fields)
        try:
            body = coding.decode(answer.body, fields.get("content-encoding", ""), journey.request.max_size)
        except coding.TooLargeError:
            detail = f"the document is larger than {journey.request.max_size} bytes when decompressed"
            return journey.failed(Failure.TOO_LARGE, detail, answer.status, fields)
        except coding.DamagedError as error:
            return journey.failed(Failure.PROTOCOL, str(error), answer.status, fields)
        return Fetched(
            url=journey.url,
            body=body,
            headers=fields,
            validators=headers.validators_of(journey.url, fields),
            moved_to=journey.moved_to,
            retry_after=headers.retry_after(fields, now),
            fresh_until=headers.fresh_until(fields, now),
        )


@dataclass(slots=True, kw_only=True)
class _Journey:
    """A request under way, from hop to hop."""

    request: Request
    target: Target  # of this hop
    origin: tuple[str, str, int]  # where the request began
    url: str  # of this hop, as it is reported
    at_home: bool = True  # never left the origin; once left, credentials stay behind, even on the way back
    permanent: bool = True  # every redirect so far was 301 or 308
    took: float = 0.0
    seen: list[str] = field(default_factory=list)

    @property
    def conditions(self) -> Validators | None:
        """The validators, if they are those of this hop's URL: they belong to the URL that gave them."""
        given = self.request.validators
        if given is None:
            return None
        if given.url in (self.url, self.target.url):
            return given
        try:
            return given if parse(given.url).url == self.target.url else None
        except BadTargetError:
            return None

    @property
    def moved_to(self) -> str | None:
        return self.url if self.seen and self.permanent else None

    def redirect(self, status: int, fields: Mapping[str, str], limit: int) -> FetchFailed | None:
        """Go where the answer points; a failure if that leads nowhere."""
        location = headers.as_text(fields.get("location", ""))
        if not location:
            return self.failed(Failure.PROTOCOL, f"a redirect ({status}) that says not where to", status, fields)
        self.seen.append(self.target.url)
        if len(self.seen) > limit:
            return self.failed(Failure.REDIRECT, f"more than {limit} redirects", status, fields)
        try:
            there = follow(self.target, location)
        except BadTargetError as error:
            return self.failed(Failure.PROTOCOL, f"redirected to what cannot be asked: {error}", status, fields)
        if self.request.form is not None and not _may_repost(status, self.target.scheme, there.scheme):
            detail = f"a redirect ({status}) to {there.url} that a form cannot follow"
            return self.failed(Failure.REDIRECT, detail, status, fields)
        if there.url in self.seen:
            return self.failed(Failure.REDIRECT, f"the redirects lead in a circle, back to {there.url}", status, fields)
        self.at_home = self.at_home and there.origin == self.origin
        self.permanent = self.permanent and status in _PERMANENT
        self.target, self.url = there, there.url
        return None

    def failed(
        self,
        failure: Failure,
        detail: str,
        status: int | None = None,
        fields: Mapping[str, str] | None = None,
        retry_after: datetime | None = None,
    ) -> FetchFailed:
        return FetchFailed(
            url=self.url, failure=failure, detail=detail, status=status, headers=fields or {}, retry_after=retry_after
        )


def _may_repost(status: int, here: str, there: str) -> bool:
    """RFC 9110 section 15.4: 303 asks for a GET instead. What was sent over TLS is not said again in the clear."""
    return status != 303 and (here, there) != ("https", "http")


def _not_modified(journey: _Journey, fields: Mapping[str, str], now: datetime) -> FetchResult:
    asked_with = journey.conditions
    if not headers.conditions(asked_with):
        return journey.failed(Failure.PROTOCOL, "304 Not Modified, but we did not ask conditionally", 304, fields)
    return NotModified(
        url=journey.url,
        headers=fields,
        validators=headers.validators_of(journey.url, fields, asked_with),
        moved_to=journey.moved_to,
        retry_after=headers.retry_after(fields, now),
        fresh_until=headers.fresh_until(fields, now),
    )


def _refused(journey: _Journey, answer: Answer, fields: Mapping[str, str], now: datetime) -> FetchFailed:
    status = answer.status
    retry_after = headers.retry_after(fields, now)
    if status == 429 and retry_after is None:
        retry_after = now + headers.SHORTEST_WAIT
    if 200 <= status < 300:
        detail = f"{status_words(status)}: not the whole document"
        return journey.failed(Failure.PROTOCOL, detail, status, fields, retry_after)
    failure = Failure.GONE if status == 410 else Failure.STATUS
    detail = status_words(status)
    if _is_challenge(answer, fields):
        detail += ": a challenge for browsers (bot protection)"
    return journey.failed(failure, detail, status, fields, retry_after)


def _is_challenge(answer: Answer, fields: Mapping[str, str]) -> bool:
    """Cloudflare and its like ask for a browser that runs scripts; the operator should know that waiting won't help."""
    if answer.status not in (401, 403, 429, 503):
        return False
    start = coding.beginning(answer.body, fields.get("content-encoding", ""), 16_384).lower()
    return fields.get("cf-mitigated", "").lower() == "challenge" or b"just a moment" in start or b"captcha" in start


def _system_ca_file() -> Path | None:
    """The system's CA bundle, or the one that SSL_CERT_FILE names; None leaves libcurl its own default."""
    candidates = (ssl.get_default_verify_paths().cafile, "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/cert.pem")
    return next((path for name in candidates if name and (path := Path(name)).is_file()), None)
