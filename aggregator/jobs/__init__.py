"""Recipes: the only place where rooms meet.

visit.py    fetch | parse | refine: one source, once
poll.py     claim | visit | decide | record
publish.py  compose | render | publish
posts.py    Hexo posts in and out
subscribe.py WebSub: hubs bring what is new
prune.py    what is old goes, its names stay
"""
