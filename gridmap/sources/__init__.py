"""Read what people have: geodata and tables of many formats, encodings and coordinate systems.

The files are parsed in a process of their own (`worker`, `child`); what this package gives is canonical
frames, the rows that cannot be used, and findings.
"""

from gridmap.sources.features import FEATURE_KINDS, Features, read_features
from gridmap.sources.filetypes import Format, formats
from gridmap.sources.mapping import Mapping, load_mapping, profiles
from gridmap.sources.polygons import Polygons, content_hash, read_polygons
from gridmap.sources.records import Records, read_records

__all__ = [
    "FEATURE_KINDS",
    "Features",
    "Format",
    "Mapping",
    "Polygons",
    "Records",
    "content_hash",
    "formats",
    "load_mapping",
    "profiles",
    "read_features",
    "read_polygons",
    "read_records",
]
