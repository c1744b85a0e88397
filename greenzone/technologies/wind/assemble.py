"""Arguments of the kernels put together: weather in pieces, each site's terms, the turbine's curve.

Comes in: labelled weather and the description of a plant. Goes out: `blocks.Hours`, piece by piece, so that data
larger than memory pass through; the next piece is read while one is computed.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from greenzone.errors import GreenzoneError
from greenzone.technologies.inputs import check_weather, second_dimension
from greenzone.technologies.wind import blocks, model
from greenzone.technologies.wind.correction import density_terms
from greenzone.technologies.wind.curve import Curve, prepare_curve
from greenzone.technologies.wind.hub_wind import wind_height
from greenzone.technologies.wind.output import Terms
from greenzone.technologies.wind.turbines import Turbine
from greenzone.technologies.wind.turbines import turbine as library_turbine

PIECE_VALUES = 2**25  # of one variable that are converted at a time
READ_VALUES = 2**22  # of one variable that are read at a time, while those before are computed
DENSITY_RANGE = 0.6, 1.7  # kg/m3, for which power curves are prepared
REFERENCE_TEMP = 10.0  # degC, about which the fall of density to the hub is taken


class Piece(NamedTuple):
    """Some hours of some sites, ready to compute."""

    times: slice
    sites: slice
    work: blocks.Hours


class Plan(NamedTuple):
    """Weather that has been checked, and what the kernels need beside it."""

    weather: xr.Dataset
    column: str
    terms: Terms
    curve: Curve

    @property
    def shape(self) -> tuple[int, int]:
        """Number of times and sites."""
        return self.weather.sizes["time"], self.weather.sizes[self.column]

    def pieces(self) -> Iterator[Piece]:
        """All hours and sites, in pieces that fit into memory, one read ahead."""
        rows, columns = self._edges()
        todo = [(slice(*r), slice(*c)) for c in columns for r in rows]
        if len(todo) == 1:
            yield self.piece(*todo[0])
            return
        with ThreadPoolExecutor(max_workers=1) as reader:
            ahead = reader.submit(self.piece, *todo[0])
            for following in [*todo[1:], None]:
                ready = ahead.result()
                if following is not None:
                    ahead = reader.submit(self.piece, *following)
                yield ready

    def piece(self, times: slice, sites: slice) -> Piece:
        """Some hours of some sites, read into memory."""
        part = self.weather.isel({"time": times, self.column: sites})
        temp, pressure = (_float32(part[name]) if name in part else None for name in ("temp_air", "pressure"))
        work = blocks.Hours(_float32(part["wind_speed"]), temp, pressure, self.terms.of(sites), self.curve)
        return Piece(times, sites, work)

    def _edges(self) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        times, sites = self.shape
        chunks = self.weather["wind_speed"].chunksizes
        if chunks:
            return _runs(chunks["time"]), _runs(chunks[self.column])
        if all(_ready(values) for values in self.weather.data_vars.values()):
            return [(0, times)], [(0, sites)]
        at_hand = getattr(self.weather["wind_speed"].variable, "_in_memory", True)
        rows = max(1, (PIECE_VALUES if at_hand else READ_VALUES) // max(sites, 1))
        return [(start, min(start + rows, times)) for start in range(0, times, rows)], [(0, sites)]


def make_plan(
    weather: xr.Dataset,
    turbine: str | Turbine,
    hub_height: float,
    shear_exponent: ArrayLike = 0.143,
    losses: ArrayLike = 0.0,
    cold_stop: float = -np.inf,
    density: ArrayLike | None = None,
) -> Plan:
    """Check everything a user gave and bring it into the kernels' form; see `estimate.capacity_factor`."""
    curve = prepare_curve(get_turbine(turbine))
    checked = _checked(weather, density, cold_stop)
    column = second_dimension(checked, "wind_speed")
    count = checked.sizes[column]
    if 0 in checked["wind_speed"].shape:
        raise GreenzoneError(f"weather is empty: {dict(checked.sizes)}")
    shear = _per_site(shear_exponent, count, "shear_exponent", -1.0, 2.0)
    lost = _per_site(losses, count, "losses", 0.0, 1.0)
    hub = float(_per_site(hub_height, 1, "hub_height", 5.0, 500.0)[0])
    factor = model.power_law(1.0, wind_height(checked["wind_speed"]), hub, shear)
    if density is not None:
        same = _per_site(density, count, "density", *DENSITY_RANGE)
        return Plan(checked, column, terms_of_density(count, factor, same, 1 - lost), curve)
    ground: ArrayLike = model.STANDARD_PRESSURE
    if "pressure" not in checked:
        ground = model.standard_pressure(np.asarray(weather["elevation"].values, dtype=float))
    return Plan(checked, column, hub_terms(count, hub, factor, ground, cold_stop=cold_stop, gain=1 - lost), curve)


def _checked(weather: xr.Dataset, density: ArrayLike | None, cold_stop: float) -> xr.Dataset:
    """The variables that are needed; temperature and pressure only where they make the density of the air."""
    if density is None:
        coordinates = () if "pressure" in weather else ("elevation",)
        return check_weather(weather, ("wind_speed", "temp_air"), ("pressure",), coordinates)
    if cold_stop > -np.inf:
        raise GreenzoneError("cold_stop needs the temperature of the air hour by hour: leave out density")
    return check_weather(weather, ("wind_speed",))


def get_turbine(turbine: str | Turbine) -> Turbine:
    """The turbine itself, or the one of that name in the library."""
    return turbine if isinstance(turbine, Turbine) else library_turbine(str(turbine))


def hub_terms(
    count: int,
    hub_height: float,
    speed_factor: ArrayLike,
    pressure: ArrayLike,
    temp_offset: ArrayLike = 0.0,
    cold_stop: float = -np.inf,
    gain: ArrayLike = 1.0,
) -> Terms:
    """Each site's terms for the kernels.

    Parameters
    ----------
    count : int
        Number of sites.
    hub_height : float
        Height of the hub above ground. [m]
    speed_factor : array_like
        Hub wind over the weather's. [1]
    pressure : array_like
        Pressure at the ground [Pa]; the standard one where it comes hour by hour.
    temp_offset : array_like
        Air temperature of the site less that of the weather. [K]
    cold_stop : float
        Air temperature at the hub below which the turbine stands still. [degC]
    gain : array_like
        What losses leave. [1]

    Notes
    -----
    Density at the hub is pressure over temperature there. With temperature T at the ground both fall upwards such
    that their ratio is that of the ground with a constant added to T: 3.8 K at 135 m, from -40 to 40 degC the same
    within 0.01 K.
    """
    thinner = model.air_density(1.0, REFERENCE_TEMP) / model.density_at_hub(1.0, REFERENCE_TEMP, hub_height)
    temp_add = (REFERENCE_TEMP + model.KELVIN) * (thinner - 1)
    offset = np.asarray(temp_offset, dtype=float)
    still_below = cold_stop - offset + model.LAPSE_RATE * hub_height if cold_stop > -np.inf else None
    return _terms(count, speed_factor, still_below, gain, *density_terms(offset + temp_add, pressure))


def terms_of_density(count: int, speed_factor: ArrayLike, density: ArrayLike, gain: ArrayLike = 1.0) -> Terms:
    """Each site's terms for the kernels in air whose density [kg/m3] at the hub is always the same; see `hub_terms`."""
    thickness = np.cbrt(np.asarray(density, dtype=float) / model.STANDARD_DENSITY) - 1
    b0 = thickness if np.any(thickness) else None
    return _terms(count, speed_factor, None, gain, b0, None, None, None, None, None)


def _terms(count: int, speed_factor: ArrayLike, still: ArrayLike | None, gain: ArrayLike, *b: Any) -> Terms:
    left = None if np.all(np.asarray(gain) == 1) else gain
    values = speed_factor, still, left, *b
    return Terms(*(None if v is None else _float32(np.broadcast_to(v, count)) for v in values))  # type: ignore[arg-type]


def _per_site(values: ArrayLike, count: int, name: str, low: float, high: float) -> np.ndarray:
    """One number per site, or one line on what is wrong with them."""
    array = np.asarray(values, dtype=float)
    if array.shape not in ((), (1,), (count,)):
        raise GreenzoneError(f"{name} has shape {array.shape}: give one number or one per site ({count},)")
    if not (np.all(array >= low) and np.all(array <= high)):
        raise GreenzoneError(f"{name} must lie between {low:g} and {high:g}")
    return np.broadcast_to(array, count)


def _float32(values: xr.DataArray | np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(values, dtype=np.float32)


def _ready(values: xr.DataArray) -> bool:
    """Whether the values are in memory as the kernels take them."""
    at_hand = getattr(values.variable, "_in_memory", False)
    return bool(at_hand and values.dtype == np.float32 and values.values.flags.c_contiguous)


def _runs(sizes: tuple[int, ...]) -> list[tuple[int, int]]:
    """First and last index of each chunk."""
    edges = np.cumsum([0, *sizes]).tolist()
    return list(pairwise(edges))
