"""Every word of reports, boards and pictures in Chinese and in English, in one table."""

from __future__ import annotations

from datetime import date

WORDS: dict[str, tuple[str, str]] = {
    # the monthly report
    "report_title": ("{name}基层治理月报", "{name}: monthly report"),
    "everything": ("全域", "All areas"),
    "fact_as_of": ("数据截至 {when}", "Data as of {when}"),
    "fact_boundaries": ("按 {day} 生效的网格统计", "Counted in the cells in force on {day}"),
    "fact_believed": ("按 {when} 时的认知重现", "As believed on {when}"),
    "fact_unfinished": ("本月尚未结束", "The month is not over yet"),
    "fact_withheld": ("少于 {n} 的以{star}代替", "{star} = fewer than {n}, or would give such a figure away"),
    "synthetic": ("演示数据，全部为合成，并非真实记录", "Demo data: all of it synthetic, no real records"),
    "page": ("第 {page} 页，共 {pages} 页", "Page {page} of {pages}"),
    "s_overall": ("一、总体情况", "1  Overview"),
    "s_petitions": ("二、民生诉求", "2  Petitions"),
    "s_cells": ("三、各{level}情况", "3  By {level}"),
    "s_watch": ("四、需要关注", "4  To be looked at"),
    "s_rentals": ("五、出租屋与隐患", "5  Rental buildings and hazards"),
    "s_care": ("六、走访与议事", "6  Visits and councils"),
    "s_land": ("七、土地与责任", "7  Land and who is in charge"),
    "s_definitions": ("附：指标定义", "Annex: definitions"),
    "sum_received": (
        "{month}，{name}共受理诉求 {received}，环比{mom}，同比{yoy}。",
        "In {month}, {name} received {received}: {mom} on the month before, {yoy} on the year before.",
    ),
    "sum_due": (
        "本月应结案 {due} 件，按期结案 {on_time} 件，按期结案率 {rate}，环比{mom}，同比{yoy}。",
        "Of {due} cases due for closure {on_time} were closed on time: {rate}, {mom} on the month before, "
        "{yoy} on the year before.",
    ),
    "sum_open": (
        "期末在办 {open}，其中超期未办结 {overdue}。办理时长中位数 {median}，九成诉求在 {p90} 内办结。",
        "At its end {open} were open, {overdue} of them overdue. Half of the petitions took no more than "
        "{median}, nine in ten no more than {p90}.",
    ),
    "sum_unplaced": (
        "另有 {n} 件诉求未能落入任何网格，不计入下表各格。",
        "{n} more petitions have no place in any cell and are in none of the tables by cell.",
    ),
    "up": ("上升 {by}", "up {by}"),
    "down": ("下降 {by}", "down {by}"),
    "same": ("持平", "unchanged"),
    "no_before": ("无可比数据", "no earlier figure"),
    "mom": ("环比", "m/m"),
    "yoy": ("同比", "y/y"),
    "measure": ("指标", "Measure"),
    "this_month": ("本月", "This month"),
    "n_of": ("分子/分母", "n / of"),
    "last_month": ("上月", "Last month"),
    "last_year": ("去年同月", "A year ago"),
    "t_key": ("主要指标", "Key figures"),
    "c_trend": ("近 13 个月受理、办结与按期结案率", "Received, closed and on-time rate over 13 months"),
    "received": ("受理", "Received"),
    "closed": ("办结", "Closed"),
    "on_time": ("按期结案率", "On-time rate"),
    "t_category": ("诉求类别", "Petitions by category"),
    "c_channel": ("受理渠道", "Petitions by channel"),
    "category": ("类别", "Category"),
    "cases": ("件数", "Cases"),
    "share": ("占比", "Share"),
    "uncategorised": ("未分类", "No category"),
    "unknown_channel": ("渠道不详", "Channel unknown"),
    "others": ("其他", "Others"),
    "cell": ("网格", "Cell"),
    "open": ("在办", "Open"),
    "overdue": ("超期", "Overdue"),
    "rank": ("名次", "Rank"),
    "median": ("中位办理天数", "Median days"),
    "t_cells": ("各{level}主要指标", "Key figures by {level}"),
    "few": (
        "名次按按期结案率排列；应结案不足 {n} 件的不参与排名。",
        "Ranked by the on-time rate; cells with fewer than {n} cases due are not ranked.",
    ),
    "cut": ("共 {of} 格，列出受理最多的 {n} 格。", "{of} cells; the {n} with most petitions are listed."),
    "best_worst": (
        "按期结案率最高的是{best}（{best_rate}），最低的是{worst}（{worst_rate}）。",
        "The on-time rate is highest in {best} ({best_rate}) and lowest in {worst} ({worst_rate}).",
    ),
    "m_received": ("受理诉求（件）", "Petitions received (cases)"),
    "m_on_time": ("按期结案率", "On-time closure rate"),
    "no_value": ("无数据", "No value"),
    "cells_n": ("括号内为格数", "number of cells in brackets"),
    "t_hot": ("明显升温的事项（与此前八个月均值比）", "On the rise (against the eight months before)"),
    "usual": ("常态", "Usual"),
    "none_hot": ("本月没有明显升温的事项。", "Nothing is on the rise this month."),
    "t_late": ("超期未办结最多的网格", "Cells with most overdue petitions"),
    "none_late": ("期末没有超期未办结的诉求。", "No petition was overdue at the end of the month."),
    "of_open": ("占在办", "Of those open"),
    "sum_rentals": (
        "在册出租屋 {count}，未定级占 {unrated}；巡查合规率 {compliance}，逾期未巡查 {overdue}；"
        "未整改隐患 {hazards}，隐患整改率 {rectified}。",
        "{count} are on the register, {unrated} of them unrated. Inspection compliance {compliance}, "
        "{overdue} overdue; {hazards} hazards open, {rectified} rectified.",
    ),
    "t_ratings": ("出租屋分级", "Rental buildings by rating"),
    "rating": ("等级", "Rating"),
    "buildings": ("栋数", "Buildings"),
    "unrated": ("未定级", "Unrated"),
    "change": ("增减", "Change"),
    "sum_care": (
        "联户走访 {made}，重点对象走访率 {rate}，逾期未走访 {missed}；"
        "街区理事会开会 {meetings}，提出议题 {topics}，议题办结率 {closure}。",
        "{made} were made; priority targets visited: {rate}, missed: {missed}. "
        "The block councils met {meetings} times with {topics}; {closure} of the topics are closed.",
    ),
    "sum_land": (
        "期末土地覆盖率 {land}（{land_of}），诉求覆盖率 {petitions}（{petitions_of}）。",
        "Land coverage at the end of the month {land} ({land_of}), "
        "petition coverage {petitions} ({petitions_of}).",
    ),
    "t_holes": ("无人负责的土地（面积最大的 {n} 处，共 {of} 处）",
                "Land nobody is in charge of (the {n} largest of {of})"),
    "none_holes": ("每一寸土地都有人负责。", "Every inch of land has somebody in charge."),
    "c_duty": ("土地有无责任人", "Who is in charge of the land"),
    "area": ("面积", "Area"),
    "duty": ("状态", "State"),
    "people": ("人口", "People"),
    "level": ("层级", "Level"),
    "definition": ("定义", "Definition"),
    "source_and_caveat": ("出处与注意", "Source and caveat"),
    "in_charge": ("有责任人", "In charge"),
    "expired": ("责任人已到期", "Term expired"),
    "no_person": ("未配责任人", "Nobody appointed"),
    "undivided": ("尚未划分网格", "Not yet divided"),
    "unassigned": ("无主土地", "Unassigned land"),
    "north": ("北", "N"),
    # the change sheet of a plan
    "cs_title": ("网格边界调整单", "Change sheet of boundaries"),
    "cs_summary": (
        "共 {n} 个网格有变动：新增 {created} 个，终止 {ended} 个，其他变动 {others} 个；易主土地 {area}。",
        "{n} regions differ: {created} created, {ended} ended, {others} changed otherwise. "
        "Land that changes hands: {area}.",
    ),
    "cs_nothing": ("两者没有差别。", "Nothing differs."),
    "cs_maps": ("一、调整前后", "1  Before and after"),
    "cs_before": ("调整前（{of}）", "Before ({of})"),
    "cs_after": ("调整后（{of}）", "After ({of})"),
    "cs_cells": ("二、变动的网格", "2  Regions that differ"),
    "cs_moves": ("三、从哪里到哪里", "3  What moves from where to where"),
    "cs_change": ("变动", "Change"),
    "cs_area_before": ("原面积 m²", "m² before"),
    "cs_area_after": ("现面积 m²", "m² after"),
    "cs_area": ("面积 m²", "m²"),
    "cs_from": ("来自", "From"),
    "cs_to": ("划入", "To"),
    "cs_today": ("现行网格", "today"),
    "cs_version": ("第 {name} 版", "version {name}"),
    "cs_draft": ("草案 {name}", "draft {name}"),
    "cs_nobody": ("无网格", "no cell"),
    "cs_households": ("户数", "Households"),
    "cs_rentals": ("出租屋", "Rentals"),
    "cs_cut": ("共 {of} 行，此处列出 {n} 行。", "{of} rows; {n} are listed."),
    # the notice board
    "board_title": ("精治街区公示牌", "Block notice board"),
    "g_basics": ("街区基本情况", "The block"),
    "g_goals": ("治理目标", "Goals"),
    "g_heads": ("街区负责人", "Block head"),
    "g_leads": ("红色网格牵头人", "Red-grid leads"),
    "g_staff": ("社区专职工作人员", "Community staff and grid workers"),
    "g_council": ("理事会名单", "Block council"),
    "g_duties": ("工作职责", "Duties"),
    "g_contact": ("联系方式", "Contact"),
    "to_be_named": ("待公布", "To be announced"),
    "scan": ("扫码联系本街区", "Scan to reach this block"),
    "code_is": ("编码 {code}", "Code {code}"),
    # pictures
    "source": ("出处", "Source"),
    "caveat": ("注意", "Caveat"),
    "days": ("{since} 至 {until}", "{since} to {until}"),
    "all_days": ("全部时段", "All time"),
    "boundaries_then": ("当时口径", "In the cells of then"),
    "boundaries_now": ("现行口径", "In the cells of now"),
    "heat_title": ("诉求密度（件/km²，100 m 方格）", "Petitions per km², in squares of 100 m"),
    "trend_title": ("受理、办结与按期结案率", "Petitions received and closed, on-time rate"),
}  # fmt: skip


def say(name: str, lang: str, /, **values: object) -> str:
    """Return a word or sentence in a language, with its blanks filled.

    >>> say("page", "en", page=1, pages=8)
    'Page 1 of 8'
    """
    return WORDS[name][lang == "en"].format(**values)


def month_name(first: date, lang: str) -> str:
    """Write a month.

    >>> month_name(date(2026, 10, 1), "zh"), month_name(date(2026, 10, 1), "en")
    ('2026年10月', 'October 2026')
    """
    return f"{first.year}年{first.month}月" if lang == "zh" else f"{_MONTHS[first.month - 1]} {first.year}"


_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip
