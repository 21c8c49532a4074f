"""The HTTP door: the feeds as files, and pages about them.

app.py        the whole site
feeds.py      /feeds/…: the road that nearly every request takes
shelf.py      the files in memory, in each encoding
answer.py     a response made once and sent many times
negotiate.py  what a request asks for
websub.py     /websub/…: what hubs deliver
images.py     /img/…: pictures of publishers, from our own address
library.py    what the pages ask of the rest of the program
page.py       the page for people; words.py its words; kept.py keeps it for a moment
life.py       the life of an article in sentences, lifewords.py their words; the command line says the same
metrics.py    numbers for Prometheus
server.py     the server in its thread; protocol.py its limits
"""
