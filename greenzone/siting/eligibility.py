"""Eligibility: on which share of a site each technology may stand.

Comes in: rules by technology, the frame of pixels, the sites' coverage of them. Goes out: the share of each pixel that
all rules leave, exact shares of the sites, and an account of what each rule removes.
Frames are worked on in strips of rows, each with the margin its buffers need, so memory does not grow with the rules.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
import pandas as pd
from scipy import sparse

from greenzone.schema import Raster
from greenzone.siting.frame import Frame
from greenzone.siting.kernel import combine_rules
from greenzone.siting.rules import Rule, surface_index

STRIP = 256  # rows worked on at a time

Removed = dict[str, tuple[float, float]]


@dataclass(frozen=True, eq=False)
class Assessment:
    """What the rules of one technology leave: `share` of each pixel, and what each rule removes in the area's units.

    `removed` holds, by rule, what it removes alone and what it removes last; `left` is what all of them leave.
    """

    share: np.ndarray
    removed: Removed
    left: float


def assess(rules: Mapping[str, Rule], frame: Frame, area: np.ndarray, min_area: float = 0.0) -> Assessment:
    """Judge every pixel of a frame by the rules of one technology.

    Parameters
    ----------
    rules : mapping of str to Rule
        Rules by name; their order does not matter.
    frame : Frame
        The pixels.
    area : ndarray (rows, columns)
        What each pixel counts in the account, such as its area inside the zone [km2].
    min_area : float
        Smallest patch of contiguous land that stays, in the units of `area`; 0 keeps all.

    Returns
    -------
    Assessment
        Shares are products of the rules' shares, float32.
    """
    names = sorted(rules)
    share = np.empty(frame.shape, np.float32)
    strip = partial(_strip, [rules[name] for name in names], frame, area, share)
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        sums = list(threads.map(strip, range(0, frame.rows, STRIP)))
    alone, last = np.sum([part[0] for part in sums], axis=0), np.sum([part[1] for part in sums], axis=0)
    removed = {name: (float(alone[k]), float(last[k])) for k, name in enumerate(names)}
    left = float(sum(part[2] for part in sums))
    if min_area > 0:
        share = keep_patches(share, area, min_area)
        before, left = left, float(np.vdot(share.astype(float), area))
        whole = keep_patches(np.ones(frame.shape, np.float32), area, min_area)
        removed["min_area"] = float(area.sum() - (whole * area).sum()), before - left
    return Assessment(share, removed, left)


def _strip(
    rules: list[Rule], frame: Frame, area: np.ndarray, share: np.ndarray, start: int
) -> tuple[np.ndarray, np.ndarray, float]:
    """Fill the rows of a strip in `share`; what each rule removes there alone and last, and what all leave."""
    part = frame.strip(start, start + STRIP)
    weights = np.empty((len(rules), part.rows * part.columns), np.float32)
    for row, rule in zip(weights, rules, strict=True):
        row[:] = rule(part).ravel()
    alone, last = np.zeros(len(rules)), np.zeros(len(rules))
    counted = np.ascontiguousarray(area[start : start + part.rows], np.float32).ravel()
    left = combine_rules(weights, counted, share[start : start + part.rows].reshape(-1), alone, last)
    return alone, last, float(left)


def keep_patches(share: np.ndarray, area: np.ndarray, least: float) -> np.ndarray:
    """The shares without patches of joined pixels (by edges) whose usable area inside the zone is below `least`."""
    _, labels = cv2.connectedComponents((share > 0).view(np.uint8), connectivity=4)
    sizes = np.bincount(labels.ravel(), weights=(share * area).ravel())
    keep = sizes >= least
    keep[0] = False
    return np.where(keep[labels], share, np.float32(0.0))


def site_fraction(coverage: sparse.csr_matrix, share: np.ndarray) -> np.ndarray:
    """Share of each site that is usable, 0 to 1, from the shares of its pixels."""
    return np.clip(coverage @ share.ravel().astype(float), 0, 1)


def onto_surface(share: np.ndarray, area: np.ndarray, frame: Frame, raster: Raster) -> np.ndarray:
    """Mean share of the zone's land on each pixel of a coarser raster (WGS 84); 0 where there is none."""
    size = raster.values.size
    total, whole = np.zeros(size + 1), np.zeros(size + 1)
    for start in range(0, frame.rows, STRIP):
        part = frame.strip(start, start + STRIP)
        index = surface_index(part, raster).ravel()
        inside = area[start : start + part.rows].ravel()
        total += np.bincount(index, share[start : start + part.rows].ravel() * inside, size + 1)
        whole += np.bincount(index, inside, size + 1)
    mean = np.divide(total, whole, out=np.zeros(size + 1), where=whole > 0)
    return mean[:size].reshape(raster.values.shape)


def account(assessment: Assessment, whole: float) -> pd.DataFrame:
    """What each rule removes [km2]: on its own, and when it comes last.

    Returns
    -------
    DataFrame
        Columns `rule`, `removed_alone_km2`, `removed_last_km2`; the last row, `all rules`, is what they remove of the
        `whole` together. A smallest area comes after all other rules, so what these remove last is reckoned without it.
    """
    rows = [(name, alone, last) for name, (alone, last) in assessment.removed.items()]
    together = max(whole - assessment.left, 0.0)
    return pd.DataFrame(
        [*rows, ("all rules", together, together)], columns=["rule", "removed_alone_km2", "removed_last_km2"]
    )
