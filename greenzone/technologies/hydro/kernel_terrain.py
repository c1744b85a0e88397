"""Compiled loops over the cells of a terrain: where water flows, what it gathers, what a dam floods.

In come flat arrays, row by row; out go plain arrays. Indices have the type of `downstream`: 32 bits reach for two
thousand million cells and halve the memory of a fine terrain.
"""

from __future__ import annotations

import numpy as np

from greenzone.jit import inlined, kernel

EDGE = np.uint64(1 << 31)  # of two equally high cells the one inside the terrain goes first
INDEX = np.uint64((1 << 31) - 1)
MAX_CELLS = 2**31 - 1


@inlined
def push(heap: np.ndarray, size: int, key: int) -> int:
    """Add `key` to a binary heap that holds `size` keys; the new size."""
    at = size
    while at > 0:
        above = (at - 1) >> 1
        if heap[above] <= key:
            break
        heap[at] = heap[above]
        at = above
    heap[at] = key
    return size + 1


@inlined
def pop(heap: np.ndarray, size: int) -> int:
    """Take the least key off the heap, which shrinks to `size` - 1 keys; the new size."""
    size -= 1
    key, at = heap[size], 0
    while True:
        below = 2 * at + 1
        if below >= size:
            break
        if below + 1 < size and heap[below + 1] < heap[below]:
            below += 1
        if key <= heap[below]:
            break
        heap[at] = heap[below]
        at = below
    heap[at] = key
    return size


@kernel()
def flood(rank: np.ndarray, columns: int, downstream: np.ndarray, outlets: np.ndarray) -> np.ndarray:
    """Where the water of each cell goes when it rises from the outlets over the lowest rim first.

    `rank` orders the cells by elevation (unsigned 32 bits). `downstream` comes in as -1 where elevation is missing
    and -2 elsewhere and is filled in place: the index of the next cell, itself at an outlet. The result lists the
    cells from the outlets up; cells that no outlet drains keep -2 and are not in it.
    """
    rows = rank.size // columns
    queued = np.zeros(rank.size, dtype=np.bool_)
    sequence = np.empty(np.sum(downstream == -2), dtype=downstream.dtype)
    heap = np.empty(max(1024, 2 * outlets.size), dtype=np.uint64)
    size, done = 0, 0
    for cell in outlets:
        queued[cell] = True
        size = push(heap, size, (np.uint64(rank[cell]) << np.uint64(32)) | EDGE | np.uint64(cell))
    while size > 0:
        key = heap[0]
        size = pop(heap, size)
        cell = np.int64(key & INDEX)
        level = key >> np.uint64(32)
        if downstream[cell] == -2:
            downstream[cell] = cell
        sequence[done] = cell
        done += 1
        row, column = int(cell // columns), int(cell % columns)
        if size + 8 > heap.size:
            larger = np.empty(2 * heap.size, dtype=np.uint64)
            larger[:size] = heap[:size]
            heap = larger
        for r in range(max(row - 1, 0), min(row + 2, rows)):
            for c in range(max(column - 1, 0), min(column + 2, columns)):
                other = r * columns + c
                if downstream[other] != -2:
                    continue
                downstream[other] = cell
                if not queued[other]:
                    queued[other] = True
                    above = max(level, np.uint64(rank[other]))
                    size = push(heap, size, (above << np.uint64(32)) | np.uint64(other))
    return sequence[:done]


@kernel()
def gather(downstream: np.ndarray, order: np.ndarray, total: np.ndarray) -> None:
    """Sum `total` `(cell,)` down the network, in place."""
    for cell in order:
        target = downstream[cell]
        if target != cell:
            total[target] += total[cell]


@kernel()
def accumulate(downstream: np.ndarray, order: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Sum `values` `(layer, cell)` down the network; NaN where `downstream` is negative."""
    total = np.where(downstream >= 0, values, np.nan)
    for layer in range(values.shape[0]):
        for cell in order:
            target = downstream[cell]
            if target != cell:
                total[layer, target] += total[layer, cell]
    return total


@kernel()
def river_bed(downstream: np.ndarray, order: np.ndarray, elevation: np.ndarray) -> np.ndarray:
    """Elevation that never rises downstream: half way between cutting every bar and filling every pit."""
    cut, filled = elevation.copy(), elevation.copy()
    for cell in order:
        target = downstream[cell]
        cut[target] = min(cut[target], cut[cell])
    for cell in order[::-1]:
        filled[cell] = max(filled[cell], filled[downstream[cell]])
    for cell in range(cut.size):
        cut[cell] = 0.5 * (cut[cell] + filled[cell])
    return cut


@kernel()
def cell_discharge(
    depth: np.ndarray, row_area: np.ndarray, block_row: np.ndarray, block_column: np.ndarray, downstream: np.ndarray
) -> np.ndarray:
    """Mean flow that arises on each cell [m3/s], NaN where `downstream` is negative.

    `depth` is the annual runoff of blocks of cells `(block row, block column)` [mm], `row_area` the area of a cell of
    each row [km2]; `block_row` and `block_column` tell the block of each row and column.
    """
    columns = block_column.size
    out = np.full(downstream.size, np.nan)
    for row in range(row_area.size):
        factor = row_area[row] * 1000.0 / (365.25 * 86400.0)
        for column in range(columns):
            if downstream[row * columns + column] >= 0:
                out[row * columns + column] = depth[block_row[row], block_column[column]] * factor
    return out


@kernel()
def stream_nodes(downstream: np.ndarray, order: np.ndarray, streams: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Number the cells of `streams`, sources first, and find the stream each cell drains to.

    All cells downstream of a stream cell count as streams: `streams` is completed in place. Returns the cell of each
    node, and the node at or next below each cell (-1 where there is none).
    """
    count = 0
    for cell in order:
        if streams[cell]:
            streams[downstream[cell]] = True
            count += 1
    node = np.full(downstream.size, -1, dtype=downstream.dtype)
    cells = np.empty(count, dtype=np.int64)
    at = 0
    for cell in order:
        if streams[cell]:
            cells[at] = cell
            node[cell] = at
            at += 1
    for cell in order[::-1]:
        if node[cell] < 0:
            node[cell] = node[downstream[cell]]
    return cells, node


@kernel()
def node_discharge(
    depth: np.ndarray,
    row_area: np.ndarray,
    block_row: np.ndarray,
    block_column: np.ndarray,
    node: np.ndarray,
    nodes: int,
) -> np.ndarray:
    """Water that each stream node gets from the cells that drain to it first, `(node, month)` [1000 m3 per month].

    `depth` is `(block row, block column, month)` [mm per month].
    """
    columns = block_column.size
    out = np.zeros((nodes, depth.shape[2]))
    for row in range(row_area.size):
        for column in range(columns):
            target = node[row * columns + column]
            if target >= 0:
                block = depth[block_row[row], block_column[column]]
                for month in range(block.size):
                    if block[month] == block[month]:
                        out[target, month] += block[month] * row_area[row]
    return out


@kernel()
def block_power(
    downstream: np.ndarray, bed: np.ndarray, flow: np.ndarray, block_row: np.ndarray, block_column: np.ndarray
) -> np.ndarray:
    """Flow [m3/s] times fall [m] of the links that start in each block, `(block row, block column)` [m4/s]."""
    columns = block_column.size
    out = np.zeros((block_row.max() + 1, block_column.max() + 1))
    for cell in range(downstream.size):
        target = downstream[cell]
        if target >= 0 and target != cell:
            out[block_row[cell // columns], block_column[cell % columns]] += flow[cell] * (bed[cell] - bed[target])
    return out


@kernel()
def block_mean(values: np.ndarray, block_row: np.ndarray, block_column: np.ndarray) -> np.ndarray:
    """Mean of the known values of each block, NaN where there is none."""
    total = np.zeros((block_row.max() + 1, block_column.max() + 1))
    count = np.zeros_like(total)
    for row in range(values.shape[0]):
        for column in range(values.shape[1]):
            value = values[row, column]
            if value == value:
                total[block_row[row], block_column[column]] += value
                count[block_row[row], block_column[column]] += 1.0
    return np.where(count > 0, total / np.where(count > 0, count, 1.0), np.nan)


@kernel()
def upstream_of(downstream: np.ndarray, order: np.ndarray, cell: int) -> np.ndarray:
    """Which cells drain to `cell`, itself included."""
    inside = np.zeros(downstream.size, dtype=np.bool_)
    inside[cell] = True
    for other in order[::-1]:
        if inside[downstream[other]]:
            inside[other] = True
    return inside


@kernel()
def contour_path(
    elevation: np.ndarray, east: float, north: float, start: int, goal: int, level: float, scale: float
) -> np.ndarray:
    """Cells from `start` to `goal` along the way that costs least, flat indices; empty where there is none.

    A step costs its length [m] times 1 + departure of the ground from `level` over `scale` (both m): a canal keeps to
    its contour, and leaves it where a tunnel, a bridge or the penstock is the shorter way. `east` and `north` are the
    sizes of a cell [m].
    """
    rows, columns = elevation.shape
    cost = np.full(elevation.size, np.inf)
    before = np.full(elevation.size, -1, dtype=np.int64)
    heap = np.empty(8 * elevation.size + 8, dtype=np.uint64)
    cost[start] = 0.0
    size = push(heap, 0, np.uint64(start))
    while size > 0:
        key = heap[0]
        size = pop(heap, size)
        cell = np.int64(key & INDEX)
        if cell == goal:
            break
        if np.uint64(cost[cell] * 100.0) < key >> np.uint64(32):
            continue
        row, column = int(cell // columns), int(cell % columns)
        for r in range(max(row - 1, 0), min(row + 2, rows)):
            for c in range(max(column - 1, 0), min(column + 2, columns)):
                ground = 0.5 * (elevation[r, c] + elevation[row, column])
                length = np.hypot((r - row) * north, (c - column) * east)
                total = cost[cell] + length * (1.0 + abs(ground - level) / scale)
                if total < cost[r * columns + c]:
                    cost[r * columns + c] = total
                    before[r * columns + c] = cell
                    size = push(heap, size, (np.uint64(total * 100.0) << np.uint64(32)) | np.uint64(r * columns + c))
    if before[goal] < 0 and goal != start:
        return np.empty(0, dtype=np.int64)
    path = [goal]
    while path[-1] != start:
        path.append(before[path[-1]])
    return np.array(path[::-1])


@kernel()
def flooded(
    downstream: np.ndarray, elevation: np.ndarray, columns: int, dam: int, crest: float, most: int
) -> np.ndarray:
    """Cells that drain to the cell `dam` and lie below `crest` without a break, the dam's own first.

    Empty where more than `most` are.
    """
    found = np.empty(most, dtype=np.int64)
    rows = elevation.size // columns
    found[0] = dam
    count, at = 1, 0
    while at < count:
        cell = found[at]
        at += 1
        row, column = int(cell // columns), int(cell % columns)
        for r in range(max(row - 1, 0), min(row + 2, rows)):
            for c in range(max(column - 1, 0), min(column + 2, columns)):
                other = r * columns + c
                if other != cell and downstream[other] == cell and elevation[other] < crest:
                    if count == most:
                        return found[:0]
                    found[count] = other
                    count += 1
    return found[:count]


@kernel()
def crest_line(elevation: np.ndarray, columns: int, dam: int, step: int, crest: float, most: int) -> np.ndarray:
    """Height of a dam over the ground along its crest [m], cell by cell to both sides of its deepest cell.

    `step` is the index offset of the flow's direction; the crest runs across it. Empty where a side does not reach
    the crest's height within `most` cells.
    """
    rows = elevation.size // columns
    down = int(np.round(step / columns))
    right = step - down * columns
    heights = [crest - elevation[dam]]
    for sign in (-1, 1):
        row, column = int(dam // columns), int(dam % columns)
        reached = False
        for _ in range(most):
            row, column = row + sign * right, column - sign * down
            if row < 0 or row >= rows or column < 0 or column >= columns:
                break
            ground = elevation[row * columns + column]
            if not ground < crest:
                reached = ground == ground
                break
            heights.append(crest - ground)
        if not reached:
            return np.empty(0)
    return np.array(heights)
