"""The one error a user is meant to read: a clear line that names the thing and the way out."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class GreenzoneError(Exception):
    """Something in the user's input cannot be used; the command line prints it and exits with 2."""


def nearest(word: str, choices: Iterable[str]) -> str:
    """A phrase naming the valid choice nearest to `word`, or all of them where none is near."""
    listed = sorted(choices)
    close = difflib.get_close_matches(word.lower(), [choice.lower() for choice in listed], n=1, cutoff=0.5)
    if close:
        return f"did you mean '{next(choice for choice in listed if choice.lower() == close[0])}'?"
    return f"choose from {', '.join(listed)}" if len(listed) <= 30 else f"{len(listed)} choices, none near"
