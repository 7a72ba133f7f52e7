"""The one way in which a coverage changes: some regions are replaced, if everything still holds.

Whatever an edit wants, it ends here as a list of regions with their new rings. It is accepted only if

- the sum of the directed segments of the replaced cells stays what it was, so that the rest of the map
  need not be looked at and no land is won or lost;
- the border of every locked region stays where it was;
- every ring is valid and runs the right way, and no cell becomes too small;
- no cell and no parent falls into more pieces than it had, no parent loses its last cell, and no cell
  comes to lie wholly inside another.

The first and the third give the certificate of `coverage`: valid polygons whose boundaries add up to the
same outline as before tile the same land.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import shapely
from shapely.geometry.base import BaseGeometry

from gridmap import polygons
from gridmap.corners import Segment
from gridmap.coverage import Coverage, joined_pieces
from gridmap.edits.changes import ChangeSet, Operation
from gridmap.edits.rings import moved, rings_of, segments_of
from gridmap.edits.rules import Rules, listed, refusal, titled
from gridmap.errors import EditRefused
from gridmap.nesting import Snapshot

#: The codes of a cell's ancestors.
Line = tuple[str, ...]
Sides = defaultdict[Line, list[Segment]]

_PLACE = re.compile(r"\[(-?[\d.]+) (-?[\d.]+)\]")


def accept(
    coverage: Coverage,
    after: Mapping[str, Snapshot | None],
    *,
    rules: Rules,
    operation: Operation,
    same: Mapping[str, str] | None = None,
) -> tuple[Coverage, ChangeSet]:
    """Replace some regions, or refuse.

    Parameters
    ----------
    coverage : the map before
    after : the regions that change, by code, as they are to be; None where one ends
    rules : what is locked, how small a cell may be
    operation : what was asked, for the log
    same : new codes of regions that only change their code, with the old one

    Raises
    ------
    EditRefused : with the guard that it ran into
    """
    proposal = Proposal(coverage, coverage.changed(after), tuple(after), rules, same or {})
    for fault in proposal.faults():
        raise fault
    change = ChangeSet.between(coverage, proposal.new, tuple(after), operation)
    if change.is_empty:
        raise refusal(
            coverage, "no_change", "This changes nothing. Draw or choose something else.", codes=tuple(after)
        )
    return proposal.new, change


def carry_over(coverage: Coverage, change: ChangeSet, *, rules: Rules) -> tuple[Coverage, ChangeSet]:
    """Make a change on another version of the map, as if it had been drawn there.

    The touched regions must be as the change found them, and every guard holds anew: two changes that touch
    different cells can together still empty a parent or cut it in two.

    Parameters
    ----------
    coverage : the map to make it on
    change : what to change
    rules : what is locked, how small a cell may be

    Raises
    ------
    EditRefused : `conflict`, and whatever an edit is refused for
    """
    change.apply_to(coverage)
    after = {code: change.after.get(code) for code in change.touched}
    same = {asked["new_code"]: asked["code"] for asked in change.operations if asked.get("op") == "recode"}
    new, made = accept(coverage, after, rules=rules, operation={}, same=same)
    return new, replace(made, operations=change.operations)


@dataclass(frozen=True)
class Proposal:
    """Hold a map before and after an edit, and find what speaks against it.

    Parameters
    ----------
    old, new : the map before and after
    codes : the regions that were replaced
    rules : what is locked, how small a cell may be
    same : new codes of regions that only change their code, with the old one
    """

    old: Coverage
    new: Coverage
    codes: tuple[str, ...]
    rules: Rules
    same: Mapping[str, str]

    def faults(self) -> Iterator[EditRefused]:
        """Yield every reason to refuse, the most telling first."""
        if not self._leaves_before and not self._leaves_after:
            return
        yield from self._nesting()
        yield from self._overlap()
        yield from self._outline()
        yield from self._locked()
        yield from self._rings()
        yield from self._small()
        yield from self._exclaves()
        yield from self._enclaves()
        yield from self._parents()

    @cached_property
    def _leaves_before(self) -> dict[str, BaseGeometry]:
        return self._leaves(self.old)

    @cached_property
    def _leaves_after(self) -> dict[str, BaseGeometry]:
        return self._leaves(self.new)

    def _leaves(self, coverage: Coverage) -> dict[str, BaseGeometry]:
        """Return the cells whose land or ancestors may differ: those replaced, and all below them."""
        there = [code for code in self.codes if code in coverage and self._matters(code)]
        return {leaf: coverage.land(leaf) for code in there for leaf in coverage.leaves_below(code)}

    def _matters(self, code: str) -> bool:
        """Return whether more than words of a region changed."""
        if (code in self.old) != (code in self.new):
            return True
        old, new = self.old.snapshot(code), self.new.snapshot(code)
        return old.region.parent != new.region.parent or old.land != new.land

    def _nesting(self) -> Iterator[EditRefused]:
        for code in self.codes:
            if code in self.new:
                yield from self._wrong_parent(code)

    def _wrong_parent(self, code: str) -> Iterator[EditRefused]:
        region = self.new.region(code)
        if not region.parent:
            return
        above = self.new.region(region.parent)
        if region.parent not in self.new.regions or self.new.is_leaf(region.parent):
            yield self._refused("cross_level", f"{region.parent} cannot be the parent of {code}: it is "
                                "not a region that consists of others. Choose one, or divide it "
                                "first.", code)  # fmt: skip
        elif region.rank is not None and above.rank is not None and above.rank >= region.rank:
            yield self._refused("cross_level", f"{code} ({region.level}) cannot belong to {region.parent} "
                                f"({above.level}). Choose a parent of a higher level.", code)  # fmt: skip
        elif code in self.new.line_of(region.parent):
            yield self._refused("cross_level", f"{code} cannot belong to {region.parent}, which belongs to "
                                f"{code} itself. Choose another parent.", code)  # fmt: skip

    @cached_property
    def _sides(self) -> tuple[Sides, Sides]:
        """Return the directed segments of the replaced cells before and after, by the cells' ancestors.

        Cells with the same ancestors are taken together, so that what only passes from one to the other
        drops out.
        """
        sides: tuple[Sides, Sides] = (defaultdict(list), defaultdict(list))
        for leaf, land in self._leaves_before.items():
            sides[0][self._line_before(leaf)] += segments_of(land)
        for leaf, land in self._leaves_after.items():
            sides[1][self._line_after(leaf)] += segments_of(land)
        return sides

    def _line_before(self, leaf: str) -> Line:
        return self._with_borders(self.old, leaf)

    def _line_after(self, leaf: str) -> Line:
        return tuple(self._old_code(code) for code in self._with_borders(self.new, leaf))

    def _old_code(self, code: str) -> str:
        return self.same.get(code, code)

    def _with_borders(self, coverage: Coverage, leaf: str) -> Line:
        """Return the regions above a cell, and the cell itself if its own border is locked."""
        line = coverage.line_of(leaf)
        return line if self.rules.locks(coverage.region(leaf), is_leaf=True) else line[1:]

    @cached_property
    def _exchanged(self) -> dict[Line, tuple[set[Segment], set[Segment]]]:
        """Return which segments went and which came, by the cells' ancestors."""
        before, after = self._sides
        found = {line: (set(before.get(line, ())), set(after.get(line, ()))) for line in {*before, *after}}
        return {line: (gone - come, come - gone) for line, (gone, come) in found.items() if gone != come}

    def _overlap(self) -> Iterator[EditRefused]:
        """Refuse two cells on one side of a segment; after this, sets of segments are sums of segments."""
        segments = [segment for side in self._sides[1].values() for segment in side]
        if len(segments) != len(set(segments)):
            twice = next(segment for segment, times in Counter(segments).items() if times > 1)
            yield self._refused("invalid_ring", "Two cells would lie on the same side of a border. Draw it "
                                "so that borders do not cross.",
                                *self._leaves_after, land=_lines([twice]))  # fmt: skip

    @cached_property
    def _difference(self) -> list[Segment]:
        """Return where the replaced cells, taken together, end differently than before."""
        gone = {segment for side, _ in self._exchanged.values() for segment in side}
        come = {segment for _, side in self._exchanged.values() for segment in side}
        gone, come = gone - come, come - gone
        left = [s for s in gone if s[::-1] not in gone] + [s for s in come if s[::-1] not in come]
        return moved(gone, come) or [segment for segment in left if self._has_neighbour(segment)]

    def _has_neighbour(self, segment: Segment) -> bool:
        """Return whether a cell that was not replaced has the segment, in either direction."""
        (x, y), (to_x, to_y) = segment
        near = self.old.near((min(x, to_x), min(y, to_y), max(x, to_x), max(y, to_y)))
        others = (segments_of(self.old.land(code)) for code in near if code not in self._leaves_before)
        return any(segment in other or segment[::-1] in other for other in others)

    def _outline(self) -> Iterator[EditRefused]:
        if self._difference:
            yield self._refused("outline", "This would move the outer border of the map. An edit only moves "
                                "borders between cells; a new outer border is loaded as a drawing.",
                                *self._leaves_before, land=_lines(self._difference))  # fmt: skip

    @cached_property
    def _reshaped(self) -> dict[str, list[Segment]]:
        """Return the regions with another border than before, by their old code, with where it differs."""
        found = {}
        for code in sorted({code for line in self._exchanged for code in line}):
            sides = [side for line, side in self._exchanged.items() if code in line]
            gone = [segment for side, _ in sides for segment in side]
            come = [segment for _, side in sides for segment in side]
            if segments := moved(gone, come):
                found[code] = segments
        return found

    def _locked(self) -> Iterator[EditRefused]:
        for code, segments in self._reshaped.items():
            here = self.old if code in self.old else self.new
            region = here.region(code)
            if self.rules.locks(region, is_leaf=here.is_leaf(code)):
                level = f" ({region.level})" if region.level else ""
                yield self._refused("locked_border", f"This would move the border of {titled(here, code)}, "
                                    f"which is locked{level}. Edit inside it, or unlock the border of both "
                                    "sides if you have the right.", code, land=_lines(segments))  # fmt: skip

    def _rings(self) -> Iterator[EditRefused]:
        for code, land in self._leaves_after.items():
            if not land.is_valid or land.is_empty:
                place = _PLACE.search(reason := shapely.is_valid_reason(land))
                at = shapely.Point(*map(float, place.groups())) if place else self.old.land(code)
                yield self._refused("invalid_ring", f"The border of {code} would cross or touch itself "
                                    f"({reason.split('[')[0].lower()}). Draw it so that it does not.",
                                    code, land=at)  # fmt: skip
            elif not _runs_right(land):
                yield self._refused("invalid_ring", f"The border of {code} would be turned inside out. Move "
                                    "the corner less far.", code, land=land)  # fmt: skip

    def _small(self) -> Iterator[EditRefused]:
        for code, land in self._leaves_after.items():
            area, had = self._area(land), self._area(self._leaves_before.get(code))
            if area < self.rules.min_area_m2 and (not had or area < had):
                yield self._refused("min_area", f"{code} would have only {area:,.2f} m2; the least is "
                                    f"{self.rules.min_area_m2:,.0f} m2. Leave it more land, or merge it.",
                                    code, land=land)  # fmt: skip

    def _area(self, land: BaseGeometry | None) -> float:
        return 0.0 if land is None else float(land.area) * self.old.metres_per_step**2

    def _exclaves(self) -> Iterator[EditRefused]:
        for code, land in self._leaves_after.items():
            old = self._leaves_before.get(self._old_code(code))
            pieces, had = shapely.get_num_geometries(land), shapely.get_num_geometries(old) if old else 1
            if pieces > had:
                smallest = min(polygons.polygon_parts(land), key=lambda part: part.area)
                yield self._refused("exclave", f"{code} would lie in {pieces} separate pieces. Leave it "
                                    "connected by a border, not only by a point; give the rest to a "
                                    "neighbour.", code, land=smallest)  # fmt: skip

    def _enclaves(self) -> Iterator[EditRefused]:
        before, after = (_holes(lands.values()) for lands in (self._leaves_before, self._leaves_after))
        if self.rules.allow_enclaves or len(after) <= len(before):
            return
        for hole in after:
            inside = self._cells_in(hole)
            if inside and not any(hole.equals(old) for old in before):
                yield self._refused("enclave", f"{listed(self.new, inside)} would lie wholly inside another "
                                    "cell. Leave a way out, or merge what is inside as well.",
                                    *inside, land=hole)  # fmt: skip

    def _cells_in(self, hole: BaseGeometry) -> list[str]:
        return [code for code in self.new.near(hole.bounds)
                if hole.contains(shapely.point_on_surface(self.new.land(code)))]  # fmt: skip

    def _parents(self) -> Iterator[EditRefused]:
        for code in (*self._reshaped, *self._emptied()):
            new_code = next((new for new, old in self.same.items() if old == code), code)
            if new_code in self.new and not self.new.is_leaf(new_code):
                yield from self._parent_faults(code, new_code)

    def _emptied(self) -> list[str]:
        parents = {self.old.region(code).parent for code in self.codes if code in self.old}
        return [code for code in sorted(parents - {""}) if code in self.new and code not in self._reshaped]

    def _parent_faults(self, code: str, new_code: str) -> Iterator[EditRefused]:
        leaves = self.new.leaves_below(new_code)
        if not leaves:
            yield self._refused("parent_emptied", f"{titled(self.new, new_code)} would have no cell left. "
                                "Leave it one, or merge it with another region.", new_code)  # fmt: skip
        elif code in self._reshaped and (pieces := self._pieces(self.new, leaves)) > 1:
            had = self._pieces(self.old, self.old.leaves_below(code)) if code in self.old else 1
            if pieces > had:
                yield self._refused("parent_cut", f"{titled(self.new, new_code)} would lie in {pieces} "
                                    "separate pieces. Choose cells that leave it connected.", new_code,
                                    land=_lines(self._reshaped[code]))  # fmt: skip

    def _pieces(self, coverage: Coverage, leaves: list[str]) -> int:
        return joined_pieces(polygons.as_array(coverage.land(leaf) for leaf in leaves))

    def _refused(
        self, reason: str, message: str, *codes: str, land: BaseGeometry | None = None
    ) -> EditRefused:
        return refusal(self.old, reason, message, codes=codes, land=land)


def _lines(segments: Iterable[Segment]) -> BaseGeometry:
    return shapely.LineString(next(iter(sorted(segments))))


def _runs_right(land: BaseGeometry) -> bool:
    """Return whether shells run counter-clockwise and holes clockwise."""
    return all(shapely.is_ccw(part.exterior) and not any(map(shapely.is_ccw, part.interiors))
               for part in polygons.polygon_parts(land))  # fmt: skip


def _holes(lands: Iterable[BaseGeometry]) -> list[BaseGeometry]:
    return [shapely.Polygon(hole) for land in lands for _, *holes in rings_of(land) for hole in holes]
