"""What the rock says of sites without a prospect: how much power a reservoir would give, and how likely is one.

Comes in: the rock under the sites, springs and prospects. Goes out: power density with its range, and favourability.
"""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from greenzone.technologies.geothermal import model
from greenzone.technologies.geothermal.options import Options
from greenzone.technologies.geothermal.prospects import apart_km
from greenzone.technologies.geothermal.reservoirs import net_specific_power, triangular
from greenzone.technologies.geothermal.underground import Rock, site_layer

Array = NDArray[np.float64]

PERCENTILES = (10, 50, 90)
TEMPERATURES = np.arange(model.LOWEST_ORC_TEMPERATURE, 341.0)  # degC, at which the power of a reservoir is tabulated
AMBIENT_STEP = 1.0  # K, to which the air of sites is rounded for the table


def reservoir_power(temperature: ArrayLike, ambient: float, options: Options) -> Array:
    """Electric power of a reservoir of 1 km2 and 1 m whose heat is all recovered; 0 below 80 degC. [MW]"""
    hot = np.asarray(temperature, float)
    heat = model.heat_in_place(1.0, 1.0, hot, options.temp_reference, options.heat_capacity)
    thermal = model.thermal_power(heat, 1.0, options.lifetime)
    flow = model.wellhead_flow(thermal, hot, options.temp_reference)
    return flow * net_specific_power(hot, ambient, options) / 1000.0


def power_density(temperature: ArrayLike, spread: ArrayLike, ambient: ArrayLike, options: Options) -> Array:
    """Power that a permeable reservoir would give per area: percentiles of random draws.

    Temperature is drawn normally, thickness from its triangle, recovery evenly between its limits, the same draws for
    every site. The draws of temperature are evenly spread, so that few are enough.

    Parameters
    ----------
    temperature, spread : array_like (site,)
        Of the reservoir and its standard error. [degC, K]
    ambient : array_like (site,)
        Mean temperature of the air. [degC]
    options : Options
        `play_thickness_m`, `recovery_low`, `recovery_high`, `site_draws`, `seed`.

    Returns
    -------
    ndarray (percentile, site)
        10th, 50th and 90th. [MW/km2]
    """
    rng = np.random.default_rng(options.seed)
    number = options.site_draws
    normal = rng.permutation(ndtri((np.arange(number) + 0.5) / number))
    triangle = options.play_thickness_m
    thickness = triangular(rng.random(number), triangle.low, triangle.likely, triangle.high)
    recovery = options.recovery_low + rng.random(number) * (options.recovery_high - options.recovery_low)
    hot, std, air = (np.asarray(values, float) for values in (temperature, spread, ambient))
    result = np.zeros((len(PERCENTILES), hot.size))
    rounded = np.round(np.clip(air, *model.AMBIENT_RANGE) / AMBIENT_STEP) * AMBIENT_STEP
    for step in np.unique(rounded[np.isfinite(rounded)]):
        sites = np.flatnonzero(rounded == step)
        table = reservoir_power(TEMPERATURES, float(step), options)
        draws = hot[sites, None] + normal * std[sites, None]
        power = np.interp(draws, TEMPERATURES, table, left=0.0) * (thickness * recovery)
        result[:, sites] = _percentiles(power)
    return result


def _percentiles(values: Array) -> Array:
    """Percentiles along the rows, as numpy's, by sorting in single precision: several times as fast."""
    ordered = np.sort(values.astype(np.float32), axis=1)
    place = np.array(PERCENTILES) / 100.0 * (values.shape[1] - 1)
    below, part = place.astype(int), place % 1
    return (ordered[:, below] * (1 - part) + ordered[:, below + 1] * part).T


def favourability(
    heat_flow: ArrayLike,
    temperature: ArrayLike,
    distance: ArrayLike,
    options: Options | None = None,
    own: Mapping[str, ArrayLike] | None = None,
) -> Array:
    """How much speaks for a reservoir: heat flow, temperature at 3 km and the distance to the nearest spring.

    Each counts from 0 to 1 between the fixed bounds of the options and by its weight there: a ranking of places to
    explore, no chance of success.

    Parameters
    ----------
    heat_flow, temperature : array_like
        At the surface, and 3 km below it. [mW/m2, degC]
    distance : array_like
        To the nearest spring or prospect; infinite where there is none. [km]
    options : Options, optional
        `fairway_weights`, `fairway_heat_flow`, `fairway_temperature`, `spring_influence_km`, `fairway_layers`.
    own : mapping, optional
        Criteria of the user's own from 0 to 1, by their name in `fairway_layers`; NaN says nothing.

    Returns
    -------
    ndarray
        0 to 1; NaN where an input is NaN. [1]
    """
    chosen = options or Options()
    criteria = [
        _between(heat_flow, *chosen.fairway_heat_flow),
        _between(temperature, *chosen.fairway_temperature),
        np.clip(1.0 - np.asarray(distance, float) / chosen.spring_influence_km, 0.0, 1.0),
        *(np.nan_to_num(np.asarray(values, float)) for values in (own or {}).values()),
    ]
    weights = np.array([*chosen.fairway_weights, *(chosen.fairway_layers[name] for name in own or {})])
    weights = weights / weights.sum()
    return np.asarray(sum(weight * value for weight, value in zip(weights, criteria, strict=True)))


def _between(values: ArrayLike, low: float, high: float) -> Array:
    return np.clip((np.asarray(values, float) - low) / (high - low), 0.0, 1.0)


def fairway_variables(
    sites: xr.Dataset, site: xr.Dataset, rock: Rock, features: tuple[gpd.GeoDataFrame, ...], options: Options
) -> dict[str, xr.DataArray]:
    """Power density and favourability of the sites, labelled."""
    depth = options.play_depth_km * 1000.0
    density = power_density(rock.at(depth), rock.std_at(depth), rock.surface, options)
    apart = np.full(sites.sizes["site"], np.inf)
    for frame in features:
        for shape in frame.geometry:
            apart = np.minimum(apart, apart_km(shape, sites.lon.to_numpy(), sites.lat.to_numpy()))
    own = {name: site_layer(site, name, 0.0, 1.0, "(a share)") for name in options.fairway_layers}
    score = favourability(rock.flow, rock.at(3000.0), apart, options, own)
    result = {}
    for percentile, values in zip(PERCENTILES, density, strict=True):
        words = f"electric power of a permeable reservoir at {options.play_depth_km:g} km if there were one"
        attrs = {"units": "MW km-2", "long_name": f"{words}, percentile {percentile}"}
        result[f"power_density_p{percentile}"] = xr.DataArray(values, dims="site", attrs=attrs)
    attrs = {"units": "1", "long_name": "how much speaks for a geothermal reservoir, a ranking"}
    result["favourability"] = xr.DataArray(score, dims="site", attrs=attrs)
    return result
