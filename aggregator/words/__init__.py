"""Text as words: read out of HTML, folded, cut, stemmed. Pure, and it knows nothing of articles or feeds.

What is kept and what is asked for go through the same functions, so they stand below every room.

    reading.py  the text of sanitized HTML
    cut.py      a text as the words by which it is found, and where each of them stands
    stem.py     the stem of an English word
    chinese.py  traditional characters as simplified ones
"""
