"""Names and units under which weather comes: CF standard names, the short names of common files, unit spellings.

Comes in: a variable's name, standard name and units. Goes out: greenzone's name for it, and the factor and offset
that bring it to greenzone's units.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from greenzone.errors import GreenzoneError


class Quantity(NamedTuple):
    """A kind of variable: its units here, how others write it, and the values that occur on Earth."""

    units: str
    standard_names: tuple[str, ...]
    names: tuple[str, ...]
    low: float
    high: float


QUANTITIES = {
    "ghi": Quantity(
        "W m-2",
        ("surface_downwelling_shortwave_flux_in_air", "integral_wrt_time_of_surface_downwelling_shortwave_flux_in_air"),
        ("ghi", "g(h)", "ssrd", "rsds", "swgdn", "influx", "allsky_sfc_sw_dwn", "global_horizontal"),
        -20.0,
        1700.0,
    ),
    "dni": Quantity(
        "W m-2",
        ("surface_direct_along_beam_shortwave_flux_in_air", "direct_downwelling_shortwave_flux_in_air_along_beam"),
        ("dni", "gb(n)", "allsky_sfc_sw_dni", "direct_normal"),
        -20.0,
        1500.0,
    ),
    "bhi": Quantity(
        "W m-2",
        ("surface_direct_downwelling_shortwave_flux_in_air",),
        ("bhi", "gb(h)", "fdir", "influx_direct", "direct_horizontal"),
        -20.0,
        1500.0,
    ),
    "dhi": Quantity(
        "W m-2",
        ("surface_diffuse_downwelling_shortwave_flux_in_air",),
        ("dhi", "gd(h)", "influx_diffuse", "allsky_sfc_sw_diff", "diffuse_horizontal"),
        -20.0,
        1100.0,
    ),
    "temp_air": Quantity(
        "degC",
        ("air_temperature",),
        ("temp_air", "t2m", "t_amb", "tas", "temperature", "temp", "2m_temperature"),
        -80,
        60,
    ),
    "wind_speed": Quantity(
        "m s-1",
        ("wind_speed",),
        ("wind_speed", "wnd100m", "ws100m", "wnd10m", "ws10m", "sfcwind", "si100", "si10", "windspeed"),
        -0.01,
        80.0,
    ),
    "u100": Quantity("m s-1", (), ("u100", "u100m"), -80.0, 80.0),
    "v100": Quantity("m s-1", (), ("v100", "v100m"), -80.0, 80.0),
    "u10": Quantity("m s-1", (), ("u10", "u10m"), -80.0, 80.0),
    "v10": Quantity("m s-1", (), ("v10", "v10m"), -80.0, 80.0),
    "pressure": Quantity(
        "Pa", ("surface_air_pressure", "air_pressure"), ("pressure", "sp", "ps", "atmospheric_pressure"), 3e4, 1.1e5
    ),
    "relative_humidity": Quantity("%", ("relative_humidity",), ("relative_humidity", "rh", "hurs"), -1.0, 110.0),
    "elevation": Quantity(
        "m",
        ("surface_altitude", "height_above_mean_sea_level"),
        ("elevation", "orography", "altitude", "height"),
        -450,
        9000,
    ),
}

# How a unit is written, to (factor, offset) towards the units of QUANTITIES. Spelling is compared without spaces,
# carets, asterisks and case. Irradiation counts per interval; see `conversion`.
SPELLINGS: dict[str, dict[str, tuple[float, float]]] = {
    "W m-2": {"wm-2": (1, 0), "w/m2": (1, 0), "w/m²": (1, 0), "kwm-2": (1000, 0), "kw/m2": (1000, 0)},
    "degC": {"degc": (1, 0), "c": (1, 0), "°c": (1, 0), "celsius": (1, 0), "degree_celsius": (1, 0),
             "degrees_c": (1, 0), "k": (1, -273.15), "kelvin": (1, -273.15), "degf": (5 / 9, -160 / 9)},
    "m s-1": {"ms-1": (1, 0), "m/s": (1, 0), "kmh-1": (1 / 3.6, 0), "km/h": (1 / 3.6, 0), "knot": (0.514444, 0),
              "knots": (0.514444, 0), "kt": (0.514444, 0)},
    "Pa": {"pa": (1, 0), "hpa": (100, 0), "mbar": (100, 0), "millibar": (100, 0), "kpa": (1000, 0), "bar": (1e5, 0)},
    "%": {"%": (1, 0), "percent": (1, 0), "1": (100, 0)},
    "m": {"m": (1, 0), "metre": (1, 0), "meters": (1, 0), "km": (1000, 0), "m2s-2": (1 / 9.80665, 0)},
}  # fmt: skip
PER_INTERVAL = {"jm-2": 1.0, "j/m2": 1.0, "kjm-2": 1e3, "kj/m2": 1e3, "mjm-2": 1e6, "mj/m2": 1e6,
                "whm-2": 3600.0, "wh/m2": 3600.0, "kwhm-2": 3.6e6, "kwh/m2": 3.6e6}  # fmt: skip


class Conversion(NamedTuple):
    """Linear way from a file's units to ours; `accumulated` where the file holds energy per interval."""

    factor: float
    offset: float
    accumulated: bool


def conversion(name: str, units: str | None, step_seconds: float) -> Conversion:
    """How to bring a variable to greenzone's units.

    Parameters
    ----------
    name : str
        greenzone's name of the variable.
    units : str or None
        As the file writes them; None or empty is taken for greenzone's own, to be judged by the range of values.
    step_seconds : float
        Length of the interval over which irradiation is summed.

    Raises
    ------
    GreenzoneError
        The units are none of those known for such a variable.
    """
    wanted = QUANTITIES[name].units
    if not units or _plain(units) == _plain(wanted):
        return Conversion(1.0, 0.0, accumulated=False)
    spelling = _plain(units)
    if wanted == "W m-2" and spelling in PER_INTERVAL:
        return Conversion(PER_INTERVAL[spelling] / step_seconds, 0.0, accumulated=True)
    if spelling not in SPELLINGS[wanted]:
        known = ", ".join(sorted({*SPELLINGS[wanted], *(PER_INTERVAL if wanted == "W m-2" else ())}))
        raise GreenzoneError(f"weather variable '{name}' is in '{units}', not {wanted}; units that are read: {known}")
    return Conversion(*SPELLINGS[wanted][spelling], accumulated=False)


def recognise(name: str, standard_name: str | None = None) -> str | None:
    """greenzone's name of a variable by its CF standard name or its own name; None for anything else."""
    for ours, quantity in QUANTITIES.items():
        if standard_name is not None and standard_name in quantity.standard_names:
            return ours
    return next((ours for ours, quantity in QUANTITIES.items() if name.lower() in quantity.names), None)


def height_of(name: str) -> float | None:
    """Height above ground [m] that the name of a wind variable tells."""
    return 100.0 if "100" in name else 10.0 if "10" in name else None


def outside(name: str, values: np.ndarray) -> str | None:
    """What is wrong with the range of converted values, or None."""
    quantity = QUANTITIES[name]
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    if low >= quantity.low and high <= quantity.high:
        return None
    return f"runs from {low:.6g} to {high:.6g}, outside {quantity.low:g} to {quantity.high:g} {quantity.units}"


def _plain(units: str) -> str:
    return units.strip().lower().replace("**", "").replace("^", "").replace(" ", "").replace("²", "2")
