"""The words of the page of the log, in Chinese and in English."""

from __future__ import annotations

LOG: dict[str, tuple[str, str]] = {
    "audit": ("操作日志", "Log"),
    "audit_note": (
        "只增不改，逐条加签，密钥存于库外；不含个人信息",
        "Only ever added to, each row sealed with a key outside the store; no personal data",
    ),
    "person": ("人员", "Person"),
    "everybody": ("全部人员", "Everybody"),
    "action_done": ("操作", "Action"),
    "all_actions": ("全部操作", "All actions"),
    "done_at": ("时间", "When"),
    "done_by": ("人员", "Who"),
    "in_role": ("身份", "Role"),
    "done_to": ("对象", "To what"),
    "more_of_it": ("说明", "More"),
    "rows_seen": ("行数", "Rows"),
    "log_days": ("日期", "Days"),
    "last_7_days": ("近7天", "7 days"),
    "log_shown": ("共 {n} 条，显示最新 {m} 条", "{n} rows, the newest {m} shown"),
    "no_log": ("没有符合条件的记录", "Nothing of that kind was done"),
    "show_more": ("显示更多", "Show more"),
    "verify_log": ("校验日志", "Verify the log"),
    "log_whole": (
        "已核对全部 {n} 条：日志与写入时一致，没有改动、移动、插入或缺失。",
        "All {n} rows were checked: the log stands as it was written; nothing was changed, moved, put in "
        "or taken out.",
    ),
    "did_sign_in": ("登录", "Signed in"),
    "did_sign_in_failed": ("登录失败", "Failed to sign in"),
    "did_sign_out": ("退出登录", "Signed out"),
    "did_password_changed": ("修改密码", "Changed the password"),
    "did_export": ("导出文件", "Took a file"),
    "did_reveal": ("查看个人信息", "Saw personal data"),
    "did_continued_shorter": ("日志此前有缺失", "The log was shorter than before"),
    "did_draft.begin": ("新建草案", "Began a draft"),
    "did_draft.edit": ("编辑草案", "Edited a draft"),
    "did_draft.rebase": ("草案转到现行边界", "Carried a draft over"),
    "did_draft.publish": ("发布草案", "Published a draft"),
    "did_draft.drop": ("放弃草案", "Gave a draft up"),
    "did_command": ("命令：{what}", "Command: {what}"),
}
