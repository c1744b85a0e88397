"""The `zone` section: which land is looked at."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from greenzone.errors import nearest
from greenzone.layers import catalogue
from greenzone.schema import Options


@cache
def district_names() -> tuple[tuple[str, str], ...]:
    """Names of the embedded districts, in English and in Azerbaijani."""
    table = catalogue.load_districts()
    return tuple(zip(table.district, table.name_az, strict=True))


def folded(name: str) -> str:
    """A name without its case; Azerbaijani pairs i with İ and ı with I, so dots do not count."""
    return name.strip().casefold().replace("\u0307", "").replace("ı", "i")


def known_district(name: str) -> str:
    """The embedded district of this name, in English or Azerbaijani, in any case."""
    for english, azerbaijani in district_names():
        if folded(name) in (folded(english), folded(azerbaijani)):
            return english
    raise ValueError(f"unknown district '{name}': {nearest(name, (english for english, _ in district_names()))}")


District = Annotated[str, AfterValidator(known_district)]


class Zone(Options):
    """Which land is looked at: districts by name, or a polygon file; all embedded districts where neither is named."""

    districts: tuple[District, ...] | None = Field(default=None, min_length=1)
    """Districts by name, in English or Azerbaijani (`greenzone data list` prints them); all of them by default."""
    file: Path | None = None
    """Polygon file with a CRS (GeoJSON, GeoPackage, shapefile, ...) in place of `districts`; path from this file."""
    name_column: str = "district"
    """Column of `file` that names the districts; where the file lacks it, all polygons are one district."""

    @model_validator(mode="before")
    @classmethod
    def _all_districts_by_default(cls, given: Any) -> Any:
        if isinstance(given, dict) and given.get("districts") is None and given.get("file") is None:
            return {**given, "districts": [english for english, _ in district_names()]}
        return given

    @model_validator(mode="after")
    def _one_of_the_two(self) -> Zone:
        if self.districts is not None and self.file is not None:
            raise ValueError("names both 'districts' and 'file': keep one, or set the other to null")
        if self.districts is not None and len(set(self.districts)) < len(self.districts):
            twice = next(name for name in self.districts if self.districts.count(name) > 1)
            raise ValueError(f"names the district '{twice}' twice")
        return self
