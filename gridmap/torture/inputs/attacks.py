"""Files made to do harm, by family, and the bait that shows whether one of them did.

The bait is a file beside the hostile ones and a port of this machine. Whatever reads the file or calls the
port followed an instruction out of a file that somebody sent.
"""

from __future__ import annotations

import socket
import stat
import struct
import threading
import warnings
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from random import Random

from gridmap.torture.inputs import shapes, sheets
from gridmap.torture.inputs.packing import Attack, Bait, Family, packed
from gridmap.torture.inputs.seeds import Kind, seeds

_ARCHIVES = (".zip", ".kmz", ".gdb.zip", ".xlsx")
_CLIMBING = (
    "../{}",
    "../../../../../../tmp/{}",
    "/tmp/{}",
    "..\\{}",
    "C:\\{}",
    "c:/{}",
    "\\\\127.0.0.1\\{}",
    "a/../../{}",
    "./../{}",
)


@contextmanager
def bait(folder: Path) -> Iterator[Bait]:
    """Lay a file that nobody may read, and listen at a port that nobody may call."""
    folder.mkdir(parents=True)
    with socket.create_server(("127.0.0.1", 0)) as server:
        found = Bait(folder, server.getsockname()[1])
        found.lay()
        server.settimeout(0.2)
        stop = threading.Event()
        listener = threading.Thread(target=_listen, args=(server, found, stop), daemon=True)
        listener.start()
        try:
            yield found
        finally:
            stop.set()
            listener.join()


def _listen(server: socket.socket, found: Bait, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            caller, _ = server.accept()
        except TimeoutError:
            continue
        with caller:
            found.calls.append(repr(caller.recv(200)))


def files(found: Bait, *, rng: Random) -> Iterator[Attack]:
    """Yield hostile files without an end; every family comes before any comes again with other details."""
    while True:
        for family in (*_FAMILIES, *shapes.FAMILIES, *sheets.FAMILIES):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # zipfile's, of names that are there twice
                yield from family(found, rng)


@cache
def _good() -> dict[str, bytes]:
    return {seed.name: seed.content for seed in seeds()}


# ---- archives -----------------------------------------------------------------------------------


def _climbing(_: Bait, rng: Random) -> Iterator[Attack]:
    inner = _good()["polygons.kml"]
    for way in _CLIMBING:
        ending = rng.choice(_ARCHIVES)
        name = way.format(rng.choice(("a.shp", "doc.kml", "a.gdb/a00000001.gdbtable", "xl/workbook.xml")))
        content = packed([("doc.kml", inner), (name, inner)])
        yield Attack("names that climb out", f"a{ending}", "polygons", content, may_be_read=False)


def _links(found: Bait, rng: Random) -> Iterator[Attack]:
    def link(info: zipfile.ZipInfo) -> None:
        info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16

    ending = rng.choice(_ARCHIVES)
    content = packed([("doc.kml", str(found.file).encode())], change=link)
    yield Attack("links in archives", f"a{ending}", "polygons", content, may_be_read=False)


@cache
def _zeros(megabytes: int, name: str) -> bytes:
    return packed([(name, b"0" * (megabytes << 20))], deflated=True)


def _bombs(_: Bait, rng: Random) -> Iterator[Attack]:
    megabytes = rng.choice((3, 8, 40))
    for ending, name in ((".zip", "a.geojson"), (".kmz", "doc.kml"), (".xlsx", "xl/worksheets/sheet1.xml")):
        content = _zeros(megabytes, name)
        yield Attack("zip bombs", f"a{ending}", _kind_for(ending), content, may_be_read=False)
        yield Attack(
            "zip bombs that lie", f"a{ending}", _kind_for(ending), _lying(content, rng), may_be_read=False
        )


def _kind_for(ending: str) -> Kind:
    return "records" if ending == ".xlsx" else "polygons"


def _lying(content: bytes, rng: Random) -> bytes:
    """Return an archive whose directory states another size than its entry has."""
    data = bytearray(content)
    at = data.rindex(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, rng.choice((1, 100, 999_999, 0xFFFFFFFE)))
    return bytes(data)


def _overlapping(_: Bait, rng: Random) -> Iterator[Attack]:
    """Let many entries of the directory be one and the same piece of the archive."""
    data = _zeros(3, "a.geojson")
    start, end = data.rindex(b"PK\x01\x02"), data.rindex(b"PK\x05\x06")
    times = rng.randint(2, 60)
    tail = bytearray(data[end:])
    struct.pack_into("<HHI", tail, 8, times, times, (end - start) * times)
    content = data[:start] + data[start:end] * times + bytes(tail)
    yield Attack("overlapping entries", "a.zip", "polygons", content, may_be_read=False)


def _odd_archives(_: Bait, rng: Random) -> Iterator[Attack]:
    inner = _good()["polygons.kml"]
    nested = packed([("a.zip", packed([("a.zip", packed([("doc.kml", inner)]))]))])
    yield Attack("archives in archives", "a.zip", "polygons", nested, may_be_read=False)
    many = packed([(f"{number}.kml", b"x") for number in range(5_000)])
    yield Attack("too many entries", f"a{rng.choice(_ARCHIVES[:2])}", "polygons", many, may_be_read=False)
    for name in (
        "con.kml",
        "a\x00.kml",
        "a\n.kml",
        "长" * 200 + ".kml",
        ".kml",
        "a.kml/",
        "__MACOSX/._a.kml",
        "A.KML",
        "\u202elmk.a",
    ):
        content = packed([(name, inner)])
        yield Attack("odd names in archives", rng.choice(("a.zip", "a.kmz")), "polygons", content)
    twice = packed([("doc.kml", inner), ("doc.kml", inner), ("DOC.kml", inner)])
    yield Attack("odd names in archives", "a.kmz", "polygons", twice)
    shape = _good()["polygons.shp.zip"]
    yield Attack("polyglots", "a.zip", "polygons", b"GIF89a" + shape, may_be_read=False)
    yield Attack("polyglots", "a.zip", "polygons", shape + bytes(rng.randrange(1, 70_000)))
    yield Attack("encrypted", "a.zip", "polygons", _encrypted(shape), may_be_read=False)


def _encrypted(content: bytes) -> bytes:
    data = bytearray(content)
    at = data.rindex(b"PK\x01\x02")
    data[at + 8] |= 1
    return bytes(data)


# ---- pointers -----------------------------------------------------------------------------------

_VRT = (
    "<OGRVRTDataSource><OGRVRTLayer name='a'><SrcDataSource>{}</SrcDataSource><SrcLayer>bait</SrcLayer>"
    "</OGRVRTLayer></OGRVRTDataSource>",
    "<VRTDataset rasterXSize='9' rasterYSize='9'><VRTRasterBand><SimpleSource>"
    "<SourceFilename>{}</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>",
    '{{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline read {} ! write x"}}',
    "<GDALGPipeline>read {}</GDALGPipeline>",
    "<OGRWFSDataSource><URL>{}</URL></OGRWFSDataSource>",
    "<WCS_GDAL>{}</WCS_GDAL>",
    "<?xml version='1.0'?><gml:FeatureCollection xmlns:gml='http://www.opengis.net/gml' xmlns:xlink='http://www.w3.org/1999/xlink'>"
    "<gml:featureMember xlink:href='{}'/></gml:FeatureCollection>",
    "MAP\nLAYER\nDATA '{}'\nEND",
    "ESRI SHAPEFILE\n{}",
    "PG:host={}",
)
_DISGUISES: tuple[Callable[[str], str], ...] = (
    lambda text: text,
    lambda text: "\ufeff" + text,
    lambda text: " \r\n\t" * 50 + text,
    lambda text: "<!--" + "x" * 6_000 + "-->" + text,
    lambda text: "<?xml version='1.0'?>" + text,
    lambda text: '{"type": "FeatureCollection", "x": "' + text.replace('"', "'") + '", "features": []}',
)
_ENDINGS = (
    ".geojson",
    ".json",
    ".geojsonl",
    ".topojson",
    ".kml",
    ".gpkg",
    ".fgb",
    ".shp",
    ".parquet",
    ".csv",
    ".xlsx",
    ".vrt",
    ".gml",
)


def _pointers(found: Bait, rng: Random) -> Iterator[Attack]:
    targets = (
        str(found.file),
        f"/vsicurl/{found.url}",
        found.url,
        f"/vsizip/{found.file}",
        "/etc/passwd",
        f"CSV:{found.file}",
    )
    for body in _VRT:
        disguise, target = rng.choice(_DISGUISES), rng.choice(targets)
        text = disguise(body.format(target)).encode(rng.choice(("utf-8", "utf-8", "utf-16")))
        name = f"a{rng.choice(_ENDINGS)}"
        yield Attack("virtual files in disguise", name, rng.choice(("polygons", "records", "features")), text)
        inside = packed([(f"a{rng.choice(_ENDINGS[:6])}", text)])
        yield Attack("virtual files in archives", "a.zip", "polygons", inside)


def _crs_pointers(found: Bait, rng: Random) -> Iterator[Attack]:
    plain = _good()["polygons.geojson"].decode()
    start, end = plain.index('"crs"'), plain.index('"features"')
    for target in (
        found.url,
        str(found.file),
        f"@{found.file}",
        f"/vsicurl/{found.url}",
        "/etc/passwd",
        "+init=/etc/passwd:1",
        "x" * 100_000,
    ):
        kind = rng.choice(
            (
                '{{"type": "link", "properties": {{"href": "{0}", "type": "proj4"}}}}',
                '{{"type": "name", "properties": {{"name": "{0}"}}}}',
                '{{"type": "EPSG", "properties": {{"code": "{0}"}}}}',
                '"{0}"',
            )
        )
        text = plain[:start] + f'"crs": {kind.format(target)}, ' + plain[end:]
        yield Attack("a CRS that points elsewhere", "a.geojson", "polygons", text.encode())
        shape = _replaced(_good()["polygons.shp.zip"], ".prj", target.encode())
        yield Attack("a CRS that points elsewhere", "a.zip", "polygons", shape)
        yield Attack("a CRS that points elsewhere", "a.parquet", "polygons", shapes.parquet_in(target))


def _replaced(archive: bytes, ending: str, content: bytes) -> bytes:
    import io

    with zipfile.ZipFile(io.BytesIO(archive)) as given:
        entries = [
            (name, content if name.endswith(ending) else given.read(name)) for name in given.namelist()
        ]
        return packed(entries)


def _code_pages(_: Bait, rng: Random) -> Iterator[Attack]:
    good = _good()["polygons.shp.zip"]
    for page in (
        "zlib_codec",
        "bz2",
        "hex",
        "rot13",
        "idna",
        "punycode",
        "unicode_escape",
        "raw_unicode_escape",
        "utf-7",
        "undefined",
        "\x00",
        "x" * 100_000,
        "../../x",
        "utf-16",
        "cp65001",
        "hz",
        "base64",
        "mbcs",
    ):
        content = packed([*_entries(good), ("polygons.cpg", page.encode())])
        yield Attack("code pages that are none", "a.zip", rng.choice(("polygons", "features")), content)


def _entries(archive: bytes) -> list[tuple[str, bytes]]:
    import io

    with zipfile.ZipFile(io.BytesIO(archive)) as given:
        return [(name, given.read(name)) for name in given.namelist()]


# ---- entities -----------------------------------------------------------------------------------


def _laughs(depth: int) -> tuple[str, str]:
    levels = "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10}">' for at in range(1, depth))
    return f'<!DOCTYPE x [<!ENTITY l0 "ha">{levels}]>', f"&l{depth - 1};"


def _declarations(found: Bait, rng: Random) -> Iterator[tuple[str, str]]:
    yield _laughs(rng.randint(3, 11))
    yield f'<!DOCTYPE x [<!ENTITY q "{"ha" * 50_000}">]>', "&q;" * 2_000
    for target in (f"file://{found.file}", found.url, "file:///etc/passwd"):
        yield f'<!DOCTYPE x [<!ENTITY q SYSTEM "{target}">]>', "&q;"
        yield f'<!DOCTYPE x SYSTEM "{target}">', ""
        yield f'<!DOCTYPE x [<!ENTITY % q SYSTEM "{target}"> %q;]>', ""


_BOOK_PARTS = (
    "[Content_Types].xml",
    "xl/workbook.xml",
    "xl/worksheets/sheet1.xml",
    "xl/styles.xml",
    "docProps/core.xml",
    "xl/_rels/workbook.xml.rels",
    "_rels/.rels",
)


def _entities(found: Bait, rng: Random) -> Iterator[Attack]:
    kml, book = _good()["polygons.kml"].decode(), _good()["records.xlsx"]
    for declared, used in _declarations(found, rng):
        head, body = kml.split("?>", 1) if kml.startswith("<?xml") else ("<?xml version='1.0'", kml)
        text = f"{head}?>{declared}{body.replace('大富0社区', used, 1)}".encode()
        yield Attack("entities in KML", "a.kml", "polygons", text)
        yield Attack("entities in KML", "a.kmz", "polygons", packed([("doc.kml", text)]))
        part = rng.choice(_BOOK_PARTS)
        entries = [
            (name, _declared(content, declared, used) if name == part else content)
            for name, content in _entries(book)
        ]
        yield Attack("entities in Excel", "a.xlsx", "records", packed(entries))


def _declared(content: bytes, declared: str, used: str) -> bytes:
    text = content.decode()
    head, _, body = text.partition("?>") if text.startswith("<?xml") else ("<?xml version='1.0'", "", text)
    return f"{head}?>{declared}{body.replace('>', f'>{used}', 1)}".encode()


def _network_links(found: Bait, _: Random) -> Iterator[Attack]:
    kml = _good()["polygons.kml"].decode()
    for extra in (
        f"<NetworkLink><Link><href>{found.url}</href></Link></NetworkLink>",
        f"<NetworkLink><Link><href>{found.file}</href></Link></NetworkLink>",
        f"<GroundOverlay><Icon><href>{found.url}</href></Icon></GroundOverlay>",
        f"<Style><IconStyle><Icon><href>{found.url}</href></Icon></IconStyle></Style>",
        f"<Schema name='x' id='x' parent='{found.url}'/>",
        f"<styleUrl>{found.url}#x</styleUrl>",
    ):
        text = kml.replace("<Document", f"<Document>{extra}</Document><Document", 1).encode()
        yield Attack("links in KML", "a.kml", "polygons", text)


_FAMILIES: tuple[Family, ...] = (
    _climbing,
    _links,
    _bombs,
    _overlapping,
    _odd_archives,
    _pointers,
    _crs_pointers,
    _code_pages,
    _entities,
    _network_links,
)
