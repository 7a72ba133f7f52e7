"""Heat surfaces: counts in square bins become a smooth picture of density.

The bins are metric and at least 100 m wide: no petitioner's point can be read from the picture.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from itertools import pairwise

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.ndimage import gaussian_filter

from gridmap.maps.classes import Classes
from gridmap.maps.paint import LIGHT, Paint, ramp_colours

#: Below 1, so that quiet places still differ from empty ones.
_HEAT_POWER = 0.6


@dataclass(frozen=True)
class HeatSurface:
    """Hold a picture of density with what is needed to place it and to explain it.

    Parameters
    ----------
    image : pixels, rows from north to south, RGBA, shape (h, w, 4)
    corners : lon/lat of the south-west, north-west, north-east and south-east corner
    classes : density per km2 at the legend's steps
    """

    image: npt.NDArray[np.uint8]
    corners: tuple[tuple[float, float], ...]
    classes: Classes


def heat_surface(
    bins: pd.DataFrame, *, crs: str, bin_m: float = 100.0, spread_m: float = 130.0, paint: Paint = LIGHT
) -> HeatSurface | None:
    """Turn counts in square bins into a smooth picture of density.

    Each bin is spread by a Gaussian kernel, so that the picture shows places, not the lattice. The sum
    over the picture equals the sum of the bins up to what the kernel carries over its rim.

    Parameters
    ----------
    bins : columns x, y (metres, centre of the bin) and n (count); one row per bin
    crs : the metric CRS of x and y
    bin_m : side of a bin in metres
    spread_m : standard deviation of the kernel in metres
    paint : gives the ramp

    Returns
    -------
    The surface, or None when there are no bins.
    """
    if bins.empty:
        return None
    raster, west, south = _raster(bins, bin_m, margin=int(np.ceil(3 * spread_m / bin_m)))
    density_km2 = gaussian_filter(raster, spread_m / bin_m, mode="constant") / (bin_m * bin_m / 1e6)
    image, classes = _heat_image(density_km2, paint)
    height, width = raster.shape
    corners = _lonlat_corners(west, south, west + width * bin_m, south + height * bin_m, crs)
    return HeatSurface(image, corners, classes)


def png(image: npt.NDArray[np.uint8]) -> bytes:
    """Return an RGBA picture of shape (h, w, 4) as a PNG file (ISO/IEC 15948, no filter)."""
    height, width, _ = image.shape
    rows = np.concatenate([np.zeros((height, 1), np.uint8), image.reshape(height, -1)], axis=1)
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(rows.tobytes(), 6)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, body) for name, body in chunks)


def _raster(bins: pd.DataFrame, bin_m: float, *, margin: int) -> tuple[npt.NDArray[np.float64], float, float]:
    """Write the bins into an array, row 0 in the south, with empty bins around; its south-west corner."""
    column = np.floor(bins["x"].to_numpy() / bin_m).astype(int)
    row = np.floor(bins["y"].to_numpy() / bin_m).astype(int)
    first_column, first_row = column.min() - margin, row.min() - margin
    shape = (row.max() - first_row + margin + 1, column.max() - first_column + margin + 1)
    raster = np.zeros(shape)
    np.add.at(raster, (row - first_row, column - first_column), bins["n"].to_numpy(dtype=float))
    return raster, float(first_column * bin_m), float(first_row * bin_m)


def _heat_image(density_km2: npt.NDArray[np.float64], paint: Paint) -> tuple[npt.NDArray[np.uint8], Classes]:
    """Colour densities along the ramp; the rarest fade out, the top 1 % share the last colour."""
    top = float(np.quantile(density_km2[density_km2 > 0], 0.99)) if (density_km2 > 0).any() else 1.0
    share = np.clip(density_km2 / top, 0, 1) ** _HEAT_POWER
    table = np.array(ramp_colours(paint.ramp, 256), dtype=np.uint8)
    image = table[(share * 255).round().astype(int)]
    image[..., 3] = (np.clip(share * 2.6, 0, 0.86) * 255).astype(np.uint8)
    return np.flipud(image), _heat_classes(top, paint)


def _heat_classes(top: float, paint: Paint) -> Classes:
    steps = [float(step) for step in top * (np.linspace(0, 1, 6) ** (1 / _HEAT_POWER))]
    spans = tuple(pairwise(steps))
    return Classes("equal", tuple(steps), spans, ramp_colours(paint.ramp, 5), counts=(), missing=0)


def _lonlat_corners(
    west: float, south: float, east: float, north: float, crs: str
) -> tuple[tuple[float, float], ...]:
    corners = gpd.GeoSeries.from_xy([west, west, east, east], [south, north, north, south], crs=crs)
    return tuple((float(point.x), float(point.y)) for point in corners.to_crs(4326))


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
