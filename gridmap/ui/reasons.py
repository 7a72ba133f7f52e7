"""Names of checks and reasons of the store, as the screens say them. Pure.

The store writes its reasons in English; what this table does not know is shown as it stands.
"""

from __future__ import annotations

from gridmap.ui.formats import is_missing, whole

#: Checks by name: Chinese, English.
CHECKS: dict[str, tuple[str, str]] = {
    "coverage.certificate": ("覆盖证书不成立", "Coverage certificate fails"),
    "coverage.empty_cell": ("空网格", "Empty cell"),
    "coverage.gap": ("网格间缝隙", "Gap between cells"),
    "coverage.invalid_ring": ("边界自交", "Invalid ring"),
    "coverage.island": ("修补后的飞地", "Island after a repair"),
    "coverage.outside_parent": ("超出上级边界", "Outside the parent"),
    "coverage.overlap": ("网格重叠", "Overlap of cells"),
    "coverage.unmatched_border": ("边界不吻合", "Borders do not match"),
    "duty.expired": ("责任人已到期", "Term of the person in charge is over"),
    "duty.no_person": ("没有责任人", "Nobody in charge"),
    "event.before_receipt": ("流转早于受理", "Event before receipt"),
    "event.impossible_step": ("流转环节不合规", "Impossible step"),
    "file.crs_mismatch": ("坐标系与数值不符", "Numbers do not fit the CRS"),
    "file.crs_overruled": ("坐标系以声明为准", "Declared CRS overrules the file's"),
    "file.encoding": ("文字编码", "Text encoding"),
    "file.inexact_datum": ("基准转换不精确", "Inexact datum"),
    "file.no_rows": ("文件没有数据行", "No rows"),
    "file.outside_area": ("坐标不在合理范围", "Outside the plausible area"),
    "file.sheet": ("工作表", "Sheet"),
    "file.unread_columns": ("未读取的列", "Columns not read"),
    "import.already_loaded": ("已载入过", "Loaded before"),
    "land.coverage": ("土地覆盖", "Land coverage"),
    "land.unassigned": ("未划分土地", "Unassigned land"),
    "log.broken": ("日志被改动", "Log changed"),
    "log.cut_off": ("日志缺失", "Log cut off"),
    "log.key_lost": ("日志密钥曾丢失", "Key of the log lost"),
    "log.no_anchor": ("日志末尾无旁证", "End of the log not known outside"),
    "log.put_back": ("曾恢复备份", "Backup put back"),
    "personal.no_key": ("个人信息密钥缺失", "Keys of personal data missing"),
    "personal.too_old": ("个人信息已过保存期", "Personal data too old to keep"),
    "record.not_placed": ("记录未落格", "Records without a place"),
    "region.divided": ("已有下级划分", "Already divided"),
    "region.in_pieces": ("网格不连片", "Cell in pieces"),
    "region.no_parent": ("没有上级网格", "No region above it"),
    "row.bad_boolean": ("是否值无法识别", "Not yes or no"),
    "row.bad_coordinates": ("坐标无效", "Bad coordinates"),
    "row.bad_date": ("日期无法识别", "Unparseable date"),
    "row.bad_encoding": ("文字编码错误", "Bad encoding"),
    "row.bad_number": ("数值无法识别", "Unparseable number"),
    "row.bad_rank": ("等级序号无法识别", "Bad rank"),
    "row.bad_text": ("文字无法识别", "Unreadable text"),
    "row.closed_before_received": ("办结早于受理", "Closed before received"),
    "row.columns": ("列数不符", "Wrong number of columns"),
    "row.duplicate_code": ("编码重复", "Duplicate code"),
    "row.duplicate_key": ("主键重复", "Duplicate key"),
    "row.empty_geometry": ("图形为空", "Empty geometry"),
    "row.ends_before_it_starts": ("止期早于起期", "Ends before it starts"),
    "row.invalid_geometry": ("图形无效", "Invalid geometry"),
    "row.too_many_corners": ("顶点过多", "Too many corners"),
    "row.missing_code": ("缺编码", "Missing code"),
    "row.missing_value": ("缺必填值", "Missing value"),
    "row.no_coordinates": ("缺坐标", "No coordinates"),
    "row.not_a_polygon": ("不是面图形", "Not a polygon"),
    "row.null_geometry": ("没有图形", "No geometry"),
    "row.outside_crs": ("超出坐标系范围", "Outside the CRS"),
    "row.unknown_kind": ("类别未知", "Unknown kind"),
    "row.unreadable_geometry": ("图形无法读取", "Unreadable geometry"),
    "store.certificate": ("土地拼合不成立", "Land does not tile"),
    "store.changesets_out_of_order": ("变更次序错乱", "Changes out of order"),
    "store.derived": ("派生表不符", "Derived table differs"),
    "store.disk_full": ("磁盘已满", "Disk full"),
    "store.drafts_amiss": ("草案步骤缺失", "Steps of a draft missing"),
    "store.empty": ("还没有网格", "No cells yet"),
    "store.imports_not_adding_up": ("导入数目不符", "Imports do not add up"),
    "store.little_room": ("磁盘空间偏少", "Little room"),
    "store.long_log": ("日志过长", "Long log"),
    "store.passing_disk": ("库在内存盘上", "Store in memory"),
    "store.places_amiss": ("落位不全", "Places amiss"),
    "store.records_kept_twice": ("记录重复", "Records kept twice"),
    "store.remote_disk": ("库在网络盘上", "Store on a remote disk"),
    "store.rows_of_no_import": ("来源不明的行", "Rows of no import"),
    "store.rtree_indexes": ("存有空间索引", "RTREE index stored"),
    "store.settled_amiss": ("落位标注不符", "Settled places amiss"),
    "store.torn_log": ("日志曾被截断", "Torn log"),
    "store.versions_of_no_changeset": ("来源不明的版本", "Versions of no changeset"),
    "store.versions_overlapping": ("版本重叠", "Versions overlap"),
    "row.value_not_allowed": ("取值不在允许范围", "Value not allowed"),
}

#: What each check means and the way out, in Chinese; in English the store's own words are shown.
MEANINGS: dict[str, str] = {
    "coverage.certificate": "网格不能恰好拼成上级的土地，请先运行 gridmap check 查看位置。",
    "coverage.empty_cell": "网格没有面积，请删除或重新绘制。",
    "coverage.gap": "相邻网格之间有缝隙，可用 --repair 修补。",
    "coverage.invalid_ring": "边界自相交，请重绘该处边界。",
    "coverage.island": "修补使网格断成几块，小块已划给相邻网格。",
    "coverage.outside_parent": "网格超出上级边界，请改边界或改上级。",
    "coverage.overlap": "网格相互重叠，可用 --repair 修补。",
    "coverage.unmatched_border": "相邻边界的顶点不一致，可用 --repair 对齐。",
    "duty.expired": "责任人任期已满，请续任或另派，名单见 gridmap duty。",
    "duty.no_person": "没有责任人，请配备，名单见 gridmap duty。",
    "event.before_receipt": "流转时间早于受理时间，请与来源系统核对。",
    "event.impossible_step": "环节之间的流转不符合流程，请改正后再次载入；记录已保留。",
    "file.crs_mismatch": "坐标数值与声明的坐标系不符，请核对 --crs。",
    "file.crs_overruled": "已按声明的坐标系读取，未采用文件自带的坐标系。",
    "file.encoding": "文字编码为推断所得，如有乱码请注明编码。",
    "file.inexact_datum": "该基准到本库坐标系的转换不精确，边界可能有米级偏移。",
    "file.no_rows": "文件里没有数据行。",
    "file.outside_area": "坐标落在合理范围之外，请核对坐标系。",
    "file.sheet": "读取了其中一张工作表，如不对请指明。",
    "file.unread_columns": "文件中有未读取的列，如需要请在映射文件中指明对应字段。",
    "import.already_loaded": "同一内容此前已载入，未作改动。",
    "land.coverage": "有土地没有责任人。",
    "land.unassigned": "上级的部分土地没有任何下级网格，已列为无主土地；若是绘图缝隙可用 --repair 修补。",
    "log.broken": "日志自某行起与写入时不符：有行被改动、移动、插入或删除。请与备份核对。",
    "log.cut_off": "日志末尾曾被截去，或库文件被人手工换回旧的。请与备份核对。",
    "log.key_lost": "日志的密钥曾丢失并更换：更换前的各行无法再校验。",
    "log.no_anchor": "库外没有日志末尾的记录，无法判断末尾是否完整。请放回密钥目录的副本。",
    "log.put_back": "曾用命令恢复备份，其间的日志在留存的旧库里。",
    "personal.no_key": "密钥缺失，姓名、电话、地址与内容未存入，其余照常载入；放回密钥后重新载入。",
    "personal.too_old": "个人信息超过保存期限，未存入；其余照常载入。",
    "record.not_placed": "记录无法落入网格，只计入全域；用 gridmap unplaced 列出。",
    "region.divided": "该网格已有下级划分，须同时更新下级。",
    "region.in_pieces": "网格由几块不相连的土地组成；若非飞地，请把小块划给相邻网格。",
    "region.no_parent": "找不到上级网格，请先载入上级或补上上级编码。",
    "row.bad_boolean": "是否值无法识别，该行已搁置。",
    "row.bad_coordinates": "坐标无效，记录改按编码或地名落格。",
    "row.bad_date": "日期无法识别，该行已搁置，改正后可再次载入。",
    "row.bad_encoding": "文字编码错误，请注明编码后再次载入。",
    "row.bad_number": "数值无法识别，该行已搁置，改正后可再次载入。",
    "row.bad_rank": "等级序号无法识别，该行已搁置。",
    "row.bad_text": "文字无法识别，请核对文件编码。",
    "row.closed_before_received": "办结早于受理，请与来源系统核对。",
    "row.columns": "该行列数与表头不符，已搁置。",
    "row.duplicate_code": "编码重复，请保留一行。",
    "row.duplicate_key": "主键重复，以文件中最后一行为准。",
    "row.empty_geometry": "图形为空，已搁置。",
    "row.ends_before_it_starts": "止期早于起期，已搁置。",
    "row.invalid_geometry": "图形无效，已搁置或按规则修复。",
    "row.too_many_corners": "图形顶点超过一百万个，已搁置，请先简化。",
    "row.missing_code": "缺少编码，已搁置。",
    "row.missing_value": "缺少必填值，已搁置，补齐后可再次载入。",
    "row.no_coordinates": "没有坐标，改按编码或地名落格。",
    "row.not_a_polygon": "不是面图形，已搁置。",
    "row.null_geometry": "没有图形，已搁置。",
    "row.outside_crs": "坐标超出坐标系的适用范围。",
    "row.unknown_kind": "类别未知，该行已搁置。",
    "store.certificate": "某日起网格不能恰好拼成土地，请从备份恢复。",
    "store.changesets_out_of_order": "变更记录的次序不对，请从备份恢复。",
    "store.derived": "派生表与记录不符，请运行 gridmap doctor --repair。",
    "store.disk_full": "磁盘空间不足，暂停导入，请清理磁盘。",
    "store.drafts_amiss": "草案缺少步骤，请从备份恢复。",
    "store.empty": "库里还没有网格，请先载入。",
    "store.imports_not_adding_up": "导入的行数与记录不符，请从备份恢复。",
    "store.little_room": "剩余空间不足库大小的三倍，导入或备份可能放不下。",
    "store.long_log": "变更尚未并入库文件，打开较慢，可运行 gridmap doctor --repair。",
    "store.passing_disk": "关机后数据即失，请移到磁盘。",
    "store.places_amiss": "有记录某日没有唯一的落位，请运行 gridmap doctor --repair。",
    "store.records_kept_twice": "同一记录保存了两次，请从备份恢复。",
    "store.remote_disk": "网络盘可能丢失锁与写入，请移到本机磁盘。",
    "store.rows_of_no_import": "有行不属于任何一次导入，请从备份恢复。",
    "store.rtree_indexes": "崩溃后会使库打不开，请运行 gridmap doctor --repair。",
    "store.settled_amiss": "落位标注与落位表不符，请运行 gridmap doctor --repair。",
    "store.torn_log": "断电使日志末尾损坏，已确认的内容都在，旧日志保留备查。",
    "store.versions_of_no_changeset": "有边界版本不属于任何变更，请从备份恢复。",
    "store.versions_overlapping": "同一天有两套有效边界，请从备份恢复。",
    "row.unreadable_geometry": "图形无法读取，已搁置。",
    "row.value_not_allowed": "取值不在允许范围，已搁置；可在映射里补充对应。",
}
_AMOUNTS = {"m2": " m²", "m": " m", "rows": " 行", "cells": " 个网格", "days": " 天"}

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


def finding_text(name: str, message: str, *, amount: float | None, unit: str | None, lang: str) -> str:
    """Return what a finding says: in English as the store has it, in Chinese what its check means.

    Parameters
    ----------
    name : of the check
    message : as the store has it; shown when the table does not know the check
    amount, unit : how much of it there is
    lang : language of the screen

    >>> finding_text("row.bad_date", "Bad.", amount=1200.0, unit="rows", lang="zh")
    '日期无法识别，该行已搁置，改正后可再次载入。（1,200 行）'
    """
    if lang == "en" or name not in MEANINGS:
        return message
    counted = not is_missing(amount) and unit in _AMOUNTS
    return MEANINGS[name] + (f"（{whole(amount)}{_AMOUNTS[str(unit)]}）" if counted else "")


def reason_text(reason: str, lang: str) -> str:
    """Return why a record has no place.

    >>> reason_text("coordinates 0,0 and no region named", "zh")
    '坐标为 0,0，且未注明地名'
    """
    known = reason.removesuffix(_NO_NAME)
    if known not in REASONS:
        return reason
    return REASONS[known][lang == "en"] + (_NO_NAME_WORDS[lang == "en"] if known != reason else "")
