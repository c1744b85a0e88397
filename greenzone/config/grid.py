"""The `grid` section: the cells that the zone is cut into."""

from __future__ import annotations

from typing import Any, Literal

import pyproj
from pydantic import Field, field_validator, model_validator

from greenzone.schema import Options

CELL_SIZES = {"square": 1000.0, "lonlat": 0.01}
MAX_DEGREES = 5.0


class Grid(Options):
    """The cells that the zone is cut into; each becomes a site."""

    kind: Literal["square", "lonlat", "h3"] = "square"
    """Shape of the cells: squares in a projected CRS, longitude-latitude cells, or H3 hexagons."""
    cell_size: float | None = Field(default=None, gt=0)
    """Edge of a cell: [m] for `square` (default 1000), [degree] for `lonlat` (default 0.01); none for `h3`."""
    h3_resolution: int = Field(default=8, ge=0, le=12)
    """H3 resolution: 6 is about 36 km2, 7 is 5 km2, 8 is 0.7 km2 [1]; only for `h3`."""
    crs: str = "EPSG:32638"
    """Projected CRS in metres of `square` cells; the default, UTM zone 38N, suits 42-48 degrees east."""

    @model_validator(mode="before")
    @classmethod
    def _size_of_the_kind(cls, given: Any) -> Any:
        if isinstance(given, dict) and given.get("cell_size") is None:
            return {**given, "cell_size": CELL_SIZES.get(str(given.get("kind", "square")))}
        return given

    @field_validator("crs")
    @classmethod
    def _known_crs(cls, crs: str) -> str:
        try:
            pyproj.CRS.from_user_input(crs)
        except pyproj.exceptions.CRSError:
            raise ValueError(f"'{crs}' is not a CRS: write it like EPSG:32638") from None
        return crs

    @model_validator(mode="after")
    def _size_and_crs_fit_the_kind(self) -> Grid:
        if self.kind == "h3" and self.cell_size is not None:
            raise ValueError("h3 cells have no 'cell_size': set 'h3_resolution', and 'cell_size' to null")
        if self.kind == "lonlat" and self.cell_size is not None and self.cell_size > MAX_DEGREES:
            raise ValueError(
                f"'cell_size' of lonlat cells is in degrees, at most {MAX_DEGREES:g}, not {self.cell_size:g}"
            )
        if self.kind == "square":
            crs = pyproj.CRS.from_user_input(self.crs)
            if not crs.is_projected or any(axis.unit_name != "metre" for axis in crs.axis_info[:2]):
                raise ValueError(f"square cells need a projected 'crs' in metres, and '{self.crs}' is none")
        return self
