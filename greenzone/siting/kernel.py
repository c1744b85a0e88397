"""Compiled kernels of siting: what rules leave of each pixel, and how often a site is among the best.

Comes in: plain arrays. Goes out: arrays filled in place.
"""

from __future__ import annotations

import numpy as np

from greenzone.jit import inlined, kernel

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
    left = np.float64(0.0)
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


@inlined
def _bar(scores, top, counts, chosen):  # type: ignore[no-untyped-def]
    """The `top`-th largest of the scores, 0 to 1: found in its bin of a histogram; `chosen` is room for that bin."""
    bins = counts.size
    counts[:] = 0
    scale = np.float32(bins - 1)
    for score in scores:
        counts[int(score * scale)] += 1
    above, place = 0, bins - 1
    while above + counts[place] < top:
        above += counts[place]
        place -= 1
    found = 0
    for score in scores:
        if int(score * scale) == place:
            chosen[found] = score
            found += 1
    return np.sort(chosen[:found])[found - (top - above)]


@kernel()
def count_top(values, draws, top, counts, first, last):  # type: ignore[no-untyped-def]
    """Add to `counts` (block, site) how often each site is among the `top` best by its weighted sum, ties shared.

    `values` is (criterion, site), 0 to 1; `draws` (draw, criterion) holds weights that sum to 1. Draws are shared out
    among the blocks, of which those from `first` to before `last` are worked on.
    """
    blocks, sites = counts.shape
    scores, chosen = np.empty(sites, np.float32), np.empty(sites, np.float32)
    bins = np.empty(2048, np.int64)
    for block in range(first, last):
        for draw in range(block, draws.shape[0], blocks):
            scores[:] = np.float32(0.0)
            for criterion in range(values.shape[0]):
                weight = draws[draw, criterion]
                for site in range(sites):
                    scores[site] += weight * values[criterion, site]
            for site in range(sites):
                scores[site] = min(scores[site], np.float32(1.0))
            bar = _bar(scores, top, bins, chosen)
            above, tied = 0, 0
            for site in range(sites):
                above += scores[site] > bar
                tied += scores[site] == bar
            part = np.float32((top - above) / tied)
            for site in range(sites):
                score = scores[site]
                counts[block, site] += np.float32(1.0) if score > bar else part if score == bar else np.float32(0.0)


WIDTH = 256  # columns worked on together, so that they stay in the second-level cache


@kernel()
def share_near(burnt, reach, margin, share):  # type: ignore[no-untyped-def]
    """Fill `share` with clip(reach + 1/2 - d, 0, 1), d the distance to the nearest burnt pixel; 1 where burnt is 2.

    `burnt` has `margin` more pixels on every side than `share`; `margin` is at least `reach` + 1, all in pixels.
    Distances go first along columns, then the least sum of squares along rows, only as far as they matter.
    """
    rows, columns = share.shape
    tall = rows + 2 * margin
    far, edge = np.float32(margin + 1), np.float32(reach + 0.5)
    down = np.empty((tall, WIDTH + 2 * margin), np.float32)
    line, best = np.empty(WIDTH + 2 * margin, np.float32), np.empty(WIDTH, np.float32)
    for start in range(0, columns, WIDTH):
        size = min(WIDTH, columns - start)
        wide = size + 2 * margin
        for x in range(wide):
            down[0, x] = np.float32(0.0) if burnt[0, start + x] > 0 else far
        for y in range(1, tall):
            for x in range(wide):
                after = min(down[y - 1, x] + np.float32(1.0), far)
                down[y, x] = np.float32(0.0) if burnt[y, start + x] > 0 else after
        for y in range(tall - 2, -1, -1):
            for x in range(wide):
                down[y, x] = min(down[y, x], down[y + 1, x] + np.float32(1.0))
        for y in range(rows):
            least = far * far
            for x in range(wide):
                line[x] = down[y + margin, x] * down[y + margin, x]
                least = min(least, line[x])
            best[:] = far * far
            for step in range(2 * margin + 1):
                along = np.float32((step - margin) * (step - margin))
                if along + least < edge * edge:
                    for x in range(size):
                        found = line[x + step] + along
                        best[x] = found if found < best[x] else best[x]
            for x in range(size):
                near = min(max(edge - np.sqrt(best[x]), np.float32(0.0)), np.float32(1.0))
                share[y, start + x] = np.float32(1.0) if burnt[y + margin, start + x + margin] == 2 else near
