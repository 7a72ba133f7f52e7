"""Read what people have: geodata and tables of many formats, encodings and coordinate systems.

The files are parsed in a process of their own (`worker`, `child`); what this package gives is canonical
frames, the rows that cannot be used, and findings.
"""

from gridmap.sources.filetypes import Format, formats
from gridmap.sources.polygons import Polygons, content_hash, read_polygons

__all__ = ["Format", "Polygons", "content_hash", "formats", "read_polygons"]
