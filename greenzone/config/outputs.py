"""The `outputs` section: where results go, and how much of them."""

from __future__ import annotations

from pydantic import Field

from greenzone.schema import Options


class Outputs(Options):
    """Where results go, and how much of them."""

    directory: str | None = Field(default=None, min_length=1)
    """Folder for the results, from where the command is run; `runs/<name>` by default."""
    profiles: bool = False
    """Whether the hourly profiles of the supply groups are written too."""
