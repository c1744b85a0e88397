"""Other shapes of a power curve: smoothed over an area, ramped down in storm instead of cut out, lowered by losses.

Comes in and goes out: a `Turbine`.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from greenzone.errors import GreenzoneError
from greenzone.technologies.wind.turbines import Turbine

SMOOTHING_RANGE = 15.0  # m/s either way over which neighbouring speeds count
SMOOTHING_STEP = 0.5  # m/s


def smoothed(turbine: Turbine, turbulence_intensity: float = 0.1, offset: float = 0.0) -> Turbine:
    """A power curve for a mean over space or time, in which the wind differs from its mean.

    Parameters
    ----------
    turbine : Turbine
        Its speeds, from the fifth on, give the step in which the curve goes on above cut-out.
    turbulence_intensity : float
        Standard deviation of the wind over its mean. [1]
    offset : float
        Added to the standard deviation; with intensity 0.2, an offset of 0.6 m/s is that of Staffell and Pfenninger.
        [m/s]

    Returns
    -------
    Turbine
        Output at v: sum over v' within 15 m/s, in steps of 0.5 m/s, of the output at v' times the normal density of
        v - v' with standard deviation intensity v + offset. Equal to windpowerlib's `smooth_power_curve`.

    References
    ----------
    Norgaard, P. and Holttinen, H. (2004), A multi-turbine power curve approach, Nordic Wind Power Conference;
    Staffell, I. and Pfenninger, S. (2016), Energy 114, 1224-1239. https://doi.org/10.1016/j.energy.2016.08.068
    """
    if not 0 <= turbulence_intensity < 1 or offset < 0 or turbulence_intensity + offset == 0:
        raise GreenzoneError("a smoothed curve needs 0 <= turbulence_intensity < 1 and offset >= 0, not both zero")
    speed, output = turbine.wind_speed, turbine.output
    if speed.size < 6:
        raise GreenzoneError(f"power curve of turbine '{turbine.name}' has too few points to be smoothed: 6 at least")
    step = speed[5] - speed[4]
    above = speed[-1] + step * np.arange(1, int(np.ceil(SMOOTHING_RANGE / step)) + 1)
    grid, values = np.append(speed, above), np.append(output, np.zeros(above.size))
    shift = np.arange(-SMOOTHING_RANGE, SMOOTHING_RANGE + SMOOTHING_STEP, SMOOTHING_STEP)
    deviation = (turbulence_intensity * grid + offset)[:, None]
    safe = np.where(deviation > 0, deviation, 1.0)
    density = np.exp(-0.5 * (shift / safe) ** 2) / (safe * np.sqrt(2 * np.pi))
    around = np.interp(grid[:, None] + shift, grid, values, left=0.0, right=0.0)
    result = np.where(deviation[:, 0] > 0, SMOOTHING_STEP * (around * density).sum(1), 0.0)
    return replace(turbine, name=f"{turbine.name} smoothed", wind_speed=grid, output=result)


def storm_ramp(turbine: Turbine, start: float, stop: float) -> Turbine:
    """A turbine that lowers its output on a line from `start` to zero at `stop` instead of cutting out. [m/s]

    Raises
    ------
    GreenzoneError
        Where `start` does not lie between rated and cut-out speed, or `stop` not above both `start` and cut-out.

    References
    ----------
    Sorensen, P. et al. (2013), TWENTIES project, deliverable 12.1: high-wind extended production at Horns Rev 2.
    """
    if not turbine.rated_speed <= start <= turbine.cut_out_speed <= stop or start == stop:
        raise GreenzoneError(
            f"storm ramp of '{turbine.name}' needs rated {turbine.rated_speed:g} <= start {start:g} <= cut-out "
            f"{turbine.cut_out_speed:g} <= stop {stop:g} m/s"
        )
    keep = turbine.wind_speed < start
    top = float(np.interp(start, turbine.wind_speed, turbine.output))
    speed = np.append(turbine.wind_speed[keep], [start, stop])
    return replace(
        turbine,
        name=f"{turbine.name} with storm ramp",
        wind_speed=speed,
        output=np.append(turbine.output[keep], [top, 0.0]),
    )
