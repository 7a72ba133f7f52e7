"""What the framework tells screen readers in English only, in Chinese: exact texts, beginnings and ends."""

from __future__ import annotations

EXACT: dict[str, str] = {
    "Skip to main content": "跳到正文",
    "Choose date": "选择日期",
    "Choose date range": "选择起止日期",
    "Quick select a date range": "快速选择起止日期",
    "Clear date": "清除日期",
    "Clear dates": "清除日期",
    "Clear all": "全部清除",
    "Clear entry": "清除输入",
    "Clear value": "清除所选",
    "Clear selection": "清除选择",
    "Selected values": "已选项",
    "Selectbox options": "选项",
    "Open": "展开选项",
    "Add files": "添加文件",
    "Upload": "上传",
    "Next Result": "下一个结果",
    "Previous Result": "上一个结果",
    "Close Search": "关闭搜索",
    "Dataframe column menu": "列菜单",
    "Copy column name": "复制列名",
    "Zoom in": "放大",
    "Zoom out": "缩小",
    "Zoom In": "放大",
    "Zoom Out": "缩小",
    "Fullscreen": "全屏",
    "Download as PNG": "存为PNG图片",
    "Download as CSV": "存为CSV",
    "Show/hide columns": "显示或隐藏列",
    "Search": "搜索",
    "Close": "关闭",
    "Previous": "上一页",
    "Next": "下一页",
}
#: `Remove X` and `X start date`, by what stands before and after.
BEGIN: dict[str, str] = {"Remove ": "移除 "}
END: dict[str, str] = {" start date": " 开始日期", " end date": " 结束日期"}


def labels(lang: str) -> dict[str, dict[str, str]]:
    """Return what is to be said instead of what the framework says; nothing in English."""
    if lang == "en":
        return {"exact": {}, "begin": {}, "end": {}}
    return {"exact": EXACT, "begin": BEGIN, "end": END}
