"""Compiled kernels of siting: what rules leave of each pixel, and how often a site is among the best.

Comes in: plain arrays. Goes out: arrays filled in place.
"""

from __future__ import annotations

import numpy as np

from greenzone.jit import kernel


BLOCK = 4096  # pixels that pass through the first-level cache together


@kernel()
def combine_rules(weights, area, share, alone, last):  # type: ignore[no-untyped-def]
    """Multiply the weights (rule, pixel) into `share` (pixel), and add up what each rule removes.

    `area` (pixel) is what a pixel counts. To `alone` (rule) goes the area a rule removes by itself, to `last` (rule)
    what it removes from what all others leave. Returned is the area that all of them leave. All arrays are float32,
    sums are float64.
    """
    rules, pixels = weights.shape
    zeros = np.empty(BLOCK, np.float32)
    open_to_all = np.empty(BLOCK, np.float32)
    left = 0.0
    for start in range(0, pixels, BLOCK):
        size = min(BLOCK, pixels - start)
        part, product = area[start : start + size], share[start : start + size]
        product[:] = np.float32(1.0)
        zeros[:size] = np.float32(0.0)
        for rule in range(rules):
            row = weights[rule, start : start + size]
            total = np.float32(0.0)
            for i in range(size):
                barred = row[i] <= np.float32(0.0)
                product[i] *= np.float32(1.0) if barred else row[i]
                zeros[i] += np.float32(1.0) if barred else np.float32(0.0)
                total += part[i] * (np.float32(1.0) - row[i])
            alone[rule] += total
        total = np.float32(0.0)
        for i in range(size):
            counted = part[i] * product[i]
            product[i] = product[i] if zeros[i] == np.float32(0.0) else np.float32(0.0)
            open_to_all[i] = counted if zeros[i] == np.float32(0.0) else np.float32(0.0)
            zeros[i] = counted if zeros[i] == np.float32(1.0) else np.float32(0.0)  # barred by one rule only
            total += open_to_all[i]
        left += total
        for rule in range(rules):
            row = weights[rule, start : start + size]
            total = np.float32(0.0)
            for i in range(size):
                barred = row[i] <= np.float32(0.0)
                gain = np.float32(1.0) / (np.float32(1.0) if barred else row[i]) - np.float32(1.0)
                total += zeros[i] if barred else open_to_all[i] * gain
            last[rule] += total
    return left
