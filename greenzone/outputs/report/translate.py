"""Notes of a run in Azerbaijani: each English sentence is known by its template, whose numbers and names are kept.

Comes in: sentences. Goes out: what is known of them in Azerbaijani; a sentence of no template stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib import resources

import pandas as pd

from greenzone.layers import catalogue

PLACE = re.compile(r"\{(\w+)\}")
NUMBER = re.compile(r"(?<![\w.,])[+-]?\d+(?:,\d{3})*(?:\.\d+)?%?(?!\w)")
HOUR = re.compile(r"\b(\d+) h\b")


def azerbaijani(sentences: Iterable[str]) -> dict[str, str]:
    """Sentences in Azerbaijani by what they are in English.

    Parameters
    ----------
    sentences : iterable of str
        As the run wrote them.

    Returns
    -------
    dict
        Only sentences whose template stands in `notes.csv`. Numbers are written with a decimal comma; months, seasons,
        technologies and districts among the names are translated; other names stay.
    """
    found = {}
    for sentence in dict.fromkeys(sentences):
        for template, words in _templates():
            match = template.fullmatch(sentence)
            if match:
                found[sentence] = words.format_map({name: _value(text) for name, text in match.groupdict().items()})
                break
    return found


def _value(text: str) -> str:
    """What stands in a place: a sentence of its own, or names and numbers."""
    whole = next((words for template, words in _templates() if template.fullmatch(text) and not template.groups), None)
    if whole is not None:
        return whole
    known = _words()
    pattern = "|".join(re.escape(name) for name in sorted(known, key=len, reverse=True))
    named = re.sub(rf"(?<!\w)(?:{pattern})(?!\w)", lambda word: known[word[0]], HOUR.sub(r"saat \1", text))
    return NUMBER.sub(_number, named)


def _number(found: re.Match[str]) -> str:
    swapped = found[0].removesuffix("%").translate(str.maketrans(",.", ".,"))
    return swapped + (" %" if found[0].endswith("%") else "")


@cache
def _templates() -> list[tuple[re.Pattern[str], str]]:
    """Templates as patterns, those with most fixed words first, and their Azerbaijani words."""
    rows = _table("notes.csv")
    ranked = sorted(rows.items(), key=lambda row: -len(PLACE.sub("", row[0])))
    return [(re.compile(_pattern(template), re.DOTALL), words) for template, words in ranked]


def _pattern(template: str) -> str:
    pieces = PLACE.split(template)
    return "".join(f"(?P<{piece}>.+?)" if number % 2 else re.escape(piece) for number, piece in enumerate(pieces))


@cache
def _words() -> dict[str, str]:
    """Names that are translated within a sentence."""
    districts = catalogue.load_districts()
    return dict(zip(districts["district"].astype(str), districts["name_az"].astype(str), strict=True)) | _table(
        "note_words.csv"
    )


def _table(name: str) -> dict[str, str]:
    with resources.as_file(resources.files(__package__) / name) as path:
        table = pd.read_csv(path, keep_default_na=False)
    return dict(zip(table["en"], table["az"], strict=True))
