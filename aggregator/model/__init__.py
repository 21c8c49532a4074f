"""The nouns that cross between rooms: frozen values that pickle, standard library only.

source.py    what we follow, and the errand of visiting it once
exchange.py  one HTTP exchange: what was asked, what came back
entry.py     an item as its publisher wrote it; nothing in it is trusted
article.py   an entry as we keep it; safe to show
enrichment.py  an article's page: to be fetched, fetched, or given up
outcome.py   what a visit found, what is to be saved, and why
feed.py      what we publish
picture.py   a picture that may be shown
story.py     which stories are one, and why
status.py    what an operator asks about a source
settings.py  the configuration as the program uses it
hexo.py      a post file
errors.py    the tree of our own errors
"""
