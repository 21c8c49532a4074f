"""Recipes: the only place where rooms meet.

visit.py    fetch | parse | refine: one source, once
poll.py     claim | visit | decide | record
enrich.py   the pages of articles: claim | fetch | find the article | judge
gallery.py  other people's pictures: fetch | without metadata | cache
pictures.py what `images:` makes of pictures
publish.py  compose | render | publish
posts.py    Hexo posts in and out
subscribe.py WebSub: hubs bring what is new
prune.py    what is old goes, its names stay
"""
