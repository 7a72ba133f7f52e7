"""Tiling: turn drawn polygons into cells that fill their parent exactly, saying what had to change.

All borders, the parent's among them, are noded together on the lattice by snap rounding and cut the
land into faces. Each face has one owner: the cell that was drawn over it. Land that several cells
claim is an overlap, land of no cell is a gap, land outside the parent a nesting fault. Cells are then
sums of whole faces, so neighbours share every vertex and the certificate of `coverage` holds by
construction.

Without `repair`, overlaps, nesting faults and invalid rings are errors and gaps stay gaps. With it,
neighbours are first snapped together (`shapely.coverage_clean`), overlaps go to one of the claimants,
land outside the parent is cut off, gaps narrower than `gap_width_m` are closed, and a cell stays in as
many pieces as it was drawn in. The parent's border is never moved by a repair.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, cast, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from gridmap import polygons
from gridmap.coverage import Site, dissolve
from gridmap.coverage.graph import components
from gridmap.findings import Finding
from gridmap.polygons import Geometries, Integers

NOBODY = -1
OUTSIDE = -2

#: To which of the cells that claim it an overlap goes, by the names of `shapely.coverage_clean`: the one it
#: shares the longest border with, the largest, the smallest, the first in the drawing.
MergeStrategy = Literal["longest_border", "max_area", "min_area", "min_index"]
MERGE_STRATEGIES: tuple[MergeStrategy, ...] = get_args(MergeStrategy)

#: Rounding to the lattice moves a border by less than one step on either side: land up to this wide,
#: in steps, is no fault of the drawing and goes without words to the neighbour it touches most.
ROUNDING_WIDTH = 2.5


@dataclass(frozen=True)
class Rules:
    """Say what a repair may close, in metres and square metres.

    Parameters
    ----------
    repair : close and cut instead of only reporting
    snap_m : vertices of neighbours closer than this become one
    gap_width_m : gaps narrower than this are given to the neighbours
    min_cell_m2 : land smaller than this is never a cell of its own
    merge_strategy : to which of its claimants an overlap goes
    """

    repair: bool = False
    snap_m: float = 1.0
    gap_width_m: float = 10.0
    min_cell_m2: float = 1.0
    merge_strategy: MergeStrategy = "longest_border"


@dataclass(frozen=True)
class Tiling:
    """Hold the cells a drawing became.

    Parameters
    ----------
    cells : one lattice polygon per drawn polygon, in the same order
    unowned : connected pieces of the parent's land that nobody drew a cell over
    changed_m2 : per cell, the land it gained plus the land it lost against the drawing
    findings : what was wrong or was closed
    """

    cells: Geometries
    unowned: Geometries
    changed_m2: npt.NDArray[np.float64]
    findings: tuple[Finding, ...]


def tile(
    codes: Sequence[str], drawn: Geometries, *, within: BaseGeometry | None, site: Site, rules: Rules
) -> Tiling:
    """Turn drawn polygons into cells that fill `within` exactly, the rest being unowned land.

    Parameters
    ----------
    codes : code of each polygon
    drawn : polygons in lattice steps, as drawn
    within : the parent's land in lattice steps, which is authoritative; None at the top, where holes
        between the cells stay outside the outline
    site : names level and place in the findings
    rules : whether to repair, and how far

    Returns
    -------
    Tiling; its cells lie on the lattice and share every border vertex
    """
    findings = [_invalid(code, cell, site, rules) for code, cell in zip(codes, drawn, strict=True)
                if not cell.is_valid]  # fmt: skip
    sound = _made_valid(drawn)
    prepared = _snapped(sound, site, rules) if rules.repair else sound
    faces = _Faces.cut(prepared, within)
    findings += faces.report(codes, site, rules)
    owner = _settled(faces, site, rules)
    if rules.repair:
        owner, islands = _without_islands(faces, owner, shapely.get_num_geometries(drawn))
        findings += [_island(codes, *island, site) for island in islands]
    cells = _summed(faces, owner, len(codes))
    findings += _lost(codes, cells, site)
    changed = shapely.area(shapely.symmetric_difference(cells, sound)) * site.step**2
    unowned = polygons.as_array(polygons.polygon_parts(_sum_of(faces.land[owner == NOBODY]))
                                if within is not None else [])  # fmt: skip
    return Tiling(cells, unowned, np.asarray(changed), tuple(findings))


@dataclass(frozen=True)
class _Faces:
    """Hold the faces all borders cut the land into, with every claim on each.

    Parameters
    ----------
    land : the faces
    claim_face, claim_cell : one entry per face and drawn cell that covers it
    inside : whether a face lies in the parent's land (always true at the top)
    nested : whether there is a parent
    """

    land: Geometries
    claim_face: Integers
    claim_cell: Integers
    inside: npt.NDArray[np.bool_]
    nested: bool

    @classmethod
    def cut(cls, cells: Geometries, within: BaseGeometry | None) -> _Faces:
        areas = polygons.as_array([*cells, within] if within is not None else cells)
        noded = shapely.union_all(shapely.boundary(areas), grid_size=1)
        land = polygons.oriented(shapely.get_parts(shapely.polygonize(shapely.get_parts(noded))))
        points = _deep_points(land)
        face, cell = shapely.STRtree(cells).query(points, predicate="within")
        inside = np.ones(len(land), dtype=bool)
        if within is not None:
            shapely.prepare(within)
            inside = shapely.contains(within, points)
        return cls(land, face, cell, inside, within is not None)

    @property
    def claims(self) -> Integers:
        """Return how many cells were drawn over each face."""
        return np.bincount(self.claim_face, minlength=len(self.land))

    def first_claim(self) -> Integers:
        """Return the first cell drawn over each face: NOBODY where none, OUTSIDE beyond the parent."""
        owner = np.full(len(self.land), len(self.claim_cell) + 1, dtype=np.int64)
        np.minimum.at(owner, self.claim_face, self.claim_cell)
        owner[self.claims == 0] = NOBODY
        owner[~self.inside] = OUTSIDE
        return owner

    def rounding(self) -> npt.NDArray[np.bool_]:
        """Return which faces are so thin that rounding alone explains them."""
        return _is_rounding(self.land)

    def report(self, codes: Sequence[str], site: Site, rules: Rules) -> list[Finding]:
        """List overlaps, land outside the parent and gaps, each connected piece once."""
        real = ~self.rounding()
        return [
            *self._overlaps(codes, site, rules, real),
            *self._outside(codes, site, rules, real),
            *self._gaps(site, rules, real),
        ]

    def _overlaps(
        self, codes: Sequence[str], site: Site, rules: Rules, real: npt.NDArray[np.bool_]
    ) -> list[Finding]:
        claims = pd.DataFrame({"face": self.claim_face, "cell": self.claim_cell})
        contested = claims[(real & self.inside & (self.claims > 1))[self.claim_face]]
        groups: dict[tuple[str, ...], list[int]] = {}
        for face, cells in contested.groupby("face")["cell"]:
            groups.setdefault(tuple(codes[cell] for cell in sorted(cells)), []).append(int(cast(int, face)))
        return [_as_repaired(site.overlap(names, part), rules) for names, faces in sorted(groups.items())
                for part in polygons.polygon_parts(_sum_of(self.land[faces]))]  # fmt: skip

    def _outside(
        self, codes: Sequence[str], site: Site, rules: Rules, real: npt.NDArray[np.bool_]
    ) -> list[Finding]:
        beyond = (real & ~self.inside)[self.claim_face]
        claims = pd.DataFrame({"face": self.claim_face[beyond], "cell": self.claim_cell[beyond]})
        found = []
        for cell, faces in claims.groupby("cell")["face"]:
            land = _sum_of(self.land[faces.to_numpy()])
            found.append(_as_repaired(_nesting(codes[int(cast(int, cell))], land, site), rules))
        return found

    def _gaps(self, site: Site, rules: Rules, real: npt.NDArray[np.bool_]) -> list[Finding]:
        empty = real & self.inside & (self.claims == 0)
        left = _left_over if self.nested else Site.gap
        return [_closed_gap(part, site) if self.closes(part, site, rules) else left(site, part)
                for part in polygons.polygon_parts(_sum_of(self.land[empty]))]  # fmt: skip

    def closes(self, piece: BaseGeometry, site: Site, rules: Rules) -> bool:
        """Return whether a piece of nobody's land goes to the neighbours.

        A repair closes what is nowhere as wide as the rule allows. Inside a parent a piece too small to be
        a cell always goes; at the top it may stay a hole.
        """
        if (self.nested or rules.repair) and site.area_m2(piece) < rules.min_cell_m2:
            return True
        narrow = polygons.mean_width(piece) * site.step < rules.gap_width_m
        return rules.repair and narrow and polygons.width(piece) * site.step < rules.gap_width_m


def _is_rounding(land: Geometries) -> npt.NDArray[np.bool_]:
    """Return which pieces of land are so thin, on average, that rounding alone explains them."""
    return np.asarray(_mean_width(land) < ROUNDING_WIDTH)


def _mean_width(land: Geometries) -> npt.NDArray[np.float64]:
    return np.asarray(2 * shapely.area(land) / shapely.length(land))


def _deep_points(land: Geometries) -> Geometries:
    """Return a point in each face that rounding cannot have put on the wrong side of a border.

    Noding moves borders by up to a step, so a point in a bottleneck of a face may lie beyond the border as it
    was drawn; the middle of the face's widest place does not, unless the face is nothing but rounding.
    """
    points = shapely.point_on_surface(land)
    shallow = ~_is_rounding(land) & (shapely.distance(points, shapely.boundary(land)) < ROUNDING_WIDTH)
    circles = shapely.maximum_inscribed_circle(land[shallow], tolerance=_mean_width(land[shallow]) / 8)
    points[shallow] = shapely.get_point(circles, 0)
    return np.asarray(points)


def _settled(faces: _Faces, site: Site, rules: Rules) -> Integers:
    """Give each face its owner: crumbs and closed gaps go to the neighbour they touch most."""
    owner = faces.first_claim()
    loose = faces.rounding() & faces.inside & (faces.claims != 1)
    loose |= _pieces_where(faces, owner == NOBODY, lambda piece: faces.closes(piece, site, rules))
    return _given_to_neighbours(faces, owner, loose)


def _pieces_where(
    faces: _Faces, chosen: npt.NDArray[np.bool_], wanted: Callable[[BaseGeometry], bool]
) -> npt.NDArray[np.bool_]:
    """Mark the chosen faces that belong to a connected piece for which `wanted` is true."""
    marked = np.zeros(len(faces.land), dtype=bool)
    positions = np.flatnonzero(chosen)
    if not len(positions):
        return marked
    pieces = [piece for piece in polygons.polygon_parts(_sum_of(faces.land[positions])) if wanted(piece)]
    if pieces:
        points = shapely.point_on_surface(faces.land[positions])
        hit, _ = shapely.STRtree(polygons.as_array(pieces)).query(points, predicate="within")
        marked[positions[hit]] = True
    return marked


def _given_to_neighbours(faces: _Faces, owner: Integers, loose: npt.NDArray[np.bool_]) -> Integers:
    """Give every loose face to the settled owner with which it shares the longest border.

    Faces that touch only other loose faces wait for the next round. Those that touch no owner keep
    what they had.
    """
    border = _shared_borders(faces.land)
    owner, waiting = owner.copy(), loose.copy()
    while waiting.any():
        touching = border[waiting[border["face"]] & ~waiting[border["other"]]]
        touching = touching.assign(owner=owner[touching["other"]])
        touching = touching[touching["owner"] >= 0]
        if touching.empty:
            break
        length = touching.groupby(["face", "owner"], as_index=False)[["length"]].sum()
        longest = length.sort_values(["length", "owner"], ascending=[False, True]).drop_duplicates("face")
        owner[longest["face"]] = longest["owner"]
        waiting[longest["face"]] = False
    return owner


def _without_islands(
    faces: _Faces, owner: Integers, drawn_pieces: Integers
) -> tuple[Integers, list[tuple[int, BaseGeometry]]]:
    """Give to the neighbours what a cell holds in more pieces than it was drawn in, the smallest ones.

    Returns the owners, and each piece given away with the cell that loses it.
    """
    piece = _pieces(faces, owner)
    area = np.bincount(piece, weights=shapely.area(faces.land))
    pieces = pd.DataFrame({"piece": piece, "owner": owner}).drop_duplicates()
    pieces = pieces[pieces["owner"] >= 0].assign(area=lambda known: area[known["piece"]])
    pieces = pieces.sort_values(["owner", "area"], ascending=[True, False])
    surplus = pieces[pieces.groupby("owner").cumcount() >= drawn_pieces[pieces["owner"]]]
    loose = np.isin(piece, surplus["piece"])
    settled = _given_to_neighbours(faces, owner, loose)
    given = [
        (int(cell), _sum_of(faces.land[piece == number]))
        for number, cell in zip(surplus["piece"], surplus["owner"], strict=True)
        if (settled[piece == number] != cell).all()
    ]
    return settled, given


def _pieces(faces: _Faces, owner: Integers) -> Integers:
    """Number the connected pieces that faces of one owner form."""
    border = _shared_borders(faces.land)
    joined = border[owner[border["face"]] == owner[border["other"]]]
    return components(joined["face"].to_numpy(), joined["other"].to_numpy(), len(faces.land))


def _shared_borders(land: Geometries) -> pd.DataFrame:
    """List how long a border each pair of faces shares: face, other, length."""
    segments, face = polygons.directed_segments(land)
    names = ["x0", "y0", "x1", "y1"]
    own = pd.DataFrame(segments, columns=names).assign(face=face)
    twin = pd.DataFrame(segments[:, [2, 3, 0, 1]], columns=names).assign(other=face)
    both = own.merge(twin, on=names)
    length = np.hypot(both["x1"] - both["x0"], both["y1"] - both["y0"])
    return both.assign(length=length).groupby(["face", "other"], as_index=False)[["length"]].sum()


def _summed(faces: _Faces, owner: Integers, count: int) -> Geometries:
    order = np.argsort(owner, kind="stable")
    starts = np.searchsorted(owner[order], np.arange(count + 1))
    return polygons.as_array(_sum_of(faces.land[order[starts[i] : starts[i + 1]]]) for i in range(count))


def _sum_of(land: Geometries) -> BaseGeometry:
    return dissolve(land) if len(land) else shapely.Polygon()


def _made_valid(drawn: Geometries) -> Geometries:
    return polygons.as_array(cell if cell.is_valid else polygons.areas_only(
        shapely.make_valid(cell, method="structure", keep_collapsed=False)) for cell in drawn)  # fmt: skip


def _snapped(cells: Geometries, site: Site, rules: Rules) -> Geometries:
    """Snap neighbours together; what lies further apart is left to the faces."""
    cleaned = shapely.coverage_clean(cells, snapping_distance=rules.snap_m / site.step,
                                     gap_width=rules.gap_width_m / site.step,
                                     merge_strategy=rules.merge_strategy)  # fmt: skip
    return polygons.to_lattice(np.asarray(cleaned), step=1)


def _as_repaired(finding: Finding, rules: Rules) -> Finding:
    """Turn an error into a warning that says it was repaired."""
    if not rules.repair:
        return finding
    first = finding.message.split(". ")[0]
    return replace(finding, severity="warning", message=f"{first}. Repaired.")


def _nesting(code: str, land: BaseGeometry, site: Site) -> Finding:
    about = site.about(land)
    return Finding("coverage.outside_parent", "error", codes=(code,), **about, message=(
        f"{code} reaches {about['amount']:,.2f} m2 out of its parent, up to {about['width_m']:.2f} m wide. "
        "Mend the drawing, or load with --repair, which cuts it at the parent's border."))  # fmt: skip


def _left_over(site: Site, land: BaseGeometry) -> Finding:
    about = site.about(land)
    return Finding("land.unassigned", "warning", **about, message=(
        f"No cell covers {about['amount']:,.2f} m2 of the parent's land, "
        f"up to {about['width_m']:.2f} m wide. It becomes an unassigned cell; "
        "a drawing fault is closed with --repair."))  # fmt: skip


def _closed_gap(land: BaseGeometry, site: Site) -> Finding:
    about = site.about(land)
    return Finding("coverage.gap", "warning", **about, message=(
        f"A gap of {about['amount']:,.2f} m2, up to {about['width_m']:.2f} m wide. "
        "Closed: given to the neighbours."))  # fmt: skip


def _island(codes: Sequence[str], cell: int, land: BaseGeometry, site: Site) -> Finding:
    about = site.about(land)
    return Finding("coverage.island", "warning", codes=(codes[cell],), **about, message=(
        f"The repair cut {about['amount']:,.2f} m2 off from the rest of {codes[cell]}. "
        "Given to the neighbours."))  # fmt: skip


def _invalid(code: str, cell: BaseGeometry, site: Site, rules: Rules) -> Finding:
    lon, lat = site.lon_lat(polygons.areas_only(shapely.make_valid(cell)))
    reason = shapely.is_valid_reason(cell)
    return _as_repaired(Finding(
        "coverage.invalid_ring", "error", f"The ring of {code} is invalid: {reason} (lattice steps). "
        "Mend the drawing, or load with --repair.", level=site.level, codes=(code,),
        amount=1, unit="cells", lon=lon, lat=lat), rules)  # fmt: skip


def _lost(codes: Sequence[str], cells: Geometries, site: Site) -> list[Finding]:
    """Report cells of which nothing is left."""
    return [Finding("coverage.empty_cell", "error",
                    f"Nothing is left of {code}: other cells or the land outside its parent "
                    "take it all. Check its parent and its neighbours.",
                    level=site.level, codes=(code,), amount=0, unit="m2")
            for code, cell in zip(codes, cells, strict=True) if cell.is_empty]  # fmt: skip
