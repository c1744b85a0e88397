"""From the described system to the kernels' parts: module, inverter, cooling, cover, rows.

In comes a `System`; out come tuples of `parts.py`. Names that are not known are refused with the nearest known one.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pvlib

from greenzone.errors import GreenzoneError, nearest
from greenzone.layers.catalogue import read_table
from greenzone.technologies.solar import fits, parts
from greenzone.technologies.solar.options import System

COOLING_HEIGHT = 10.0  # m above ground at which the cell-temperature models want the wind
SHEAR = 1.0 / 7.0  # power-law exponent between measuring height and 10 m over open land, IEC 61400-2 practice
INVERTER_REFERENCE = 0.9637  # efficiency of the inverter behind the PVWatts curve, Dobos (2014), NREL/TP-6A20-62641
INVERTER_CURVE = (-0.0162, 0.9858, -0.0059)  # same source: quadratic, linear and constant part of AC over DC power
PVSYST_ABSORPTION, PVSYST_EFFICIENCY = 0.9, 0.1  # of the PVsyst temperature model, pvlib's defaults
NOTHING = np.float32(0)
_SKIES: dict[str, Any] = {
    "isotropic": parts.Isotropic(NOTHING),
    "haydavies": parts.HayDavies(NOTHING),
    "perez": parts.Perez(NOTHING),
}
_IAMS: dict[str, Any] = {
    "physical": fits.physical_iam,
    "ashrae": fits.ashrae_iam,
    "martin_ruiz": fits.martin_ruiz_iam,
    "none": fits.no_iam,
}


def sky(system: System) -> Any:
    """Model of the diffuse sky."""
    if system.sky == "perez" and system.gcr is not None:
        raise GreenzoneError(
            "the perez sky is not defined for rows that shade each other: leave out gcr or use haydavies"
        )
    return _SKIES[system.sky]


def iam(system: System) -> parts.RationalIam:
    """Incidence-angle modifier."""
    return _IAMS[system.iam]()


def module(system: System) -> parts.PvwattsModule | parts.FittedModule:
    """Module with the losses up to the inverter, relative to the inverter's DC rating."""
    age = 1.0 - 0.5 * system.degradation * system.lifetime
    gain = system.dc_ac_ratio * (1.0 - system.losses) * age * system.inverter_efficiency
    types = read_table("solar_modules").set_index("module")["temperature_coefficient"]
    if system.module in types.index:
        gamma = types[system.module] if system.temperature_coefficient is None else system.temperature_coefficient
        return parts.PvwattsModule(np.float32(1e-3 * gain * (1.0 - 25.0 * gamma)), np.float32(1e-3 * gain * gamma))
    return fits.single_diode(cec_module(system.module))[0]._replace(gain=np.float32(gain))


@cache
def _cec_library() -> pd.DataFrame:
    return pvlib.pvsystem.retrieve_sam("CECMod")


@cache
def cec_module(name: str) -> pd.Series:
    """Parameters of a module in the library of the California Energy Commission.

    Raises
    ------
    GreenzoneError
        No module type and no module of the library has this name.
    """
    library = _cec_library()
    if name not in library.columns:
        types = list(read_table("solar_modules")["module"])
        raise GreenzoneError(f"there is no module '{name}': {nearest(name, [*types, *library.columns])}")
    return library[name]


def inverter() -> parts.PvwattsInverter:
    """PVWatts inverter, relative to its AC rating."""
    quadratic, linear, constant = (np.float32(value / INVERTER_REFERENCE) for value in INVERTER_CURVE)
    return parts.PvwattsInverter(quadratic, linear, constant)


def cooling(system: System, wind_height: float) -> parts.Faiman | parts.SapmCell:
    """Model of the cell temperature for wind measured at `wind_height` [m]."""
    slowed = (COOLING_HEIGHT / wind_height) ** SHEAR
    table = read_table("solar_cooling").set_index("cooling")
    library = pvlib.temperature.TEMPERATURE_MODEL_PARAMETERS
    model, _, name = system.cooling.partition("_")
    if system.cooling in table.index:
        row = table.loc[system.cooling]
        return _faiman(row["u0"], row["u1"] * slowed, row["model"])
    if name not in library.get(model, {}):
        names = [*table.index, *(f"{kind}_{entry}" for kind, entries in library.items() for entry in entries)]
        raise GreenzoneError(f"there is no cooling '{system.cooling}': {nearest(system.cooling, names)}")
    found = library[model][name]
    if model == "pvsyst":
        return _faiman(found["u_c"], found["u_v"] * slowed, "pvsyst")
    values = np.exp(found["a"]), found["b"] * slowed, found["deltaT"] / 1000.0
    return parts.SapmCell(*(np.float32(value) for value in values))


def _faiman(u0: float, u1: float, model: str) -> parts.Faiman:
    """Heat losses; PVsyst's are per absorbed and unconverted heat, Faiman's per irradiance."""
    share = PVSYST_ABSORPTION * (1.0 - PVSYST_EFFICIENCY) if model == "pvsyst" else 1.0
    return parts.Faiman(np.float32(u0 / share), np.float32(u1 / share))


def rows(system: System) -> parts.Alone | parts.Sheds:
    """Rows far apart, or endless rows that shade each other."""
    if system.gcr is None:
        if system.bifaciality > 0:
            raise GreenzoneError("bifaciality needs gcr, the width of the rows over their distance (about 0.4)")
        return parts.Alone(NOTHING)
    seen = fits.ground_sky_view(system.gcr, system.row_height / system.row_width)
    rear = system.bifaciality * (1.0 - system.rear_losses)
    return parts.Sheds(np.float32(system.gcr), np.float32(rear), *(np.float32(value) for value in seen))
