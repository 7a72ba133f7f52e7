"""The words around one case and around files taken away, in Chinese and in English."""

from __future__ import annotations

CASE: dict[str, tuple[str, str]] = {
    "case": ("案件查看", "One case"),
    "case_note": ("个人信息默认脱敏；查看须写明事由，并记入日志", "Masked; to see it say why: it is logged"),
    "case_hint": ("诉求编号，或电话、证件号码", "Petition no., or a telephone or identity number"),
    "case_asked": ("诉求编号或电话", "Petition no. or telephone"),
    "case_reason": ("事由", "Reason"),
    "case_reason_hint": ("例如：回访核实处置结果", "Such as: call back about the result"),
    "case_reveal": ("显示个人信息", "Show personal data"),
    "case_none": (
        "没有这一案件的个人信息，或案件不在您的网格内",
        "Nothing personal is known of it, or it lies elsewhere",
    ),
    "case_why": (
        "请写明事由（至少 6 个字），事由将记入日志",
        "Say why in at least 6 letters: it stands in the log",
    ),
    "case_found": ("该号码的诉求：{numbers}", "Petitions of this number: {numbers}"),
    "case_found_none": ("您的网格内没有该号码的诉求", "No petition of this number in your cells"),
    "case_keys_lost": ("密钥缺失，无法查看", "The keys are missing"),
    "case_masked": ("{number} · 已脱敏", "{number} · masked"),
    "case_of": ("{number} · 已记入日志", "{number} · logged"),
    "field_petitioner_name": ("诉求人", "Petitioner"),
    "field_petitioner_phone": ("电话", "Telephone"),
    "field_address": ("地址", "Address"),
    "field_content": ("诉求内容", "Text"),
    "mark_purpose": ("导出用途", "What it is for"),
    "mark_purpose_hint": ("写入文件末行，例如：周例会", "Stands in the file's last row: weekly meeting"),
}
