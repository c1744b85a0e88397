"""Compiled kernels of siting: what rules leave of each pixel, and how often a site is among the best.

Comes in: plain arrays. Goes out: arrays filled in place.
"""

from __future__ import annotations

import numpy as np

from greenzone.jit import kernel


@kernel()
def combine_rules(weights, area, share, alone, last):  # type: ignore[no-untyped-def]
    """Multiply the weights (rule, pixel) into `share` (pixel), and add up what each rule removes.

    `area` (pixel) is what a pixel counts. To `alone` (rule) goes the area a rule removes by itself, to `last` (rule)
    what it removes from what all others leave.
    """
    rules, pixels = weights.shape
    for pixel in range(pixels):
        product, zeros, barred = np.float32(1.0), 0, -1
        for rule in range(rules):
            weight = weights[rule, pixel]
            if weight > 0:
                product *= weight
            else:
                zeros += 1
                barred = rule
        share[pixel] = product if zeros == 0 else np.float32(0.0)
        size = area[pixel]
        if size == 0:
            continue
        for rule in range(rules):
            weight = weights[rule, pixel]
            if weight < 1:
                alone[rule] += size * (1.0 - weight)
                if zeros == 0:
                    last[rule] += size * product * (1.0 / weight - 1.0)
        if zeros == 1:
            last[barred] += size * product
