"""A synthetic city to try gridmap on: `write_city` writes the files that people would bring.

Rooms: noise (smooth randomness), plan (outlines, rivers, main roads), cuts and land (roads, uses,
parcels), buildings, people, dividing and grids (communities, blocks, red grids and their past),
petition_times, petition_places, petitions and petition_events, rentals, duty, councils, boards, base,
tables and manifest, city (writes all).
"""

from gridmap.demo.city import write_city
from gridmap.demo.manifest import DemoFile, Manifest, read_manifest

__all__ = ["DemoFile", "Manifest", "read_manifest", "write_city"]
