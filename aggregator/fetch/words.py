"""What went wrong, and what its reader can do about it: for `status`, the page and the log."""

from __future__ import annotations

from http import HTTPStatus

from aggregator.model.exchange import Failure

_STATUSES = {
    400: "the server does not understand the request; is the URL complete?",
    401: "the publisher wants a password; write it into the URL or into headers, as ${NAME}",
    402: "the publisher wants to be paid",
    403: "the publisher does not let us in; another user_agent or a subscriber's URL may help",
    404: "the feed is not there any more; look for its new address",
    405: "this address is not made for reading",
    406: "the server has nothing in a format that we take",
    407: "the proxy wants a password; write it into its URL, as ${NAME}",
    408: "the server waited too long for us",
    410: "the publisher says that this feed has ended for good",
    418: "the server does not like robots; another user_agent may help",
    421: "the server is not responsible for this host",
    429: "we are asked to come less often",
    451: "not to be shown where we are, for legal reasons",
    500: "the server has a fault",
    502: "the server behind the publisher's gateway does not answer",
    503: "the server is overloaded or being worked on",
    504: "the server behind the publisher's gateway is too slow",
    507: "the server's disk is full",
    521: "Cloudflare says that the publisher's server is down",
    522: "Cloudflare cannot reach the publisher's server",
    523: "Cloudflare cannot find the publisher's server",
    525: "Cloudflare and the publisher's server cannot agree on TLS",
    526: "Cloudflare does not trust the publisher's certificate",
    530: "Cloudflare cannot resolve the publisher's server",
}
_CLASSES = {4: "the server refuses the request", 5: "the server has a fault"}

# What libcurl and its TLS libraries say, and what that means.
_TLS = (
    ("expired", "the publisher has to renew its certificate"),
    ("not yet valid", "the publisher's clock or ours is wrong"),
    ("self-signed", "nobody vouches for this server"),
    ("self signed", "nobody vouches for this server"),
    ("local issuer", "the certificate is signed by nobody that we know, or the server leaves out a part of the chain"),
    ("does not match", "the certificate is for another host"),
    ("subject name", "the certificate is for another host"),
    ("protocol version", "the server speaks no version of TLS that is still safe"),
    ("unsupported protocol", "the server speaks no version of TLS that is still safe"),
    ("wrong version", "the server does not speak TLS there; is it http://?"),
    ("packet length", "the server does not speak TLS there; is it http://?"),
)
_NO_NAME = "is it spelt right? the site may be gone, or no name server may be within reach"


def status_words(status: int) -> str:
    """`404 Not Found: the feed is not there any more; …`."""
    try:
        name = f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        name = str(status)
    meaning = _STATUSES.get(status) or _CLASSES.get(status // 100)
    return f"{name}: {meaning}" if meaning else name


def explained(failure: Failure, detail: str) -> str:
    """What the library says of a connection that failed, and what that means for a person."""
    meaning = ""
    if failure is Failure.TLS:
        meaning = next((words for sign, words in _TLS if sign in detail.lower()), "")
    elif failure is Failure.DNS:
        meaning = _NO_NAME
    return f"{detail}; {meaning}" if meaning else detail
