"""Land near to features: the share of each pixel within a distance of points, lines and polygons.

Comes in: shapes in the CRS of a frame, a distance in metres. Goes out: shares from 0 to 1. Distances are Euclidean and
exact between pixel centres, so buffers are round; the pixel that a buffer's edge crosses counts in part.
"""

from __future__ import annotations

import cv2
import numpy as np
import shapely
from rasterio.features import rasterize

from greenzone.siting.frame import Frame
from greenzone.siting.kernel import share_near

BAND = 64  # pixels up to which looking at all neighbours is faster than the transform of the whole
AREAL = (3, 6)  # shapely's type numbers of Polygon and MultiPolygon


def share_within(frame: Frame, shapes: np.ndarray, metres: float) -> np.ndarray:
    """Share of each pixel that lies within a distance of any of the shapes.

    Parameters
    ----------
    frame : Frame
        The pixels.
    shapes : ndarray of geometries
        In the frame's CRS; those outside the frame count where they are near enough.
    metres : float
        Distance. 0 asks for the shapes themselves: pixels whose centre a polygon holds, or that a line or point
        touches.

    Returns
    -------
    ndarray (rows, columns), float32
        0 to 1. A buffer's edge is placed to half a pixel, its area to about the square of a pixel over the buffer's.

    Notes
    -----
    A pixel whose centre is d pixels from the nearest burnt one has the share clip(r - d + 1/2, 0, 1) within r pixels.
    Short distances come from a kernel that looks no further than it must, others from OpenCV's exact transform
    (Felzenszwalb and Huttenlocher 2012, doi:10.4086/toc.2012.v008a019).
    """
    reach = metres / frame.resolution
    margin = int(np.ceil(reach)) + 1 if reach > 0 else 0
    wide = frame.grown(margin)
    near = shapes[shapely.intersects(shapes, shapely.box(*wide.bounds))] if len(shapes) else shapes
    burnt = burn(wide, near)
    if not burnt.any():
        return np.zeros(frame.shape, np.float32)
    if reach == 0:
        return (burnt == 2).astype(np.float32)
    share = np.empty(frame.shape, np.float32)
    if margin <= BAND:
        share_near(burnt, np.float32(reach), margin, share)
        return share
    distance = cv2.distanceTransform((burnt == 0).view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    own = slice(margin, margin + frame.rows), slice(margin, margin + frame.columns)
    np.subtract(np.float32(reach + 0.5), distance[own], out=share)
    np.clip(share, 0, 1, out=share)
    return np.maximum(share, burnt[own] == 2, out=share, dtype=np.float32)


def burn(frame: Frame, shapes: np.ndarray) -> np.ndarray:
    """Pixels of the shapes: 2 where a polygon holds the centre, or a line or point passes; 1 on a polygon's outline.

    Outlines are burnt too, so that polygons smaller than a pixel are not lost to buffers around them.
    """
    if len(shapes) == 0:
        return np.zeros(frame.shape, np.uint8)
    areal = np.isin(shapely.get_type_id(shapes), AREAL)
    layers = [(shape, 1) for shape in shapely.boundary(shapes[areal])]
    layers += [(shape, 2) for shape in shapes]
    return rasterize(layers, frame.shape, transform=frame.transform, dtype="uint8")
