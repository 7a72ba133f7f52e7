"""Smooth randomness: fields for hills and bends, and random generators named for their use."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def generator(seed: int, *topic: object) -> np.random.Generator:
    """Return the generator of one topic, so that a change to one topic leaves the others alone.

    Parameters
    ----------
    seed : seed of the whole demo
    topic : what the numbers are for, such as a street's number and "buildings"

    >>> a, b = generator(1, 0, "roads"), generator(1, 0, "roads")
    >>> bool(a.random() == b.random())
    True
    """
    words = [zlib.crc32(str(word).encode()) for word in topic]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *words])))


@dataclass(frozen=True)
class Field:
    """Hold a smooth random surface: a sum of plane waves, normal with mean 0 and deviation 1.

    Parameters
    ----------
    waves : one row per wave: wave numbers in x and y (radians per metre), phase (radians), amplitude
    """

    waves: Floats

    def at(self, x: Floats, y: Floats) -> Floats:
        """Return the heights of the surface at points given in metres."""
        total = np.zeros(np.shape(x))
        for wave_x, wave_y, phase, amplitude in self.waves:
            total += amplitude * np.sin(wave_x * x + wave_y * y + phase)
        return total


def field(random: np.random.Generator, *, wavelength_m: float, count: int = 14) -> Field:
    """Draw a surface whose waves are about `wavelength_m` long and run in all directions."""
    length = wavelength_m * random.uniform(0.7, 1.6, count)
    heading = random.uniform(0, 2 * np.pi, count)
    waves = np.column_stack(
        [
            2 * np.pi / length * np.cos(heading),
            2 * np.pi / length * np.sin(heading),
            random.uniform(0, 2 * np.pi, count),
            np.full(count, np.sqrt(2 / count)),
        ]
    )
    return Field(waves)


@dataclass(frozen=True)
class Bend:
    """Bend the plane gently, so that straight roads become curved ones and stay connected.

    Every point is moved by two smooth fields; they are so flat that no two points change places.
    """

    fields: tuple[tuple[float, Field, Field], ...]

    def __call__(self, points: Floats) -> Floats:
        """Return the points (n x 2, metres) where the bent plane has them, on the 1 mm lattice."""
        x, y = points[:, 0], points[:, 1]
        moved = np.array(points, dtype=float)
        for amplitude, east, north in self.fields:
            moved[:, 0] += amplitude * east.at(x, y)
            moved[:, 1] += amplitude * north.at(x, y)
        return on_lattice(moved)


def bend(random: np.random.Generator) -> Bend:
    """Draw a bend with long sweeps and small wiggles."""
    scales = ((75.0, 3000.0), (9.0, 600.0))
    return Bend(
        tuple(
            (
                amplitude,
                field(random, wavelength_m=length, count=7),
                field(random, wavelength_m=length, count=7),
            )
            for amplitude, length in scales
        )
    )


def only_where(chosen: Bools, values: object) -> NDArray[np.object_]:
    """Return the values where chosen, None elsewhere."""
    result = np.full(len(chosen), None, dtype=object)
    result[chosen] = values[chosen] if isinstance(values, np.ndarray) else values
    return result


def on_lattice(points: Floats) -> Floats:
    """Round coordinates in metres to whole millimetres."""
    return np.round(points * 1000) / 1000
