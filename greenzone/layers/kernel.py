"""The loop that looks along the terrain, compiled: plain arrays in and out."""

# mypy: allow-untyped-defs

from __future__ import annotations

import numpy as np

from greenzone.jit import kernel

NEVER = -1e9  # tangent of a skyline that nothing rises to


@kernel()
def skyline(elevation, row, column, east, north, width, height, distance, drop, out, first, last):
    """Highest tangent of the elevation angle seen from each place in each direction, 0 or more.

    `elevation` (row, column) [m], NaN unknown; places are `row`, `column` (place,); `east`, `north` (azimuth,) are the
    direction's parts; `width` (row,) and `height` [m] those of the cells; `distance` (step,) [m] with the `drop`
    (step,) [m] of the ground below the level plane there. `out` is (azimuth, place); NaN where the place is unknown.
    Only the places from `first` to before `last` are looked from.
    """
    rows, columns = elevation.shape
    for place in range(first, last):
        r0, c0 = row[place], column[place]
        eye = elevation[r0, c0]
        for azimuth in range(east.size):
            highest = 0.0
            for step in range(distance.size):
                r = r0 - north[azimuth] * distance[step] / height
                c = c0 + east[azimuth] * distance[step] / width[r0]
                if not (0.0 <= r <= rows - 1.0 and 0.0 <= c <= columns - 1.0):
                    break
                top, left = min(int(r), rows - 2), min(int(c), columns - 2)
                down, right = r - top, c - left
                above = elevation[top, left] * (1.0 - right) + elevation[top, left + 1] * right
                below = elevation[top + 1, left] * (1.0 - right) + elevation[top + 1, left + 1] * right
                rise = (above * (1.0 - down) + below * down - eye - drop[step]) / distance[step]
                if rise > highest:  # never where a corner is NaN
                    highest = rise
            out[azimuth, place] = highest if eye == eye else np.nan
