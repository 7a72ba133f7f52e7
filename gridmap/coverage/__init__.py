"""Many polygons that tile land: the integer lattice, the certificate, and what breaks it.

certificate   the exact test on lattice polygons, and sums, gaps and overlaps of cells
cells         Coverage: the cells with what is said of them
faults        what breaks a coverage, as findings
"""

from gridmap.coverage.cells import Coverage, step_of
from gridmap.coverage.certificate import (
    METRIC_STEP,
    Certificate,
    area_within,
    certify,
    dissolve,
    gaps,
    joined_pieces,
    overlaps,
    without_twin,
)
from gridmap.coverage.faults import Site, faults

__all__ = [
    "METRIC_STEP", "Certificate", "Coverage", "Site", "area_within", "certify", "dissolve", "faults", "gaps",
    "joined_pieces", "overlaps", "step_of", "without_twin",
]  # fmt: skip
