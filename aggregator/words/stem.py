"""The stem of an English word, by M. F. Porter: An algorithm for suffix stripping, Program 14 (1980), 130-137.

With the two departures of the author's own C program ("bli" → "ble", "logi" → "log"), so that the stems are those of
SQLite's `porter`; a test holds them against it. Written out here, because what is shown is marked by the same stems.
"""

from __future__ import annotations

from string import ascii_lowercase

_STEP_2 = (
    ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"), ("bli", "ble"),
    ("alli", "al"), ("entli", "ent"), ("eli", "e"), ("ousli", "ous"), ("ization", "ize"), ("ation", "ate"),
    ("ator", "ate"), ("alism", "al"), ("iveness", "ive"), ("fulness", "ful"), ("ousness", "ous"), ("aliti", "al"),
    ("iviti", "ive"), ("biliti", "ble"), ("logi", "log"),
)  # fmt: skip
_STEP_3 = (
    ("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""), ("ness", ""),
)  # fmt: skip
_STEP_4 = (
    "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion", "ou", "ism", "ate", "iti",
    "ous", "ive", "ize",
)  # fmt: skip
_SUFFIXES_2, _SUFFIXES_3 = (tuple(suffix for suffix, _ in pairs) for pairs in (_STEP_2, _STEP_3))
_KINDS = {ord(letter): "v" if letter in "aeiou" else "c" for letter in ascii_lowercase}

KEPT = frozenset(("news", "this", "his", "has", "was", "does", "us", "is", "as", "ios", "aws", "gps", "dns", "bbs"))
"""What only looks like a plural: who looks for news does not want all that is new."""


def stem(word: str) -> str:
    """What is left of a word in small ASCII letters; of any other word, the word."""
    if len(word) <= 2 or word in KEPT or not (word.isascii() and word.isalpha()):
        return word
    word = _participles(_plural(word))
    if word.endswith("y") and _has_vowel(word[:-1]):
        word = word[:-1] + "i"
    word = _replaced(_replaced(word, _STEP_2, _SUFFIXES_2), _STEP_3, _SUFFIXES_3)
    return _tidied(_without_suffix(word))


def _plural(word: str) -> str:
    if word.endswith(("sses", "ies")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _participles(word: str) -> str:
    if word.endswith("eed"):
        return word[:-1] if _measure(word[:-3]) > 0 else word
    for suffix in ("ed", "ing"):
        if word.endswith(suffix):
            rest = word[: -len(suffix)]
            return _mended(rest) if _has_vowel(rest) else word
    return word


def _mended(rest: str) -> str:
    """ "hopp" → "hop", "fil" → "file"."""
    if rest.endswith(("at", "bl", "iz")):
        return rest + "e"
    if _ends_double(rest) and rest[-1] not in "lsz":
        return rest[:-1]
    return rest + "e" if _measure(rest) == 1 and _is_short(rest) else rest


def _replaced(word: str, pairs: tuple[tuple[str, str], ...], suffixes: tuple[str, ...]) -> str:
    if not word.endswith(suffixes):  # most words, and all at once
        return word
    for suffix, instead in pairs:
        if word.endswith(suffix):
            rest = word[: -len(suffix)]
            return rest + instead if _measure(rest) > 0 else word
    return word


def _without_suffix(word: str) -> str:
    if not word.endswith(_STEP_4):
        return word
    for suffix in _STEP_4:
        if word.endswith(suffix):
            rest = word[: -len(suffix)]
            goes = _measure(rest) > 1 and (suffix != "ion" or rest.endswith(("s", "t")))
            return rest if goes else word
    return word


def _tidied(word: str) -> str:
    if word.endswith("e"):
        measure = _measure(word[:-1])
        if measure > 1 or (measure == 1 and not _is_short(word[:-1])):
            word = word[:-1]
    return word[:-1] if word.endswith("ll") and _measure(word[:-1]) > 1 else word


def _shape(word: str) -> str:
    """Vowels as v, consonants as c: y is a vowel after a consonant."""
    if "y" not in word:
        return word.translate(_KINDS)
    shape = ""
    for at, char in enumerate(word):
        shape += "v" if char in "aeiou" or (char == "y" and at and shape[-1] == "c") else "c"
    return shape


def _measure(word: str) -> int:
    """How often consonants follow vowels: the m of the paper."""
    return _shape(word).count("vc")


def _has_vowel(word: str) -> bool:
    return "v" in _shape(word)


def _ends_double(word: str) -> bool:
    return len(word) > 1 and word[-1] == word[-2] and _shape(word)[-1] == "c"


def _is_short(word: str) -> bool:
    """It ends consonant, vowel, consonant, the last not w, x or y."""
    return _shape(word)[-3:] == "cvc" and word[-1] not in "wxy"
