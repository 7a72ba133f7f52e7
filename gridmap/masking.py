"""Masks, and the scrubbing of free text: what of a name, a number, an address or a sentence may be shown.

The masks are those of domain practice: of a telephone number the first three and the last four digits, of an
identity number the first six and the last four, of a name of two characters the first, of a longer one the
first and the last, of an address nothing behind the street.

A text is scrubbed of what has a form (telephones, identity and bank cards, mail addresses, doors) and of
names that stand where names stand: behind words such as 我叫 or 联系人, before words such as 先生, and those
that the record itself gives. A name in the middle of a sentence without any such sign stays: no list of names
is complete.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_FEWEST_SHOWN = 7
#: What stands in a text in place of what was taken out.
PHONE, ID, MAIL, DOOR, NAME = "〔电话〕", "〔证件〕", "〔邮箱〕", "〔门牌〕", "〔姓名〕"

#: Wide digits, letters and signs as narrow ones; zero-width letters, which hide a number from a search, go.
_PLAIN = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFF10, 0xFF5B)
          if chr(code).isalnum() or chr(code) == "＠"}  # fmt: skip
_PLAIN |= {ord("＋"): "+", ord("－"): "-", ord("　"): " "}
_PLAIN |= dict.fromkeys(
    (0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xAD, 0x202A, 0x202B, 0x202C, 0x202D, 0x202E), ""
)

_SIGN = r"[\s\-–—_.·•,，、/\\()（）]{0,2}"
_DIGIT = {"零": "0", "〇": "0", "一": "1", "幺": "1", "壹": "1", "二": "2", "贰": "2", "三": "3", "叁": "3",
          "四": "4", "肆": "4", "五": "5", "伍": "5", "六": "6", "陆": "6", "七": "7", "柒": "7", "八": "8",
          "捌": "8", "九": "9", "玖": "9"}  # fmt: skip
_ANY = rf"[0-9{''.join(_DIGIT)}]"
_NO_DIGIT_BEFORE, _NO_DIGIT_BEHIND = rf"(?<!{_ANY})", rf"(?!{_ANY})"


def _digits(count: int) -> str:
    return _SIGN.join([_ANY] * count)


_FORMS = (
    (ID, re.compile(rf"{_NO_DIGIT_BEFORE}{_digits(17)}{_SIGN}(?:{_ANY}|[Xx])(?![0-9A-Za-z])")),
    (ID, re.compile(rf"{_NO_DIGIT_BEFORE}(?:{_digits(19)}|{_digits(16)}|{_digits(15)}){_NO_DIGIT_BEHIND}")),
    (ID, re.compile(r"(?<![0-9A-Za-z])[EGHMC][A-Z]?[0-9]{8}(?![0-9A-Za-z])")),
    (PHONE, re.compile(rf"(?:(?<![0-9])(?:\+|00)?86{_SIGN}|(?<![0-9]))[1一幺壹]{_SIGN}"
                       rf"[3-9三四五六七八九叁肆伍陆柒捌玖]{_SIGN}{_digits(9)}{_NO_DIGIT_BEHIND}")),
    (PHONE, re.compile(rf"{_NO_DIGIT_BEFORE}[0零〇]{_SIGN}{_ANY}{_ANY}{_ANY}?{_SIGN}{_digits(8)}"
                       rf"{_NO_DIGIT_BEHIND}")),
    (PHONE, re.compile(rf"{_NO_DIGIT_BEFORE}[0零〇]{_ANY}{{2,3}}{_SIGN}{_digits(7)}{_NO_DIGIT_BEHIND}")),
    (PHONE, re.compile(r"(?<![0-9A-Za-z])[2-8][0-9]{3}[\s\-]?[0-9]{4}(?![0-9A-Za-z年月日号元时点分秒户人])")),
    (MAIL, re.compile(r"[A-Za-z0-9_.+-]{1,64}@[A-Za-z0-9-]{1,64}(?:\.[A-Za-z0-9-]{1,32}){1,4}")),
    (DOOR, re.compile(r"(?:[0-9A-Za-z]{1,4}(?:栋|幢|座|号楼|单元|梯)){1,3}"
                      r"(?:[0-9A-Za-z]{1,5}(?:室|房|户|号房)?)?")),
    (DOOR, re.compile(r"[0-9]{1,5}[-—][0-9]{1,4}[-—][0-9]{3,4}|[0-9]{3,4}(?:室|房|号房)")),
)  # fmt: skip

_SURNAMES = (
    "欧阳|上官|司马|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|司徒|夏侯|"
    "[王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖"
    "贾夏韦付傅方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷"
    "詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳穆"
    "农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂佟臧闵苟邬边卞姬师仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查"
    "麻苑迟邝封官谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘闻位厉伊仝区郜海阚花权帅屠豆朴盖练廉禹井祖漆巴丰支卿狄计"
    "索宣晋初容敬扈晁芮普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭宿鲜印逯隆茹诺战慈]"
)
_WHOLE_NAME = re.compile(rf"(?:{_SURNAMES})[\u4e00-\u9fa5]{{1,2}}")
_NAMED = re.compile(
    r"(姓名|联系人|我叫|我是|本人|名叫|叫做|名为|投诉人|诉求人|举报人|反映人|来电人|当事人|业主|租客|租户|住户|房东|邻居|居民|孩子|老人)"
    rf"([:：是为叫\s]{{0,2}})((?:{_SURNAMES})[\u4e00-\u9fa5]{{1,2}})(?=[，,。；;、\s（(:：！!？?的]|电话|手机|住|联系|反映|投诉|$)"
)
_TITLED = re.compile(
    rf"((?:{_SURNAMES})[\u4e00-\u9fa5]{{0,2}}?)(先生|女士|小姐|太太|阿姨|叔叔|大爷|大妈|大姐|大哥|奶奶|爷爷|师傅|同志)"
)
_STREET_END = re.compile(r"[0-9０-９A-Za-z一二三四五六七八九十百]+\s*(?:号|栋|幢|座|巷|弄|单元|室|房|层|楼)")


def masked(value: str | None, kind: str) -> str | None:
    """Return what of a value may be shown; nothing where there is nothing.

    Parameters
    ----------
    value : as it stands
    kind : name, phone, id, address or text; of anything else nothing is shown

    >>> masked("王小明", "name"), masked("13800138000", "phone"), masked("龙华街道富康路12号3栋", "address")
    ('王*明', '138****8000', '龙华街道富康路***')
    """
    return _MASKS.get(kind, _hidden)(value) if value else None


def _name(text: str) -> str:
    """Return the first of two characters, the first and the last of more.

    >>> [_name(text) for text in ("王", "王明", "王小明", "欧阳小明")]
    ['*', '王*', '王*明', '欧**明']
    """
    if len(text) < 2:
        return "*"
    return f"{text[0]}*" if len(text) == 2 else f"{text[0]}{'*' * (len(text) - 2)}{text[-1]}"


def _phone(text: str) -> str:
    return _ends(re.sub(r"[\s\-]", "", text), 3, 4)


def _id(text: str) -> str:
    return _ends(text, 6, 4)


def _ends(text: str, first: int, last: int) -> str:
    """Return the ends of a number that is long enough for something to be hidden between them.

    >>> _ends("13800138000", 3, 4), _ends("2888", 3, 4), _ends("28888888", 3, 4)
    ('138****8000', '****', '288*8888')
    """
    hidden = len(text) - first - last
    return f"{text[:first]}{'*' * hidden}{text[-last:]}" if hidden > 0 else "*" * len(text)


def _address(text: str) -> str:
    """Return an address without what stands behind the street.

    >>> _address("3栋502"), _address("龙华街道")
    ('***', '龙华街道***')
    """
    door = _STREET_END.search(text)
    return f"{text[: door.start()] if door else text}***"


def _hidden(text: str) -> str:
    return "*" * min(len(text), 8)


def scrubbed(text: str, names: Iterable[str] = (), *, addresses: Iterable[str] = ()) -> str:
    """Return a text without telephones, identity numbers, mail addresses, doors and names.

    Parameters
    ----------
    text : what somebody wrote
    names, addresses : those that the record itself gives

    >>> scrubbed("我叫王小明，住3栋502，电话138 0013 8000，请回电")
    '我叫〔姓名〕，住〔门牌〕，电话〔电话〕，请回电'
    >>> scrubbed("张三和李女士都反映路灯不亮", names=["张三"])
    '〔姓名〕和〔姓名〕女士都反映路灯不亮'
    """
    plain = _narrow(text)
    for known, word in ((names, NAME), (addresses, DOOR)):
        for each in sorted({each.strip() for each in known if len(each.strip()) > 1}, key=len, reverse=True):
            plain = plain.replace(_narrow(each), word)
    for word, form in _FORMS:
        plain = form.sub(word, plain)
    plain = _NAMED.sub(rf"\1\2{NAME}", plain)
    return _TITLED.sub(rf"{NAME}\2", plain)


def looks_like_a_name(text: str) -> bool:
    """Return whether a text is as long as a name and begins with a surname.

    >>> looks_like_a_name("王小明"), looks_like_a_name("处理中"), looks_like_a_name("王")
    (True, False, False)
    """
    return _WHOLE_NAME.fullmatch(text.strip()) is not None


def _narrow(text: str) -> str:
    """Return a text with plain digits and letters, and without letters that nobody sees."""
    return text.translate(_PLAIN)


def tells_of_somebody(text: str) -> bool:
    """Return whether a text holds a telephone or identity number.

    >>> tells_of_somebody("请打13800138000"), tells_of_somebody("2024年5月1日收到3件")
    (True, False)
    """
    plain = _narrow(text)
    return any(form.search(plain) for word, form in _FORMS if word in (PHONE, ID))


_MASKS = {"name": _name, "phone": _phone, "id": _id, "address": _address, "text": scrubbed}
