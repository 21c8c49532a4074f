from aggregator.model.entry import NotAFeed, ParsedFeed
from aggregator.parse import parse_feed


def test_a_small_feed_is_read() -> None:
    feed = parse_feed(b"<rss><channel><title>F</title><item><title>A &amp; B</title></item></channel></rss>")
    assert isinstance(feed, ParsedFeed)
    assert feed.title == "F"
    assert feed.entries[0].title
    assert feed.entries[0].title.value == "A & B"


def test_nothing_is_no_feed() -> None:
    assert parse_feed(b"") == NotAFeed("an empty document")
