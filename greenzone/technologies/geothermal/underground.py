"""What is known under each site: heat flow, temperature at depth, and the heat of the rock.

Comes in: the sites, their layers, the tables of measurements. Goes out: labelled arrays over `site`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray
from scipy.special import ndtri

from greenzone.errors import GreenzoneError, nearest
from greenzone.schema import Layers
from greenzone.technologies.geothermal import heatflow, temperature
from greenzone.technologies.geothermal.options import Options

Array = NDArray[np.float64]

INTEGRATION_STEP = 250.0  # m, between the depths at which the rock's temperature is summed
GWH = 3.6e12  # J
KELVIN_SHIFT = 200.0  # K above the model's curve at most sites: no reservoir but another unit


def heat_flow_points(table: pd.DataFrame, options: Options) -> heatflow.Points:
    """Measurements of the table and of the user, one for each place.

    Raises
    ------
    GreenzoneError
        An impossible value, or fewer than two places.
    """
    own = np.array([[p.lon, p.lat, p.heat_flow] for p in options.heat_flow_points]).reshape(-1, 3)
    embedded = table[["lon", "lat", "heat_flow_mw_per_m2"]].to_numpy(float)
    points = np.vstack([embedded, own]) if options.use_embedded_heat_flow else own
    return heatflow.merge_places(*points.T)


def variogram_of(points: heatflow.Points, options: Options) -> heatflow.Variogram:
    """The user's variogram where all three of its figures are given, else a fitted one with those that are."""
    given = (options.variogram_nugget, options.variogram_sill, options.variogram_range_km)
    if None not in given:
        return heatflow.Variogram(*(float(value) for value in given if value is not None))
    fitted = heatflow.fit_variogram(points)
    return heatflow.Variogram(*(own if own is not None else fit for own, fit in zip(given, fitted, strict=True)))


def site_layer(site: xr.Dataset, name: str, lowest: float, highest: float, units: str) -> Array:
    """A raster of the user's on the sites, held against the values it can have; NaN where it has none."""
    if name not in site:
        raise GreenzoneError(
            f"geothermal names the layer '{name}', which is not there: {nearest(name, map(str, site))}"
        )
    values = site[name].to_numpy().astype(float)
    wrong = values[(values < lowest) | (values > highest)]
    if wrong.size:
        raise GreenzoneError(f"layer '{name}' has {wrong[0]:g} where {lowest:g} to {highest:g} {units} is possible")
    return values


def site_heat_flow(sites: xr.Dataset, layers: Layers, options: Options) -> tuple[xr.Dataset, dict[str, float]]:
    """Heat flow of each site and its standard error [mW/m2], and figures of how well it is known."""
    flow, std = np.full((2, sites.sizes["site"]), np.nan)
    figures: dict[str, float] = {}
    if options.use_embedded_heat_flow or options.heat_flow_points:
        points = heat_flow_points(layers.tables["heat_flow"], options)
        variogram = variogram_of(points, options)
        flow, std = heatflow.krige(points, sites.lon.to_numpy(), sites.lat.to_numpy(), variogram)
        flow = np.clip(flow, points.heat_flow.min(), points.heat_flow.max())
        error, _ = heatflow.leave_one_out(points, variogram)
        figures = {
            "heat_flow_places": float(points.heat_flow.size),
            "heat_flow_leave_one_out_rmse": float(np.sqrt(np.mean(error**2))),
            "heat_flow_leave_one_out_bias": float(error.mean()),
            "heat_flow_variogram_nugget": variogram.nugget,
            "heat_flow_variogram_sill": variogram.sill,
            "heat_flow_variogram_range_km": variogram.range_km,
        }
    if options.heat_flow_layer is not None:
        own = site_layer(layers.site, options.heat_flow_layer, 1.0, heatflow.HIGHEST_HEAT_FLOW, "mW/m2")
        flow, std = np.where(np.isfinite(own), own, flow), np.where(np.isfinite(own), 0.0, std)
    gaps = int(np.isnan(flow).sum())
    if gaps and options.gradient_layer is None:
        raise GreenzoneError(
            f"layer '{options.heat_flow_layer}' leaves {gaps} of {flow.size} sites without a heat flow: fill it, or "
            "keep the embedded measurements for its gaps"
        )
    data = xr.Dataset(coords={"site": sites.site})
    data["heat_flow"] = ("site", flow, {"units": "mW m-2", "long_name": "heat flow at the surface"})
    data["heat_flow_std"] = ("site", std, {"units": "mW m-2", "long_name": "standard error of the heat flow"})
    return data, figures


class Rock:
    """Temperature of the rock under the sites, at any depth of the column.

    What the user knows comes first: a gradient in place of the whole curve, temperatures at depths as a shift of the
    curve that grows from 0 at the surface to the first of them, runs from one to the next, and stays below the last.
    """

    def __init__(self, heat: xr.Dataset, layers: Layers, options: Options) -> None:
        self.column = temperature.read_column(layers.tables["geothermal_column"])
        self.surface = layers.site.temp_air.to_numpy().astype(float)
        self.flow, self.flow_std = heat.heat_flow.to_numpy(), heat.heat_flow_std.to_numpy()
        self.gradient = np.full(self.flow.shape, np.nan)
        if options.gradient_layer is not None:
            self.gradient = site_layer(layers.site, options.gradient_layer, 1.0, 300.0, "K/km")
        self.shift_depth, self.shift, self.measured = [0.0], [np.zeros(self.flow.shape)], np.isfinite(self.gradient)
        for name, depth in sorted(options.temperature_layers.items(), key=lambda item: item[1]):
            known = site_layer(layers.site, name, -20.0, 600.0, "degC")
            shift = known - self._curve(depth * 1000.0)
            if np.isfinite(shift).any() and np.nanmedian(shift) > KELVIN_SHIFT:
                raise GreenzoneError(f"layer '{name}' is surely in kelvin: subtract 273.15, it must be in degC")
            self.shift.append(np.where(np.isfinite(shift), shift, self.shift[-1]))
            self.shift_depth.append(depth * 1000.0)
            self.measured = self.measured | np.isfinite(shift)

    def _curve(self, depth: float) -> Array:
        conductive = temperature.temperature_at_depth(depth, self.flow, self.surface, self.column)
        measured = self.surface + self.gradient * depth / 1000.0
        return np.where(np.isfinite(self.gradient), measured, conductive)

    def at(self, depth: float) -> Array:
        """Temperature at a depth [m]. [degC]"""
        above = int(np.searchsorted(self.shift_depth, depth, side="right")) - 1
        shift = self.shift[above]
        if above + 1 < len(self.shift):
            part = (depth - self.shift_depth[above]) / (self.shift_depth[above + 1] - self.shift_depth[above])
            shift = shift + part * (self.shift[above + 1] - shift)
        return self._curve(depth) + shift

    def std_at(self, depth: float) -> Array:
        """Standard error of the temperature at a depth [m]; 0 where the user gave gradient or temperature. [K]"""
        spread = temperature.temperature_std(depth, self.flow, self.flow_std, self.column)
        return np.where(self.measured, 0.0, spread)

    def heat(self, foot: float, reference: float, heat_capacity: float, errors: float = 0.0) -> Array:
        """Heat above a reference temperature [degC] from the surface to a depth [m], for each square metre [J/m2], if
        the rock is warmer by a number of standard errors."""
        depths = np.linspace(0.0, foot, max(2, int(np.ceil(foot / INTEGRATION_STEP)) + 1))
        warmer = [
            np.maximum(self.at(float(depth)) + errors * self.std_at(float(depth)) - reference, 0.0) for depth in depths
        ]
        return np.asarray(np.trapezoid(np.array(warmer), depths, axis=0)) * heat_capacity


def rock_variables(rock: Rock, options: Options) -> dict[str, xr.DataArray]:
    """Temperatures at the depths to be mapped, each with its standard error."""
    result = {}
    for depth in options.map_depths_km:
        name = f"temperature_at_{depth:g}km"
        for suffix, values, word in (("", rock.at, ""), ("_std", rock.std_at, "standard error of the ")):
            attrs = {
                "units": "degC" if not suffix else "K",
                "long_name": f"{word}temperature {depth:g} km below the surface",
            }
            result[name + suffix] = xr.DataArray(values(depth * 1000.0), dims="site", attrs=attrs)
    return result


def theoretical_gwh(rock: Rock, area_km2: Array, options: Options, percentile: float = 50.0) -> Array:
    """Heat of the rock down to `resource_depth_km`, shared over the lifetime [GWh/year]; a percentile by the standard
    error of its temperature."""
    errors = float(ndtri(percentile / 100.0))
    heat = rock.heat(options.resource_depth_km * 1000.0, options.temp_reference, options.heat_capacity, errors)
    return heat * area_km2 * 1e6 / options.lifetime / GWH
