"""What a turbine gives, for the kernels of `kernel.py`: a formula on lanes, which melts into each of them.

Comes in: where wind, temperature and pressure stand, terms of sites, a curve. Goes out: lanes of output. What is not
there (None) costs nothing: functions that say so are chosen by the types of their arguments.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba.core import types

from greenzone.jit import generic, inlined
from greenzone.simd import (
    LANES,
    base,
    fused,
    in_step,
    larger,
    look_up,
    look_up_halves,
    read,
    smaller,
    stream,
    where_less,
)
from greenzone.technologies.wind.correction import PRESSURE_CENTRE
from greenzone.technologies.wind.curve import HALF, LEVEL_RANGE, LEVELS, EdgeTable, LongTable

LIFT = np.float32(2**23 - 0.5)  # added to a number, it leaves the whole part in the last bits
LIFTED = np.float32(2**23)  # taken off again, it leaves the whole part
LEVEL_SCALE = LEVELS / (LEVEL_RANGE[1] - LEVEL_RANGE[0])
LEVEL_START = LEVELS * LEVEL_RANGE[0] / (LEVEL_RANGE[1] - LEVEL_RANGE[0])
STANDARD_LEVEL = int(LEVEL_SCALE - LEVEL_START)


class Terms(NamedTuple):
    """What turns the weather of a site into wind and air density at its hub; float32 arrays over site.

    Attributes
    ----------
    speed_factor : hub wind over the weather's wind speed. [1]
    still_below : air temperature of the weather below which the turbine stands still; None where none does. [degC]
    gain : what losses leave of the output; None where nothing is lost. [1]
    b0, b1, b2, b3, b4, b5 : coefficients, in the weather's air temperature in degC, of b - 1 at the hub, where
        b = (density / 1.225)^(1/3); at standard pressure where it comes hour by hour. See `correction.density_terms`.
        All but b0 are None where the density of the air is always the same, b0 too where it is the standard one.
    """

    speed_factor: np.ndarray
    still_below: np.ndarray | None
    gain: np.ndarray | None
    b0: np.ndarray | None
    b1: np.ndarray | None
    b2: np.ndarray | None
    b3: np.ndarray | None
    b4: np.ndarray | None
    b5: np.ndarray | None

    def of(self, sites: slice | np.ndarray) -> Terms:
        """The terms of some sites."""
        return Terms(*(None if values is None else values[sites] for values in self))  # type: ignore[arg-type]


TERMS = len(Terms._fields)


@inlined
def of_sites(terms):  # type: ignore[no-untyped-def]
    """Where the terms of all sites stand."""
    speed, still, gain, b0, b1, b2, b3, b4, b5 = terms
    return Terms(
        base(speed), base_or_none(still), base_or_none(gain), base_or_none(b0), base_or_none(b1),
        base_or_none(b2), base_or_none(b3), base_or_none(b4), base_or_none(b5),
    )  # fmt: skip


@inlined
def of_site(terms, site, lanes):  # type: ignore[no-untyped-def]
    """Where the terms of one site stand, repeated in `lanes`."""
    speed, still, gain, b0, b1, b2, b3, b4, b5 = terms
    return Terms(
        _repeated(speed, site, lanes[0]), _repeated(still, site, lanes[1]), _repeated(gain, site, lanes[2]),
        _repeated(b0, site, lanes[3]), _repeated(b1, site, lanes[4]), _repeated(b2, site, lanes[5]),
        _repeated(b3, site, lanes[6]), _repeated(b4, site, lanes[7]), _repeated(b5, site, lanes[8]),
    )  # fmt: skip


def _repeated(values, site, row):  # type: ignore[no-untyped-def]
    """Where a row stands that is filled with the value of a site, or None where there are no values."""


@generic(_repeated)
def _choose_repeated(values, site, row):  # type: ignore[no-untyped-def]
    if isinstance(values, types.NoneType):
        return lambda values, site, row: None

    def fill(values, site, row):  # type: ignore[no-untyped-def]
        for i in range(LANES):
            row[i] = values[site]
        return base(row)

    return fill


def base_or_none(rows):  # type: ignore[no-untyped-def]
    """Where an array stands, or None where there is none."""


@generic(base_or_none)
def _choose_whole(rows):  # type: ignore[no-untyped-def]
    if isinstance(rows, types.NoneType):
        return lambda rows: None
    return lambda rows: base(rows)


def row_or_none(rows, number):  # type: ignore[no-untyped-def]
    """Where a row of an array stands, or None where there is no array."""


@generic(row_or_none)
def _choose_row(rows, number):  # type: ignore[no-untyped-def]
    if isinstance(rows, types.NoneType):
        return lambda rows, number: None
    return lambda rows, number: base(rows[number])


def _streamed(air, i, end):  # type: ignore[no-untyped-def]
    """Lanes of temperature, or None where there is none."""


@generic(_streamed)
def _choose_streamed(air, i, end):  # type: ignore[no-untyped-def]
    if isinstance(air, types.NoneType):
        return lambda air, i, end: None
    return lambda air, i, end: stream(air, i, end)


def _thickness(temp, b0, terms, site, until):  # type: ignore[no-untyped-def]
    """b - 1 at standard pressure or that of the site, None in standard air."""


@generic(_thickness)
def _choose_thickness(temp, b0, terms, site, until):  # type: ignore[no-untyped-def]
    if isinstance(b0, types.NoneType):
        return lambda temp, b0, terms, site, until: None
    return lambda temp, b0, terms, site, until: _at_temperature(temp, terms, site, until)


@inlined
def _at_temperature(temp, terms, site, until):  # type: ignore[no-untyped-def]
    if temp is None:
        return read(terms.b0, site, until)
    # taken apart into halves that do not wait for one another
    temp2 = in_step(temp * temp)
    upper = in_step(read(terms.b4, site, until) + temp * read(terms.b5, site, until))
    upper = in_step(read(terms.b2, site, until) + temp * read(terms.b3, site, until) + temp2 * upper)
    return in_step(read(terms.b0, site, until) + temp * read(terms.b1, site, until) + temp2 * upper)


def _under(off, pressure, i, end, p):  # type: ignore[no-untyped-def]
    """b - 1 at a pressure from that at standard pressure; as it is where there is none."""


@generic(_under)
def _choose_under(off, pressure, i, end, p):  # type: ignore[no-untyped-def]
    if isinstance(pressure, types.NoneType):
        return lambda off, pressure, i, end, p: off

    def under(off, pressure, i, end, p):  # type: ignore[no-untyped-def]
        x = stream(pressure, i, end) - PRESSURE_CENTRE
        x2 = x * x
        high = p[2] + x * p[3] + x2 * (p[4] + x * p[5] + x2 * (p[6] + x * p[7]))
        root = p[0] + x * p[1] + x2 * high
        return in_step(root + (off + off * root))

    return under


def _at_hand(table):  # type: ignore[no-untyped-def]
    """A table by where it stands, its numbers read."""


@generic(_at_hand)
def _choose_at_hand(table):  # type: ignore[no-untyped-def]
    kind: Any = table.instance_class
    if table.instance_class is LongTable:

        def long(table):  # type: ignore[no-untyped-def]
            g = table.grid
            return kind((base(table.entries), table.entries.size), (g[0], g[1], g[2], g[3], g[4], g[5], g[6]))

        return long

    def short(table):  # type: ignore[no-untyped-def]
        g = table.grid
        return kind(base(table.cells), (g[0], g[1], g[2], g[3], g[4]), table.line)

    return short


def _on_curve(table, z, off):  # type: ignore[no-untyped-def]
    """Output at a standard speed."""


@generic(_on_curve)
def _choose_on_curve(table, z, off):  # type: ignore[no-untyped-def]
    return _on_long_table if table.instance_class is LongTable else _on_short_table


def _on_short_table(table, z, off):  # type: ignore[no-untyped-def]
    per_speed, before, lowest, beyond, end = table.grid
    inside = in_step(smaller(beyond, larger(lowest, z)))
    lifted = in_step(fused(inside, per_speed, LIFT - before))
    return _until_end(_within_cell(table, lifted, inside, off), z, end, table.line)


def _within_cell(table, lifted, z, off):  # type: ignore[no-untyped-def]
    """Output at a standard speed within the cell of that number."""


@generic(_within_cell)
def _choose_within_cell(table, lifted, z, off):  # type: ignore[no-untyped-def]
    return _between_edges if table.instance_class is EdgeTable else _about_corner


def _between_edges(table, lifted, z, off):  # type: ignore[no-untyped-def]
    per_speed, before = table.grid[0], table.grid[1]
    f = in_step(fused(z, per_speed, (LIFTED - before) - lifted))
    level = in_step(look_up(table.cells, 0, lifted) + f * look_up(table.cells, 1, lifted))
    return _with_bump(level, table.cells, lifted, f, off)


@inlined
def _with_bump(level, cells, lifted, f, off):  # type: ignore[no-untyped-def]
    """What a straight line between edges becomes in air that is not standard."""
    if off is None:
        return level
    by_off = in_step(off * f)
    bump = in_step(by_off - by_off * f)
    return level + bump * look_up(cells, 2, lifted)


def _about_corner(table, lifted, z, off):  # type: ignore[no-untyped-def]
    g = in_step(z - look_up(table.cells, 5, lifted))
    return look_up(table.cells, 0, lifted) + g * in_step(_slope(table.cells, lifted, g, off))


@inlined
def _slope(cells, lifted, g, off):  # type: ignore[no-untyped-def]
    """Rise of the output from a corner to a speed g above it, per m/s."""
    if off is None:
        return look_up(cells, 1, lifted)
    change = in_step(look_up(cells, 2, lifted) + off * look_up(cells, 3, lifted) + g * look_up(cells, 4, lifted))
    return look_up(cells, 1, lifted) + off * change


@inlined
def _until_end(value, z, end, line):  # type: ignore[no-untyped-def]
    """The output up to the end of a curve, which is a step or a line."""
    if line is None:
        return where_less(end, z, 0, value)
    return larger(0, smaller(line[0] - z * line[1], value))


def _on_long_table(table, z, off):  # type: ignore[no-untyped-def]
    (entries, size), (per_speed, before, lowest, beyond, highest, unit, unit_of_rise) = table.entries, table.grid
    place = smaller(beyond, larger(lowest, z)) * per_speed - before
    cell = place + LIFT - LIFTED
    number = cell * LEVELS + _level(off)
    number = larger(number, 0)  # also where it is NaN
    number = smaller(number, size - 1)
    upper, lower = look_up_halves(entries, size, number + LIFTED)
    rise = lower * unit_of_rise - HALF * unit_of_rise
    return larger(0, smaller(highest, upper * unit - HALF * unit + (place - cell) * rise))


def _level(off):  # type: ignore[no-untyped-def]
    """Number of the level of b."""


@generic(_level)
def _choose_level(off):  # type: ignore[no-untyped-def]
    if isinstance(off, types.NoneType):
        return lambda off: STANDARD_LEVEL
    return lambda off: off * LEVEL_SCALE + (LEVEL_SCALE - LEVEL_START) + LIFT - LIFTED


@inlined
def _unless_cold(hub, temp, still, site, until):  # type: ignore[no-untyped-def]
    """Wind at the hub, 0 where it is too cold to turn."""
    if still is None:
        return hub
    return where_less(temp, read(still, site, until), 0, hub)


@inlined
def _after_losses(value, gain, site, until):  # type: ignore[no-untyped-def]
    """What losses leave of an output."""
    if gain is None:
        return value
    return value * read(gain, site, until)


@inlined
def coefficients(curve):  # type: ignore[no-untyped-def]
    """All that is known of a curve, the table by where it stands, to be read once, before a loop."""
    v, p = curve.standard_speed, curve.pressure_root
    root = p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7]
    standard = (v[0], v[1], v[2], v[3], v[4]), (v[5], v[6], v[7], v[8], v[9])
    return root, standard, _at_hand(curve.table)


@inlined
def output_of(speed, air, pascal, i, end, terms, site, until, c):  # type: ignore[no-untyped-def]
    """Output after losses of the lanes from `i` on of a row of weather that ends at `end`.

    `terms` are those of the sites from `site` to `until`.
    """
    p, polynomials, table = c
    temp = _streamed(air, i, end)
    hub = stream(speed, i, end) * read(terms.speed_factor, site, until)
    hub = _unless_cold(hub, temp, terms.still_below, site, until)
    off = _under(_thickness(temp, terms.b0, terms, site, until), pascal, i, end, p)
    z = _standard_speed(hub, off, polynomials)
    return _after_losses(_on_curve(table, z, off), terms.gain, site, until)


@inlined
def _standard_speed(hub, off, polynomials):  # type: ignore[no-untyped-def]
    """Standard speed of a wind, as `correction.standard_speed`; the wind itself in standard air."""
    if off is None:
        return hub
    d, q = polynomials
    s = in_step(hub + hub * off)
    scale = in_step(d[1] + off * in_step(d[2] + off * in_step(d[3] + off * d[4])))
    r = in_step(larger(0, s - d[0]) * scale)
    r = in_step(smaller(1, r))
    by_off = in_step(r * off)
    bend = in_step(q[0] + off * (q[1] + off * q[2]) + by_off * (q[3] + r * q[4]))
    k = in_step(r + (by_off - by_off * r) * bend)
    return in_step(s + s * off * k)
