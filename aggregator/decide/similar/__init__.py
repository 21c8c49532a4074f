"""Which articles tell the same story, by their texts. Pure: the store keeps the keys, the jobs ask.

words.py    a text as it is compared: folded, cut into tokens and marks
prints.py   a few keys of each article, by which the store finds what may be the same
align.py    two texts side by side
judge.py    same or not, by which rule, with which figures
"""

from aggregator.decide.similar.judge import (
    APART,
    Figures,
    Rule,
    Telling,
    Verdict,
    is_near,
    may_be_same,
    same_story,
    telling,
)
from aggregator.decide.similar.prints import Print, fingerprint, print_of
from aggregator.decide.similar.words import LENGTH

__all__ = [
    "APART",
    "LENGTH",
    "Figures",
    "Print",
    "Rule",
    "Telling",
    "Verdict",
    "fingerprint",
    "is_near",
    "may_be_same",
    "print_of",
    "same_story",
    "telling",
]
