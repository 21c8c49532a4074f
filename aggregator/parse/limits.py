"""How much of a document we are willing to read. Every number is generous for a feed and small for a machine."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds that keep one document below a few seconds of CPU and 200 MB of memory, whatever it holds."""

    entries: int = 10_000  # of one document; the first ones are read
    elements: int = 150_000  # start tags of one document, markup inside XHTML content included
    marks: int = 1_000_000  # tags, comments, CDATA sections and stray "<" of one document
    entry_elements: int = 1_000  # elements of one entry outside its content: links, categories, media, …
    depth: int = 512  # open elements; what is nested deeper loses its tags and keeps its text
    attributes: int = 128  # of one element, namespace declarations included
    attribute: int = 1_000_000  # characters of one attribute: images inlined as data: URIs in XHTML are long
    name: int = 256  # characters of an element's or attribute's name
    entity_text: int = 256  # characters that one entity of an internal DTD may stand for
    entity_total: int = 65_536  # characters that all references to such entities together may add
    json_values: int = 1_000_000  # commas and opening brackets of a JSON document

    title: int = 16_384
    content: int = 2_000_000
    guid: int = 2_048
    url: int = 8_192
    line: int = 1_024  # names, tags, types, dates as written
    authors: int = 50
    tags: int = 100
    files: int = 50  # enclosures, and images, of one entry
    date: int = 100  # the longest string that can be a date


LIMITS = Limits()
