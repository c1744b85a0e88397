"""How panels are mounted: what a user says (angles in degrees), and the kernels' unit vectors made of it.

Angles are numbers or arrays over site. Azimuths are clockwise from north.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pvlib
from numpy.typing import ArrayLike

from greenzone.errors import GreenzoneError
from greenzone.technologies.solar import parts, position

NOTHING = np.float32(0)


@dataclass(frozen=True)
class FixedTilt:
    """Panels that do not move.

    Parameters
    ----------
    tilt : float or array (site)
        From horizontal [degree].
    azimuth : float or array (site), optional
        Direction they face [degree]; without it towards the equator.
    """

    tilt: ArrayLike
    azimuth: ArrayLike | None = None


@dataclass(frozen=True)
class SingleAxis:
    """Panels that turn about one axis, as `pvlib.tracking.singleaxis`.

    Parameters
    ----------
    axis_azimuth, axis_tilt : float or array (site)
        Direction in which the axis falls and its slope [degree].
    max_angle : float
        Largest rotation to either side [degree].
    gcr : float or None
        Width of the rows over their distance [1]: rows turn back so that none shades the next. None: they do not.
    cross_axis_tilt : float or array (site)
        Slope of the plane through the axes, square to them [degree]; see `on_slope`.
    """

    axis_azimuth: ArrayLike = 180.0
    axis_tilt: ArrayLike = 0.0
    max_angle: float = 60.0
    gcr: float | None = 0.4
    cross_axis_tilt: ArrayLike = 0.0

    @classmethod
    def on_slope(
        cls, slope: ArrayLike, aspect: ArrayLike, axis_azimuth: float = 180.0, max_angle: float = 60.0, gcr: float = 0.4
    ) -> SingleAxis:
        """Trackers that follow ground of `slope` falling towards `aspect` [degree].

        Anderson and Mikofski (2020), NREL/TP-5K00-76626.
        """
        axis_tilt = pvlib.tracking.calc_axis_tilt(aspect, slope, axis_azimuth)
        across = pvlib.tracking.calc_cross_axis_tilt(aspect, slope, axis_azimuth, axis_tilt)
        return cls(axis_azimuth, axis_tilt, max_angle, gcr, across)


@dataclass(frozen=True)
class DualAxis:
    """Panels that always face the sun, flat at night."""


Mount = FixedTilt | SingleAxis | DualAxis


def single(values: Any) -> np.ndarray:
    """Contiguous float32 array."""
    return np.ascontiguousarray(values, dtype=np.float32)


def per_site(values: ArrayLike, count: int, name: str, low: float, high: float) -> np.ndarray:
    """An angle for each of `count` sites, or one line on what is wrong with it."""
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise GreenzoneError(f"{name} must be a number of degrees or one per site, not {values!r}") from error
    if array.shape not in ((), (1,), (count,)):
        raise GreenzoneError(f"{name} has shape {array.shape}: give one number or one per site ({count},)")
    if not (np.all(array >= low) and np.all(array <= high)):
        raise GreenzoneError(f"{name} must lie between {low:g} and {high:g} degrees")
    return np.broadcast_to(array, count).copy()


def part(mount: Mount, lat: np.ndarray, lon: np.ndarray, albedo: float) -> Any:
    """The kernels' form of a mount at the sites."""
    if isinstance(mount, FixedTilt):
        return _fixed(mount, lat, lon, albedo)
    if isinstance(mount, SingleAxis):
        return _single_axis(mount, lat, lon)
    return parts.DualAxis(NOTHING)


def _fixed(mount: FixedTilt, lat: np.ndarray, lon: np.ndarray, albedo: float) -> parts.Fixed:
    facing = np.where(lat < 0, 0.0, 180.0) if mount.azimuth is None else mount.azimuth
    azimuth = per_site(facing, lat.size, "azimuth", -360.0, 360.0)
    tilt = per_site(mount.tilt, lat.size, "tilt", 0.0, 180.0)
    x, y, z = position.tilted(lat, lon, tilt, azimuth)
    sky = 0.5 + 0.5 * np.cos(np.radians(tilt))
    return parts.Fixed(single(x), single(y), single(z), single(sky), single(albedo * (1.0 - sky)))


def _single_axis(mount: SingleAxis, lat: np.ndarray, lon: np.ndarray) -> parts.SingleAxis | parts.Backtracking:
    azimuth = per_site(mount.axis_azimuth, lat.size, "axis_azimuth", -360.0, 360.0)
    tilt = per_site(mount.axis_tilt, lat.size, "axis_tilt", -90.0, 90.0)
    across = position.tilted(lat, lon, np.full(lat.size, 90.0), azimuth + 90.0)
    normal = position.tilted(lat, lon, tilt, azimuth)
    limit = np.radians(mount.max_angle)
    fields: Any = [single(values) for values in (*across, *normal, np.cos(np.radians(tilt)))]
    fields += [np.float32(np.cos(limit)), np.float32(np.sin(limit))]
    turning = parts.SingleAxis(*fields)
    if mount.gcr is None:
        return turning
    slope = np.radians(per_site(mount.cross_axis_tilt, lat.size, "cross_axis_tilt", -89.0, 89.0))
    reach = 1.0 / (mount.gcr * np.cos(slope))
    return parts.Backtracking(*turning, single(np.cos(slope)), single(np.sin(slope)), single(reach))
