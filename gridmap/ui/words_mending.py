"""The words for rows that were set aside and come back mended, and for places one looks for."""

from __future__ import annotations

MENDING: dict[str, tuple[str, str]] = {
    "base_place": ("地名道路", "Place or road"),
    "mending": ("更正后重新导入", "Mend and load again"),
    "mending_note": (
        "下载被搁置的原始行，改正后传回；导入规则与首次相同",
        "Take the rows as they were, correct them, bring them back; read as the first time",
    ),
    "mend_import": ("哪次导入", "Import"),
    "mend_line": ("第 {id} 次 · {file} · 搁置 {n} 行", "Import {id} · {file} · {n} rows set aside"),
    "mend_take": ("下载待更正的行 (CSV)", "Rows to mend (CSV)"),
    "mend_file": ("更正后的文件", "Mended file"),
    "mend_choose_file": ("选择文件", "Choose a file"),
    "mend_file_limit": ("不超过 {mb} MB · CSV、XLSX、Parquet", "Up to {mb} MB · CSV, XLSX, Parquet"),
    "mend_crs": ("坐标系", "Coordinates"),
    "mend_crs_usual": ("按字段配置", "As the mapping says"),
    "mend_load": ("导入", "Load"),
    "mend_needs_file": ("请先选择文件。", "Choose a file first."),
    "mend_done": (
        "{file}：读入 {read} 行，采用 {kept} 行，未变 {same} 行，仍被搁置 {aside} 行。",
        "{file}: {read} rows read, {kept} kept, {same} unchanged, {aside} still set aside.",
    ),
    "mend_failed": ("未能导入：{why}", "Not loaded: {why}"),
}
