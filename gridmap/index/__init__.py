r"""Placement: every point into exactly one cell of a coverage, exactly and fast.

The rule: cells are closed polygons; of several cells that touch a point the one with the lowest
code takes it; a point that no cell touches lies nowhere, and so does one that is not finite.

The idea: lay a fine raster over the coverage, once. A raster cell that no border touches lies
wholly in one cell of the coverage, so its points need one look-up and no geometry. A raster cell
that borders touch keeps those few segments, each with what crossing it from west to east changes,
and the cell of the coverage that its west side lies in:

      A   A   A | . \ . | B   B       A, B   no border: one cell, stored in the raster
                | .  \  |             . \    a border cell: base A, a segment that adds B - A
      A   A   A | . o \ | B   B       cell(o) = A + the sum over the segments west of o
                | ./    |                     = A, for o lies west of the only one
      A   A   A | / . . | B   B

Where a segment enters through the west side, the base changes at the height where the segment
begins, farther west in the same row; its entry says so. Segments are half-open in y.
All entries at a corner round it alike, so the sum telescopes: a point gets one cell, never two or
none. Each cell of the coverage adds 2^k to its number, so that a sum also counts how many cells
cover the point. Entries are kept in single precision, relative to their raster cell; points closer
to a segment than that can tell (a few millionths of a raster cell), and points that several cells
cover, are settled by the rule itself on the polygons. Thus the answer equals the rule for any set
of valid polygons, overlapping or not; only the speed relies on a coverage.

The raster has two levels. A coarse cell touched by a border holds a block of FOLD x FOLD fine
cells; blocks lie one behind the other, so land far from every border costs next to nothing.

    placement   the index as people use it: codes, the rule, small jobs, files
    raster      the raster: points to cells
    building    polygons to the raster
"""

from gridmap.index.placement import Located, PlacementIndex

__all__ = ["Located", "PlacementIndex"]
