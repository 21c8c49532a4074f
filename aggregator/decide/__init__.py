"""Judges first, acts never: which entry is which, what is to be saved, when a source is asked again.

canonical.py  one spelling for every address of a page
identity.py   the names of an entry, the permanent id of a story
dates.py      which dates we believe
ingest.py     new, changed, or nothing
pace.py       when a source is polled next
"""
