"""Power curves of wind turbines: the 67 of windpowerlib's library, or the user's own.

Comes in: a turbine's name, speeds and powers, or a file of them. Goes out: `Turbine`, an immutable power curve with
its rotor.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import windpowerlib
from numpy.typing import ArrayLike

from greenzone.errors import GreenzoneError, nearest

CLASS_NUMBERS = {"I": 1, "II": 2, "III": 3, "1": 1, "2": 2, "3": 3}


@dataclass(frozen=True, eq=False)
class Turbine:
    """A wind turbine as its power curve at 1.225 kg/m3.

    `wind_speed` [m/s] ascends; `output` [1] is power over nominal power; below the first and above the last speed the
    turbine stands still. `nominal_power` is in W, `rotor_diameter` in m (NaN where not known), `wind_class` is the IEC
    class as the library has it ("" where not given).
    """

    name: str
    wind_speed: np.ndarray
    output: np.ndarray
    nominal_power: float
    rotor_diameter: float
    wind_class: str = ""

    def __post_init__(self) -> None:
        """Keep the curve from changes: what is prepared of it once is used again."""
        for name in ("wind_speed", "output"):
            values = np.array(getattr(self, name), dtype=float)
            values.setflags(write=False)
            object.__setattr__(self, name, values)

    @property
    def swept_area(self) -> float:
        """Area of the rotor. [m2]"""
        return float(np.pi / 4 * self.rotor_diameter**2)

    @property
    def specific_power(self) -> float:
        """Nominal power over swept area. [W/m2]"""
        return self.nominal_power / self.swept_area

    @property
    def iec_class(self) -> int | None:
        """Strongest IEC wind class named in `wind_class`: 1 to 3, None where there is none."""
        found = re.findall(r"\b(III|II|I|[123])[abcs]?\b", self.wind_class, flags=re.IGNORECASE)
        return min((CLASS_NUMBERS[numeral.upper()] for numeral in found), default=None)

    @property
    def rated_speed(self) -> float:
        """Lowest speed of the curve with full output. [m/s]"""
        return float(self.wind_speed[np.argmax(self.output >= self.output.max() * (1 - 1e-6))])

    @property
    def cut_out_speed(self) -> float:
        """Speed above which the turbine stands still. [m/s]"""
        return float(self.wind_speed[-1])


def custom_turbine(
    name: str,
    wind_speed: ArrayLike,
    power: ArrayLike,
    nominal_power: float | None = None,
    rotor_diameter: float = np.nan,
) -> Turbine:
    """A turbine from its own power curve.

    Parameters
    ----------
    name : str
        Any name.
    wind_speed : array_like, shape (n,)
        Speeds of the curve, ascending, n >= 2. [m/s]
    power : array_like, shape (n,)
        Power at each speed at 1.225 kg/m3. [W]
    nominal_power : float, optional
        Power the capacity factor refers to; default the largest of `power`. [W]
    rotor_diameter : float, optional
        Needed only for park layout and swept area. [m]

    Raises
    ------
    GreenzoneError
        Where the points are no curve: lengths differ, not ascending, NaN, negative, or all zero.
    """
    speeds, powers = np.asarray(wind_speed, dtype=float), np.asarray(power, dtype=float)
    wrong = _curve_fault(speeds, powers)
    if wrong:
        raise GreenzoneError(f"power curve of turbine '{name}': {wrong}")
    nominal = float(powers.max()) if nominal_power is None else float(nominal_power)
    if not nominal > 0 or powers.max() > 1.1 * nominal or powers.max() < 0.5 * nominal:
        raise GreenzoneError(
            f"power curve of turbine '{name}': its largest power {powers.max():g} W does not fit the nominal power "
            f"{nominal:g} W; give both in W"
        )
    return Turbine(name, speeds, powers / nominal, nominal, float(rotor_diameter))


def read_turbine(path: str | Path, rotor_diameter: float = np.nan) -> Turbine:
    """A turbine from a CSV file with the columns `wind_speed` [m/s] and `power` [W].

    Raises
    ------
    GreenzoneError
        Where the file cannot be read, lacks a column, or holds no power curve.
    """
    try:
        table = pd.read_csv(path, comment="#")
        speed, power = (pd.to_numeric(table[name]) for name in ("wind_speed", "power"))
    except OSError as error:
        raise GreenzoneError(f"power curve {path} cannot be read: {error.strerror or error}") from error
    except KeyError as error:
        raise GreenzoneError(f"power curve {path} has no column {error}: it needs wind_speed and power") from error
    except (ValueError, UnicodeDecodeError) as error:
        raise GreenzoneError(f"power curve {path} is no CSV table of numbers: {error}") from error
    return custom_turbine(Path(path).stem, speed.to_numpy(), power.to_numpy(), rotor_diameter=rotor_diameter)


def _curve_fault(speeds: np.ndarray, powers: np.ndarray) -> str:
    """What keeps two arrays from being a power curve; empty where nothing does."""
    if speeds.ndim != 1 or speeds.shape != powers.shape or speeds.size < 2:
        return f"speeds {speeds.shape} and powers {powers.shape} must be two lists of the same length, at least 2"
    if not (np.isfinite(speeds).all() and np.isfinite(powers).all()):
        return "it holds values that are not finite"
    if (np.diff(speeds) <= 0).any() or speeds[0] < 0:
        return "its speeds must be from 0 up and ascend"
    if (powers < 0).any() or not (powers > 0).any():
        return "its powers must be at least 0, and some above"
    return ""


@cache
def _library() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Power curves (one row per turbine, one column per speed) and turbine data of windpowerlib."""
    folder = Path(windpowerlib.__file__).parent / "oedb"
    curves = pd.read_csv(folder / "power_curves.csv", index_col="turbine_type")
    data = pd.read_csv(folder / "turbine_data.csv", index_col="turbine_type")
    return curves, data


def turbine_names() -> list[str]:
    """Names of the turbines that have a power curve in windpowerlib's library."""
    return sorted(_library()[0].index)


@cache
def turbine(name: str) -> Turbine:
    """A turbine of windpowerlib's library (Open Energy Platform turbine library).

    Parameters
    ----------
    name : str
        Its type there, such as "E-126/4200"; see `turbine_names`.

    Returns
    -------
    Turbine

    Raises
    ------
    GreenzoneError
        Where the library has no power curve of that name; the nearest name is offered.

    Examples
    --------
    >>> round(turbine("E-126/4200").specific_power)
    332
    """
    curves, data = _library()
    if name not in curves.index:
        raise GreenzoneError(f"turbine '{name}' is not in the library: {nearest(name, turbine_names())}")
    curve = curves.loc[name].dropna()
    row = data.loc[name]
    nominal = float(row["nominal_power"])
    wind_class = row["wind_class_iec"] if isinstance(row["wind_class_iec"], str) else ""
    output = curve.to_numpy(dtype=float) / nominal
    return Turbine(name, curve.index.to_numpy(dtype=float), output, nominal, float(row["rotor_diameter"]), wind_class)
