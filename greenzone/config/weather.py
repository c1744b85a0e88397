"""The `weather` section: where the hourly weather comes from."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from greenzone.schema import Options


class Weather(Options):
    """Hourly weather: made up by the embedded generator from climate means, or read from a file."""

    source: Literal["generator", "file"] = "generator"
    """`generator`: the embedded, seeded generator; `file`: the file named below (naming one is enough)."""
    file: Path | None = None
    """Hourly weather: CF netCDF or zarr over the zone, or PVGIS TMY or EPW at one place; path from this file."""
    lat: float | None = Field(default=None, ge=-90, le=90)
    """Latitude of a plain CSV that does not tell its place [degree north]."""
    lon: float | None = Field(default=None, ge=-180, le=180)
    """Longitude of a plain CSV that does not tell its place [degree east]."""
    elevation: float | None = Field(default=None, ge=-500, le=9000)
    """Altitude of that place [m]; from the embedded terrain by default."""
    years: int = Field(default=1, ge=1, le=100)
    """Number of years the generator makes, each of 8760 hours [year]."""
    first_year: int = Field(default=2019, ge=1950, le=2100)
    """Calendar year of the first generated time stamp [year]; the climate is that of 2010-2018 all the same."""
    seed: int = Field(default=1, ge=0, le=2**32 - 1)
    """Seed of the generator [1]: the same seed gives the same weather."""

    @model_validator(mode="before")
    @classmethod
    def _a_file_is_enough(cls, given: Any) -> Any:
        if isinstance(given, dict) and given.get("file") is not None:
            return {"source": "file", **given}
        return given

    @model_validator(mode="after")
    def _file_where_it_is_read(self) -> Weather:
        if self.source == "file" and self.file is None:
            raise ValueError("'source' is 'file', and no 'file' is named")
        if self.source == "generator" and self.file is not None:
            raise ValueError("'source' is 'generator', and a 'file' is named: remove one of the two")
        return self
