"""What our own WebSub hub makes of a request, of an answer and of a failure (W3C WebSub, sections 5 to 7).

    form ─► read ─► Wish ─► question ─► is_confirmed ─► Listener ─► delivery ─► told | failed ─► is_given_up

A subscriber is a stranger: what it sends is bounded, what it answers is thrown away, and what it does not answer costs
no other a second.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from aggregator.model.exchange import Failure, Fetched, FetchFailed
from aggregator.model.hub import Listener, Mode, Refusal, Version, Wish

USUAL_LEASE = timedelta(days=10)
SHORTEST_LEASE = timedelta(minutes=5)
LONGEST_LEASE = timedelta(days=30)
LONGEST_URL = 2_000
LONGEST_SECRET = 200  # bytes: section 5.1 wants it shorter
FIELDS = 30
TRIES = 3  # to ask a callback that does not answer whether it means it
BETWEEN_TRIES = timedelta(minutes=1)
FIRST_WAIT = timedelta(seconds=30)  # after a delivery that failed; then twice as long each time
LONGEST_WAIT = timedelta(hours=6)
PATIENCE = timedelta(days=3)  # with a callback that takes nothing
_FAR = timedelta(days=365)  # beyond any Retry-After that is believed


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request to the hub that makes sense; whether there is such a document is yet to be seen."""

    mode: Mode
    callback: str
    host: str
    topic: str
    document: str
    lease: timedelta
    secret: str


def read(form: bytes, base_url: str) -> Asked | Refusal:
    """The request that a form makes (section 5.1). `base_url` is what the addresses of our documents begin with."""
    fields = _fields(form)
    if fields is None:
        return Refusal("this is no form (application/x-www-form-urlencoded, UTF-8, each field once)")
    mode = fields.get("hub.mode")
    if mode not in ("subscribe", "unsubscribe"):
        return Refusal("hub.mode is subscribe or unsubscribe")
    host = _host_of(callback := fields.get("hub.callback", ""))
    if host is None:
        return Refusal(f"hub.callback is an http or https address without user name, at most {LONGEST_URL} bytes long")
    document = document_of(topic := fields.get("hub.topic", ""), base_url)
    if document is None:
        return Refusal(f"hub.topic is the address of one of our feeds, below {base_url}feeds/")
    lease = _lease_of(fields.get("hub.lease_seconds", ""))
    if lease is None:
        return Refusal("hub.lease_seconds is a number of seconds")
    secret = fields.get("hub.secret", "")
    if len(secret.encode()) >= LONGEST_SECRET:
        return Refusal(f"hub.secret is shorter than {LONGEST_SECRET} bytes")
    return Asked(
        mode="subscribe" if mode == "subscribe" else "unsubscribe",
        callback=callback,
        host=host,
        topic=topic,
        document=document,
        lease=lease,
        secret=secret,
    )


def wish(asked: Asked, challenge: str, now: datetime) -> Wish:
    """What is to be confirmed, at once."""
    return Wish(
        mode=asked.mode,
        callback=asked.callback,
        host=asked.host,
        topic=asked.topic,
        document=asked.document,
        lease=asked.lease,
        secret=asked.secret,
        challenge=challenge,
        next_try=now,
    )


def denial(listener: Listener, now: datetime) -> Wish:
    """That its subscription has ended, for there is no such document any more."""
    return Wish(
        mode="denied",
        callback=listener.callback,
        host=listener.host,
        topic=listener.topic,
        document=listener.document,
        lease=timedelta(0),
        challenge="",
        next_try=now,
    )


def document_of(topic: str, base_url: str) -> str | None:
    """The name of the document that an address of ours stands for, whether it exists or not."""
    if not topic.startswith(f"{base_url}feeds/") or len(topic) > LONGEST_URL:
        return None
    levels = topic.removeprefix(base_url).split("/")
    try:
        names = [unquote(level, errors="strict") for level in levels]
    except UnicodeDecodeError:
        return None
    # An encoded slash is a part of a name; "_archive" is of documents that never change.
    if any("/" in name or not name or name.startswith("_archive") for name in names):
        return None
    return "/".join(names)


def topic_of(document: str, base_url: str) -> str:
    """The address that a document itself calls its own."""
    return base_url + quote(document, errors="replace")


def question(wish: Wish) -> str:
    """What the callback is asked (section 5.3), or told (5.2). What stands in its query already stays there."""
    fields = {"hub.mode": wish.mode, "hub.topic": wish.topic}
    if wish.mode == "denied":
        fields["hub.reason"] = "there is no such feed any more"
    else:
        fields["hub.challenge"] = wish.challenge
    if wish.mode == "subscribe":
        fields["hub.lease_seconds"] = str(int(wish.lease.total_seconds()))
    return f"{wish.callback}{'&' if '?' in wish.callback else '?'}{urlencode(fields)}"


def is_confirmed(wish: Wish, answer: Fetched) -> bool:
    """Whether the callback means it: it says the challenge, and nothing else."""
    return hmac.compare_digest(answer.body.strip(), wish.challenge.encode())


def asked_again(wish: Wish, failed: FetchFailed, now: datetime) -> Wish | None:
    """A callback that gave no answer is asked once more, and then again; one that answered no is not, nor one that
    must not be asked."""
    tries = wish.tries + 1
    is_silence = failed.failure in (Failure.DNS, Failure.CONNECT, Failure.TIMEOUT) or (failed.status or 0) >= 500
    if wish.mode == "denied" or not is_silence or tries >= TRIES:
        return None
    return replace(wish, tries=tries, next_try=now + BETWEEN_TRIES * (4 ** (tries - 1)))


def listener(wish: Wish, version: Version, now: datetime) -> Listener:
    """The subscription that was confirmed. It has what there is: whoever subscribes has just read it."""
    return Listener(
        callback=wish.callback,
        host=wish.host,
        topic=wish.topic,
        document=wish.document,
        secret=wish.secret,
        lease_until=now + wish.lease,
        told=version,
        next_try=now,
    )


def delivery_headers(listener: Listener, hub: str, media_type: str, body: bytes) -> Mapping[str, str]:
    """Of a delivery (sections 7 and 7.1)."""
    headers = {"Content-Type": media_type, "Link": f'<{hub}>; rel="hub", <{listener.topic}>; rel="self"'}
    if listener.secret:
        headers["X-Hub-Signature"] = f"sha256={hmac.digest(listener.secret.encode(), body, 'sha256').hex()}"
    return headers


def told(listener: Listener, version: Version, now: datetime) -> Listener:
    """The delivery was taken."""
    return replace(listener, told=version, failures=0, failing_since=None, next_try=now)


def failed(listener: Listener, failed: FetchFailed, now: datetime, chance: float) -> Listener | None:
    """The delivery was not taken; None: this subscriber is given up (section 7: 410, or nothing for days)."""
    since = listener.failing_since or now
    if failed.status == 410 or failed.failure is Failure.BLOCKED or now - since >= PATIENCE:
        return None
    failures = listener.failures + 1
    return replace(
        listener,
        failures=failures,
        failing_since=since,
        next_try=now + wait_after(failures, failed, now, chance),
    )


def wait_after(failures: int, failed: FetchFailed, now: datetime, chance: float) -> timedelta:
    """How long to leave somebody alone after so many failures in a row; 0 ≤ `chance` < 1 spreads them."""
    wait = min(LONGEST_WAIT, FIRST_WAIT * (1 << min(failures - 1, 16))) * (0.75 + 0.5 * chance)
    if failed.retry_after is not None and failed.retry_after - now < _FAR:
        wait = max(wait, min(failed.retry_after - now, LONGEST_WAIT))
    return wait


def announcement(topic: str) -> bytes:
    """What a hub elsewhere is told of a document that changed: the form that all public hubs take (PubSubHubbub 0.4,
    section 7.1; the W3C's leaves it to hub and publisher). `hub.topic` is what some call `hub.url`."""
    return urlencode({"hub.mode": "publish", "hub.url": topic, "hub.topic": topic}).encode()


def _fields(form: bytes) -> dict[str, str] | None:
    try:
        pairs = parse_qsl(
            form.decode("ascii"), keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=FIELDS
        )
    except ValueError:
        return None
    wanted = [(name, value.strip()) for name, value in pairs if name.startswith("hub.") and name != "hub.verify"]
    return None if len(dict(wanted)) < len(wanted) else dict(wanted)


def _host_of(callback: str) -> str | None:
    """The host and its port, in lower case; None for what we shall not call."""
    if len(callback.encode()) > LONGEST_URL or not callback.isascii() or not callback.isprintable() or " " in callback:
        return None
    try:
        parts = urlsplit(callback)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host or "@" in parts.netloc or "#" in callback:
        return None
    return f"{host.rstrip('.')}:{port or (443 if parts.scheme.lower() == 'https' else 80)}"


def _lease_of(text: str) -> timedelta | None:
    if not text:
        return USUAL_LEASE
    if not (text.isascii() and text.isdigit()):
        return None
    wanted = timedelta(seconds=int(text)) if len(text) < 9 else LONGEST_LEASE
    return max(SHORTEST_LEASE, min(wanted, LONGEST_LEASE))
