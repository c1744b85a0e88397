"""The options that are held against pvlib: name, mounting and system of each, for tests and for `make_cases.py`."""

from __future__ import annotations


def fixed(tilt: float, azimuth: float) -> dict:
    """Panels that do not move."""
    return {"kind": "fixed", "tilt": tilt, "azimuth": azimuth}


def turning(**changes) -> dict:
    """A single-axis tracker."""
    axis = {"axis_tilt": 0.0, "axis_azimuth": 180.0, "max_angle": 60.0, "gcr": 0.4, "cross_axis_tilt": 0.0}
    return {"kind": "single", **axis, **changes}


OPTIONS = {
    "hay-davies": (fixed(30, 180), {}),
    "steep to the west": (fixed(75, 260), {}),
    "flat": (fixed(0, 180), {}),
    "isotropic": (fixed(30, 180), {"sky": "isotropic"}),
    "perez": (fixed(30, 180), {"sky": "perez"}),
    "ashrae cover": (fixed(30, 180), {"iam": "ashrae"}),
    "martin-ruiz cover": (fixed(30, 180), {"iam": "martin_ruiz"}),
    "no cover": (fixed(30, 180), {"iam": "none"}),
    "sapm temperature": (fixed(30, 180), {"cooling": "sapm_open_rack_glass_glass"}),
    "pvsyst temperature": (fixed(30, 180), {"cooling": "pvsyst_freestanding"}),
    "floating": (fixed(12, 180), {"cooling": "floating_closed", "albedo": 0.06}),
    "single axis": (turning(gcr=None), {}),
    "backtracking": (turning(), {}),
    "backtracking on a slope": (turning(axis_tilt=15.0, axis_azimuth=170.0, cross_axis_tilt=-8.0), {}),
    "backtracking, perez": (turning(), {"sky": "perez"}),
    "dual axis": ({"kind": "dual"}, {}),
    "rows in shade": (fixed(30, 180), {"gcr": 0.5}),
    "bifacial": (fixed(30, 180), {"gcr": 0.4, "bifaciality": 0.7}),
    "bifacial, isotropic": (fixed(30, 180), {"gcr": 0.4, "bifaciality": 0.7, "sky": "isotropic"}),
    "bifacial, backtracking": (turning(), {"gcr": 0.4, "bifaciality": 0.7}),
    "bifacial, upright": (fixed(90, 90), {"gcr": 0.25, "bifaciality": 0.85, "row_height": 1.9, "row_width": 2.2}),
    "single diode, silicon": (fixed(30, 180), {"module": "Trina_Solar_TSM_330PD14_05U"}),
    "single diode, thin film": (fixed(30, 180), {"module": "First_Solar__Inc__FS_367"}),
}
