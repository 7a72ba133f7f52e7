"""Every word of the screens in Chinese and in English, in one table."""

from __future__ import annotations

from gridmap.levels import level_named
from gridmap.measures import Measure, measures
from gridmap.ui import words_desk

#: Words by name: Chinese, English.
WORDS: dict[str, tuple[str, str]] = {
    # frame
    "product": ("格图", "gridmap"),
    "overview": ("总览", "Overview"),
    "cells": ("网格数据", "Grid figures"),
    "health": ("数据健康", "Data health"),
    "synthetic": ("演示数据 · 全部为合成，并非真实记录", "Demo data · all of it synthetic, no real records"),
    "as_of": ("数据截至 {when}", "Data as of {when}"),
    "other_language": ("English", "中文"),
    "theme_system": ("随系统", "As the device"),
    "theme_light": ("浅色", "Light"),
    "theme_dark": ("深色", "Dark"),
    "main_navigation": ("主导航", "Main navigation"),
    "everything": ("全部", "Everything"),
    # filters
    "period": ("时段", "Period"),
    "30d": ("近30天", "30 days"),
    "90d": ("近90天", "90 days"),
    "year": ("今年", "This year"),
    "12m": ("近12个月", "12 months"),
    "all": ("全部", "All time"),
    "custom": ("自选", "Custom"),
    "since": ("起", "From"),
    "until": ("止", "To"),
    "dates": ("起止日期", "First and last day"),
    "category": ("诉求类别", "Category"),
    "all_categories": ("全部类别", "All categories"),
    "boundaries": ("口径", "Boundaries"),
    "then": ("当时口径", "As then"),
    "now": ("现行口径", "As now"),
    "boundaries_help": (
        "当时口径：按诉求发生当日生效的网格统计；现行口径：全部按今日网格重算。",
        "As then: counted in the cell in force on the day. As now: restated to the cells of today.",
    ),
    "go_to": ("进入下级网格…", "Go to a cell below…"),
    "choose_cell": ("选择网格", "Choose a cell"),
    # figures
    "versus": ("较上期 {change}", "{change} vs previous"),
    "versus_year": ("较去年同期 {change}", "{change} vs last year"),
    "versus_brief": ("环比 {change}", "{change} prev."),
    "versus_year_brief": ("同比 {change}", "{change} y/y"),
    "same": ("持平", "unchanged"),
    "no_comparison": ("无可比时段", "no earlier period"),
    "points": ("个百分点", "pp"),
    "numerator": ("分子", "Numerator"),
    "denominator": ("分母", "Denominator"),
    "definition": ("定义", "Definition"),
    "source": ("出处", "Source"),
    "caveat": ("注意", "Caveat"),
    "not_in_cells": (
        "另有 {n} 件诉求只知其在全域，未能落入本格，见“数据健康”。",
        "{n} more petitions could not be placed in this cell; see Data health.",
    ),
    # map card
    "map": ("地图", "Map"),
    "show": ("图层", "Layer"),
    "measure": ("指标", "Measure"),
    "heat": ("热力", "Heat"),
    "coverage": ("责任覆盖", "Coverage"),
    "level": ("层级", "Level"),
    "scheme": ("分级方法", "Class breaks"),
    "quantile": ("等量分级", "Quantile"),
    "natural": ("自然断点", "Natural breaks"),
    "film": ("时间", "Film"),
    "own": ("自定分级", "Own breaks"),
    "classes_n": ("级数", "Number of classes"),
    "breaks": ("各级上限（逗号分隔，比率用百分数）", "Upper edges (comma between them; shares in per cent)"),
    "play": ("播放", "Play"),
    "summed": ("累计", "Sum up"),
    "step": ("时间", "Time"),
    "strip": ("要显示的关键指标", "Key figures to show"),
    "equal": ("等距分级", "Equal interval"),
    "cells_n": ("{n} 格", "{n} cells"),
    "legend_missing": ("无数据", "No value"),
    "legend_withheld": ("无数据或已隐去", "No value or withheld"),
    "withheld": ("已隐去（件数过少，或可由合计推出）", "withheld (too few cases, or told by a sum)"),
    "legend_cells": ("格数", "cells"),
    "heat_title": ("诉求密度（件/km²）", "Petitions per km²"),
    "heat_note": ("{n} 件带坐标诉求，按 {m} m 方格聚合", "{n} petitions with a point, in {m} m squares"),
    "coverage_title": ("土地有无责任人", "Who is in charge of the land"),
    "in_charge": ("有责任人", "In charge"),
    "expired": ("责任人已到期", "Term expired"),
    "no_person": ("未配责任人", "Nobody appointed"),
    "undivided": ("尚未划分网格", "Not yet divided"),
    "unassigned": ("无主土地", "Unassigned land"),
    "click_hint": ("点击网格或右侧列表可下钻", "Click a cell, or a row of the list, to drill down"),
    "no_webgl": (
        "此浏览器不支持 WebGL，已改用静态地图；请用右侧列表下钻。",
        "This browser has no WebGL: a still map is shown. Use the list to drill down.",
    ),
    # ranking, trend, composition
    "ranking": ("{level}排名", "{level} ranking"),
    "rank": ("名次", "Rank"),
    "cell": ("网格", "Cell"),
    "value": ("数值", "Value"),
    "n_of": ("分子/分母", "n / of"),
    "few_cases": ("分母不足 {n} 的不参与排名", "Not ranked: fewer than {n} cases"),
    "first_of": ("前 {n} 名，共 {of} 格", "first {n} of {of}"),
    "retired": ("（已调整）", " (retired)"),
    "leaf_hint": ("已是最末级网格", "This is the lowest level"),
    "trend": ("诉求趋势", "Petitions over time"),
    "received": ("受理", "Received"),
    "closed": ("办结", "Closed"),
    "on_time_rate": ("按期结案率", "On-time closure rate"),
    "ratings": ("出租屋分级", "Rental buildings by rating"),
    "buildings_n": ("{n} 栋", "{n}\nbuildings"),
    "unrated": ("未定级", "Unrated"),
    "not_graded": ("不参与定级", "Not graded"),
    "categories": ("诉求类别构成", "Petitions by category"),
    "filter_hint": ("点击筛选", "click to filter"),
    "others": ("其他", "Others"),
    "uncategorised": ("未分类", "No category"),
    # finding and taking away
    "search": ("搜索", "Search"),
    "search_hint": ("网格名称或编码、楼栋、诉求编号、责任人…", "Cell, building, petition no., person…"),
    "nothing_found": ("没有找到", "Nothing found"),
    "locate": ("定位到我", "Where I am"),
    "not_here": ("您所在的位置不在任何网格内", "Where you are there is no cell"),
    "no_location": ("设备未提供位置", "The device did not say where it is"),
    "export": ("导出", "Export"),
    "as_csv": ("CSV（表格软件可直接打开）", "CSV (for any spreadsheet)"),
    "as_xlsx": ("Excel", "Excel"),
    "as_geojson": ("GeoJSON（位置取整到 100 m）", "GeoJSON (places to 100 m)"),
    "as_picture": ("存为图片", "Take a picture"),
    "picture_map": ("地图", "Map"),
    "picture_trend": ("诉求趋势", "Petitions over time"),
    "picture_categories": ("诉求类别构成", "Petitions by category"),
    "picture_ratings": ("出租屋分级", "Rental buildings by rating"),
    "monthly_report": ("月报", "Report"),
    "month": ("月份", "Month"),
    "monthly_report_note": ("当前网格的月报", "Monthly report of this cell"),
    "report_zh": ("中文", "Chinese"),
    "report_en": ("英文", "English"),
    # my grid
    "mine": ("我的网格", "My grid"),
    "open_cases": ("在办诉求，按紧急程度", "Open petitions, the most urgent first"),
    "no_open_cases": ("没有在办诉求", "No open petitions"),
    "every_urgency": ("全部", "All"),
    "urgency": ("紧急程度", "Urgency"),
    "overdue": ("已超期", "Overdue"),
    "day": ("24小时内", "Within 24 h"),
    "three_days": ("3天内", "Within 3 days"),
    "later": ("稍后", "Later"),
    "no_limit": ("无时限", "no limit"),
    "due_at_moment": ("限 {when}", "due {when}"),
    "time_left": ("剩 {time}", "{time} left"),
    "time_over": ("超 {time}", "{time} over"),
    "hours_n": ("{n} 小时", "{n} h"),
    "days_n": ("{n} 天", "{n} days"),
    "petition_no": ("诉求编号", "Petition no."),
    "subcategory": ("小类", "Subcategory"),
    "channel": ("渠道", "Channel"),
    "handler": ("承办单位", "Handler"),
    "status": ("环节", "Stage"),
    "received_at": ("受理时间", "Received at"),
    "due_at": ("办理期限", "Due at"),
    "inspections_due": ("待巡查出租屋（{days} 天内到期）", "Inspections due within {days} days"),
    "no_inspections_due": ("近期没有到期的巡查", "No inspection is due soon"),
    "last_inspected": ("上次巡查 {when}", "last inspected {when}"),
    "building_no": ("楼栋编号", "Building no."),
    "rating": ("等级", "Rating"),
    "last_inspected_at": ("上次巡查", "Last inspected"),
    "due_on": ("应巡查日", "Due on"),
    "days_over": ("超期天数", "Days over"),
    "area_of_duty": ("负责范围", "Area"),
    "role": ("角色", "Role"),
    "person": ("姓名", "Person"),
    "phone": ("电话", "Telephone"),
    "masked": ("电话已隐去中间位", "telephone numbers masked"),
    "nobody_in_charge": ("没有责任人", "Nobody is in charge"),
    "grid_worker": ("网格员", "Grid worker"),
    "red_grid_lead": ("红色网格牵头人", "Red-grid lead"),
    "block_head": ("街区负责人", "Block head"),
    "community_secretary": ("社区党委书记", "Community secretary"),
    "community_staff": ("社区专职工作人员", "Community staff"),
    "neighbours": ("相邻网格", "Neighbours"),
    "no_neighbours": ("没有相邻网格", "No neighbours"),
    "tap_hint": ("点击地图切换网格", "Tap the map to change the cell"),
    "trend_of_peers": ("受理诉求，与同级网格中位数比", "Petitions received, beside cells like this"),
    "compared": ("对比", "Compared"),
    "here": ("本格", "Here"),
    "before": ("上期", "Before"),
    "peers_middle": ("同级中位数", "Median of peers"),
    "place_among": ("名次", "Place"),
    "peers_n": ("{level} {n} 个", "{n} cells of level {level}"),
    # wall
    "wall": ("大屏", "Wall"),
    "scene_heat": ("诉求热力", "Where petitions come from"),
    "scene_late": ("超期未办结", "Overdue petitions"),
    "scene_load": ("在办负荷", "Load of open petitions"),
    "scene_coverage": ("责任覆盖", "Who is in charge of the land"),
    "scene_risk": ("出租屋风险", "Risk of rental buildings"),
    "scene_film": ("诉求逐期变化", "Petitions, step by step"),
    "hot": ("升温", "On the rise"),
    "hot_note": ("近 {days} 天，与此前常态比", "last {days} days against the usual"),
    "usually": ("常态 {n}", "usually {n}"),
    "none_hot": ("没有明显升温的类别", "Nothing is on the rise"),
    "late": ("超期最多", "Most overdue"),
    "late_note": ("件数，占在办", "cases, of those open"),
    "of_open": ("在办 {n}", "of {n} open"),
    "none_late": ("没有成规模的超期", "No cell has many overdue"),
    "bare_land": ("无人负责的土地", "Land without anybody"),
    "land_note": ("共 {area}", "{area} in all"),
    "channels_and_categories": ("渠道与类别", "Channels and categories"),
    "leave_wall": ("退出大屏", "Leave the wall"),
    "in_step": ("{step}", "{step}"),
    "until_step": ("累计至 {step}", "up to {step}"),
    # table of cells
    "code": ("编码", "Code"),
    "name": ("名称", "Name"),
    "parent": ("上级", "Parent"),
    "measures": ("指标", "Measures"),
    "rows_n": ("{n} 行", "{n} rows"),
    "definitions": ("指标定义", "Definitions"),
    # data health
    "health_note": (
        "全部数据，不随网格与时段筛选。不显示任何行的原始内容。",
        "All data, whatever cell and period are chosen. The content of rows is never shown.",
    ),
    "imports": ("数据导入", "Imports"),
    "register": ("登记册", "Register"),
    "file": ("文件", "File"),
    "imported_at": ("导入时间", "Imported"),
    "rows_read": ("读取", "Read"),
    "rows_kept": ("入库", "Kept"),
    "rows_unchanged": ("未变", "Unchanged"),
    "rows_set_aside": ("搁置", "Set aside"),
    "set_aside": ("搁置的行及原因", "Rows set aside, and why"),
    "check": ("检查项", "Check"),
    "reason": ("原因", "Reason"),
    "rows": ("行数", "Rows"),
    "first_rows": ("首批行号", "First rows"),
    "unplaced": ("未能落格的记录", "Records without a place"),
    "records": ("记录数", "Records"),
    "share": ("占比", "Share"),
    "placement": ("落格方式", "How records were placed"),
    "placed_by": ("依据", "Placed by"),
    "placed_level": ("落至", "Down to"),
    "on_border": ("在边界上", "On a border"),
    "findings": ("导入与覆盖检查", "Findings of imports and coverage"),
    "severity": ("级别", "Severity"),
    "message": ("说明", "Message"),
    "amount": ("数量", "Amount"),
    "land": ("尚无人负责的土地", "Land without anybody in charge"),
    "area": ("面积", "Area"),
    "duty": ("状态", "State"),
    "land_share": ("占全部土地", "Share of all land"),
    "total_read": ("读取行数", "Rows read"),
    "total_kept": ("入库行数", "Rows kept"),
    "total_set_aside": ("搁置行数", "Rows set aside"),
    "total_unplaced": ("未落格诉求", "Petitions without a place"),
    "none_set_aside": ("没有搁置的行，所有导入的行都已入库。", "No row was set aside."),
    "none_unplaced": ("所有记录都已落格。", "Every record has a place."),
    "none_findings": ("没有检查发现。", "No findings."),
    "none_land": ("每一寸土地都有人负责。", "Every inch of land has somebody in charge."),
    "point": ("坐标", "Point"),
    "building_code": ("建筑编码", "Building code"),
    "region_code": ("网格编码", "Region code"),
    "region_name": ("地名", "Region name"),
    "none": ("未落格", "Not placed"),
    "total": ("全域", "Everything"),
    "error": ("错误", "Error"),
    "warning": ("警告", "Warning"),
    "info": ("提示", "Info"),
    # records
    "petition": ("诉求", "Petitions"),
    "petitions": ("诉求", "Petitions"),
    "rental_building": ("出租屋", "Rental buildings"),
    "buildings": ("出租屋", "Rental buildings"),
    "population": ("人口", "Population"),
    "inspections": ("巡查", "Inspections"),
    "ratings_register": ("出租屋评级", "Ratings"),
    "schemes": ("分级标准", "Rating schemes"),
    "responsibilities": ("责任人", "People in charge"),
    "regions": ("网格", "Regions"),
    "base": ("底图", "Base map"),
    # empty and failing
    "empty_title": ("还没有网格", "No grids yet"),
    "empty_body": (
        "先载入网格，再载入诉求；或用 gridmap demo 建一个演示街道。",
        "Load regions first, then petitions; or build a demo street with: gridmap demo",
    ),
    "no_records": ("此时段没有记录", "No records in this period"),
    "no_cells": ("此处没有该层级的网格", "There are no cells of this level here"),
    "store_fault": ("数据库打不开", "The store cannot be opened"),
    **words_desk.WORDS,
}  # fmt: skip

#: Units of measures: Chinese, English. Per cent is part of the figure.
UNITS: dict[str, tuple[str, str]] = {
    "share": ("", ""),
    "cases": ("件", "cases"),
    "buildings": ("栋", "buildings"),
    "days": ("天", "days"),
    "people": ("人", "people"),
    "cases per 1,000 people": ("件/千人", "per 1,000 people"),
    "cases per km2": ("件/km²", "per km²"),
    "working days": ("工作日", "working days"),
    "meetings": ("次", "meetings"),
    "topics": ("个议题", "topics"),
    "visits": ("人次", "visits"),
    "targets": ("户", "targets"),
    "matters": ("项", "matters"),
    "places": ("处", "places"),
    "weight per rated building": ("权重/栋", "weight per building"),
}


def say(name: str, lang: str, **values: object) -> str:
    """Return a word or sentence in a language, with its blanks filled.

    >>> say("as_of", "en", when="2026-10-31")
    'Data as of 2026-10-31'
    """
    return WORDS[name][lang == "en"].format(**values)


def say_if_known(name: str, lang: str) -> str:
    """Return a word where the table has it, else the name itself: for what comes out of data."""
    return say(name, lang) if name in WORDS else name


def unit_of(measure: Measure, lang: str) -> str:
    """Return how the unit of a measure is written; as declared where the table does not know it."""
    return UNITS.get(measure.unit, (measure.unit_zh or measure.unit, measure.unit))[lang == "en"]


def title_of(measure: Measure, lang: str) -> str:
    """Return the title of a measure."""
    return measure.title_en if lang == "en" else measure.title_zh


def measure_titles(lang: str) -> dict[str, str]:
    """Return the titles of all measures by key."""
    return {measure.key: title_of(measure, lang) for measure in measures()}


def definition_of(measure: Measure, lang: str) -> str:
    """Return the definition of a measure."""
    return measure.definition_en if lang == "en" else measure.definition_zh


def level_title(level: str, lang: str) -> str:
    """Return what a level is called, also that of the whole store."""
    if level == "total":
        return say("everything", lang)
    named = level_named(level)
    return named.title_en if lang == "en" else named.title_zh
