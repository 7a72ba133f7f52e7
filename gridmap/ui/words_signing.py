"""The words around signing in and one's own account, in Chinese and in English."""

from __future__ import annotations

SIGNING: dict[str, tuple[str, str]] = {
    "sign_in": ("登录", "Sign in"),
    "sign_out": ("退出登录", "Sign out"),
    "signed_out": ("尚未登录，或登录已过期", "Not signed in, or the session has ended"),
    "sign_in_note": (
        "三十分钟不操作自动退出。忘记密码请联系管理员。",
        "You are signed out after thirty minutes without use. An administrator can set a new password.",
    ),
    "signin_failed": (
        "账号或密码有误，或账号已暂时锁定。请稍后再试，或联系管理员。",
        "Name or password is wrong, or the account is locked for a while. Ask an administrator.",
    ),
    "form_from_elsewhere": (
        "此表单不是从本系统页面提交的，未作处理。",
        "This form was not sent from a page of this system. Nothing was done.",
    ),
    "account": ("账号", "Account"),
    "password": ("密码", "Password"),
    "roles": ("身份（点击切换）", "Roles (choose one)"),
    "change_password": ("修改密码", "Change the password"),
    "old_password": ("现用密码", "Present password"),
    "new_password": ("新密码（至少十个字符）", "New password (ten characters or more)"),
    "password_refused": (
        "未修改：现用密码有误，或新密码过于简单。",
        "Not changed: the present password is wrong, or the new one too easy.",
    ),
    "page_closed": (
        "您现在的身份没有打开“{page}”的权限。如需要，请联系管理员。",
        "Your present role may not open “{page}”. An administrator can give the right.",
    ),
    "page_failed": (
        "此页出错，已记录。请重试；仍有问题时请将编号 {request} 告知管理员。",
        "Something went wrong here. Try again; if it goes on, tell an administrator this number: {request}.",
    ),
    "back_to_map": ("返回", "Back"),
    "sign_in_there": ("通过统一身份认证登录", "Sign in with your organisation's account"),
    "signin_no_account": (
        "未能登录：统一身份认证未通过，或该账号尚未在本系统开通。请联系管理员。",
        "Not signed in: nobody vouched for you, or you have no account here. Ask an administrator.",
    ),
}
