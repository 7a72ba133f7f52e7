"""Names of checks and reasons of the store, as the screens say them. Pure.

The store writes its reasons in English; what this table does not know is shown as it stands.
"""

from __future__ import annotations

#: Checks by name: Chinese, English.
CHECKS: dict[str, tuple[str, str]] = {
    "coverage.certificate": ("覆盖证书不成立", "Coverage certificate fails"),
    "coverage.empty_cell": ("空网格", "Empty cell"),
    "coverage.gap": ("网格间缝隙", "Gap between cells"),
    "coverage.invalid_ring": ("边界自交", "Invalid ring"),
    "coverage.outside_parent": ("超出上级边界", "Outside the parent"),
    "coverage.overlap": ("网格重叠", "Overlap of cells"),
    "coverage.unmatched_border": ("边界不吻合", "Borders do not match"),
    "file.crs_mismatch": ("坐标系与数值不符", "Numbers do not fit the CRS"),
    "file.crs_overruled": ("坐标系以声明为准", "Declared CRS overrules the file's"),
    "file.encoding": ("文字编码", "Text encoding"),
    "file.inexact_datum": ("基准转换不精确", "Inexact datum"),
    "file.no_rows": ("文件没有数据行", "No rows"),
    "file.outside_area": ("坐标不在合理范围", "Outside the plausible area"),
    "file.sheet": ("工作表", "Sheet"),
    "land.coverage": ("土地覆盖", "Land coverage"),
    "land.unassigned": ("未划分土地", "Unassigned land"),
    "record.not_placed": ("记录未落格", "Records without a place"),
    "region.divided": ("已有下级划分", "Already divided"),
    "region.in_pieces": ("网格不连片", "Cell in pieces"),
    "region.no_parent": ("没有上级网格", "No region above it"),
    "row.bad_boolean": ("是否值无法识别", "Not yes or no"),
    "row.bad_coordinates": ("坐标无效", "Bad coordinates"),
    "row.bad_date": ("日期无法识别", "Unparseable date"),
    "row.bad_number": ("数值无法识别", "Unparseable number"),
    "row.bad_text": ("文字无法识别", "Unreadable text"),
    "row.closed_before_received": ("办结早于受理", "Closed before received"),
    "row.columns": ("列数不符", "Wrong number of columns"),
    "row.duplicate_code": ("编码重复", "Duplicate code"),
    "row.duplicate_key": ("主键重复", "Duplicate key"),
    "row.empty_geometry": ("图形为空", "Empty geometry"),
    "row.ends_before_it_starts": ("止期早于起期", "Ends before it starts"),
    "row.invalid_geometry": ("图形无效", "Invalid geometry"),
    "row.missing_code": ("缺编码", "Missing code"),
    "row.missing_value": ("缺必填值", "Missing value"),
    "row.no_coordinates": ("缺坐标", "No coordinates"),
    "row.not_a_polygon": ("不是面图形", "Not a polygon"),
    "row.null_geometry": ("没有图形", "No geometry"),
    "row.outside_crs": ("超出坐标系范围", "Outside the CRS"),
    "row.unreadable_geometry": ("图形无法读取", "Unreadable geometry"),
    "row.value_not_allowed": ("取值不在允许范围", "Value not allowed"),
}

#: Why a record has no place: Chinese, English.
REASONS: dict[str, tuple[str, str]] = {
    "no coordinates": ("没有坐标", "no coordinates"),
    "coordinates 0,0": ("坐标为 0,0", "coordinates 0,0"),
    "swapped longitude and latitude": ("经纬度颠倒", "swapped longitude and latitude"),
    "swapped x and y": ("x、y 颠倒", "swapped x and y"),
    "outside the plausible area": ("坐标不在合理范围", "outside the plausible area"),
    "outside every cell": ("在所有网格之外", "outside every cell"),
    "unknown region name": ("地名不存在", "unknown region name"),
    "ambiguous region name": ("地名对应多个网格", "ambiguous region name"),
    "region not in force": ("所指网格当时未生效", "region not in force"),
}
_NO_NAME = " and no region named"
_NO_NAME_WORDS = ("，且未注明地名", _NO_NAME)


def check_title(name: str, lang: str) -> str:
    """Return what a check is called; its own name where the table does not know it.

    >>> check_title("row.bad_date", "zh")
    '日期无法识别'
    """
    return CHECKS[name][lang == "en"] if name in CHECKS else name


def reason_text(reason: str, lang: str) -> str:
    """Return why a record has no place.

    >>> reason_text("coordinates 0,0 and no region named", "zh")
    '坐标为 0,0，且未注明地名'
    """
    known = reason.removesuffix(_NO_NAME)
    if known not in REASONS:
        return reason
    return REASONS[known][lang == "en"] + (_NO_NAME_WORDS[lang == "en"] if known != reason else "")
