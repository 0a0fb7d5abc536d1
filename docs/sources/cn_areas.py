"""How notifications/seed/cn.csv was made: China's divisions down to counties, with English names.

Run by hand when the source has a newer edition; nothing of the program imports it. It needs the npm package
china-division (unpacked beside it) and, in its own environment, the Python package pypinyin:

    npm pack china-division@2.7.0 && tar xzf china-division-2.7.0.tgz
    python cn_areas.py package/dist > cn.csv
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from pypinyin import Style, lazy_pinyin  # type: ignore[import-not-found]

HEAD = """\
# China: provinces, prefectures and counties with their six-digit codes (GB/T 2260), as of 2023-06-30.
# Codes and Chinese names: npm package china-division 2.7.0 (its package.json says MIT, its LICENSE file WTFPL 2), from
# the list of the National Bureau of Statistics of 2023. Left out: placeholders that name no place, and statistical
# zones (codes that end in 71 to 79). Taiwan, Hong Kong and Macao: the first rank only.
# English names: derived with pypinyin 0.55.0 (MIT); provinces and some hundred others by hand. Not an official list.
# Made by docs/sources/cn_areas.py.
"""
PROVINCES = {
    "11": "Beijing", "12": "Tianjin", "13": "Hebei", "14": "Shanxi", "15": "Inner Mongolia", "21": "Liaoning",
    "22": "Jilin", "23": "Heilongjiang", "31": "Shanghai", "32": "Jiangsu", "33": "Zhejiang", "34": "Anhui",
    "35": "Fujian", "36": "Jiangxi", "37": "Shandong", "41": "Henan", "42": "Hubei", "43": "Hunan",
    "44": "Guangdong", "45": "Guangxi", "46": "Hainan", "50": "Chongqing", "51": "Sichuan", "52": "Guizhou",
    "53": "Yunnan", "54": "Tibet", "61": "Shaanxi", "62": "Gansu", "63": "Qinghai", "64": "Ningxia",
    "65": "Xinjiang",
}  # fmt: skip
BESIDE = (
    ("710000", "台湾省", "Taiwan"),
    ("810000", "香港特别行政区", "Hong Kong"),
    ("820000", "澳门特别行政区", "Macao"),
)
"""The source has no divisions of these below the first rank."""
BY_HAND = {
    # established English names that pinyin does not give
    "呼和浩特": "Hohhot", "鄂尔多斯": "Ordos", "呼伦贝尔": "Hulunbuir", "巴彦淖尔": "Bayannur",
    "乌兰察布": "Ulanqab", "兴安盟": "Hinggan League", "锡林郭勒": "Xilingol", "阿拉善": "Alxa",
    "锡林浩特": "Xilinhot", "哈尔滨": "Harbin", "齐齐哈尔": "Qiqihar", "拉萨": "Lhasa", "日喀则": "Xigaze",
    "昌都": "Qamdo", "林芝": "Nyingchi", "那曲": "Nagqu", "阿里": "Ngari", "乌鲁木齐": "Urumqi",
    "克拉玛依": "Karamay", "吐鲁番": "Turpan", "哈密": "Hami", "博尔塔拉": "Bortala", "巴音郭楞": "Bayingolin",
    "阿克苏": "Aksu", "克孜勒苏": "Kizilsu", "喀什": "Kashgar", "和田": "Hotan", "伊犁": "Ili",
    "阿勒泰": "Altay", "甘孜": "Garze", "库尔勒": "Korla", "伊宁": "Yining", "满洲里": "Manzhouli",
    # readings that a dictionary of words does not know, or gets wrong
    "蔚县": "Yuxian County", "浚县": "Xunxian County", "单县": "Shanxian County", "莘县": "Shenxian County",
    "歙县": "Shexian County", "黟县": "Yixian County", "乐亭": "Laoting", "乐陵": "Laoling", "乐清": "Yueqing",
    "洪洞": "Hongtong", "铅山": "Yanshan", "枞阳": "Zongyang", "涡阳": "Guoyang", "长子": "Zhangzi",
    "犍为": "Qianwei", "番禺": "Panyu", "荥阳": "Xingyang", "东阿": "Dong'e", "六合": "Luhe", "六安": "Lu'an",
    "盱眙": "Xuyi", "郫都": "Pidu", "台州": "Taizhou", "台江": "Taijiang", "大城": "Dacheng", "井陉": "Jingxing",
    "任丘": "Renqiu", "任城": "Rencheng", "任泽": "Renze", "覃塘": "Qintang", "中牟": "Zhongmu",
    "牟平": "Muping", "尉犁": "Yuli", "华阴": "Huayin", "华州": "Huazhou", "解放": "Jiefang",
    "长垣": "Changyuan", "长葛": "Changge", "长乐": "Changle", "会同": "Huitong", "会理": "Huili",
    "嵊泗": "Shengsi", "厦门": "Xiamen", "蚌埠": "Bengbu", "蚌山": "Bengshan", "吴堡": "Wubu",
    "米脂": "Mizhi", "句容": "Jurong", "冠县": "Guanxian County", "泌阳": "Biyang", "渑池": "Mianchi",
    "珲春": "Hunchun", "桦甸": "Huadian", "隰县": "Xixian County", "繁峙": "Fanshi", "沁县": "Qinxian County",
    "万柏林": "Wanbailin", "重庆": "Chongqing", "綦江": "Qijiang", "涪陵": "Fuling", "石柱": "Shizhu",
    "朝阳": "Chaoyang", "行唐": "Xingtang", "曲阜": "Qufu", "曲阳": "Quyang", "曲江": "Qujiang",
    "鄱阳": "Poyang", "镇海": "Zhenhai", "儋州": "Danzhou", "都江堰": "Dujiangyan", "都安": "Du'an",
    "神农架林区": "Shennongjia Forestry District", "漯河": "Luohe", "黄陂": "Huangpi", "大埔": "Dabu",
    "荥经": "Yingjing", "筠连": "Junlian", "柞水": "Zhashui", "宿松": "Susong", "泊头": "Botou",
    "闵行": "Minhang",
    "大柴旦行政委员会": "Da Qaidam",
    "铜陵": "Tongling", "无为": "Wuwei", "什邡": "Shifang", "阿坝": "Aba", "藁城": "Gaocheng",
}  # fmt: skip
IN_NAMES = {"长": "chang", "都": "du", "乐": "le", "曾": "zeng", "圩": "xu"}
"""How these are read in the names of places."""
PEOPLES = (
    "蒙古族", "回族", "藏族", "维吾尔族", "苗族", "彝族", "壮族", "布依族", "朝鲜族", "满族", "侗族",
    "瑶族", "白族", "土家族", "哈尼族", "哈萨克族", "傣族", "黎族", "傈僳族", "佤族", "畲族", "高山族",
    "拉祜族", "水族", "东乡族", "纳西族", "景颇族", "柯尔克孜族", "土族", "达斡尔族", "仫佬族", "羌族",
    "布朗族", "撒拉族", "毛南族", "仡佬族", "锡伯族", "阿昌族", "普米族", "塔吉克族", "怒族",
    "乌孜别克族", "俄罗斯族", "鄂温克族", "德昂族", "保安族", "裕固族", "独龙族", "鄂伦春族", "各族",
)  # fmt: skip
SHORT = ("蒙古", "柯尔克孜", "哈萨克", "塔吉克", "锡伯", "达斡尔", "鄂伦春", "鄂温克", "羌", "瑶", "傣")
"""Names of peoples that stand without their last character in an autonomous unit's name."""
ENDINGS = (
    ("自治州", " Autonomous Prefecture"),
    ("自治县", " Autonomous County"),
    ("自治旗", " Autonomous Banner"),
    ("地区", " Prefecture"),
    ("特区", " Special District"),
    ("盟", " League"),
    ("旗", " Banner"),
    ("区", " District"),
    ("县", " County"),
    ("市", ""),
)


def english(name: str) -> str:
    """`name` in the Latin alphabet, with what kind of place it is; a town is called by its name alone."""
    if name in BY_HAND:
        return BY_HAND[name]
    for ending, kind in ENDINGS:
        if name.endswith(ending) and len(name) > len(ending):
            stem = _stem(name[: -len(ending)], autonomous="自治" in ending)
            return _latin(stem, whole=name) + kind
    return _latin(name, whole=name)


def _stem(name: str, autonomous: bool) -> str:
    """The place's own name, without the peoples that an autonomous unit also names."""
    if not autonomous:
        return name
    while True:
        cut = next((p for p in PEOPLES if name.endswith(p) and len(name) > len(p) + 1), "")
        cut = cut or next((p for p in SHORT if name.endswith(p) and len(name) > len(p) + 1), "")
        if not cut:
            return name
        name = name[: -len(cut)]


def _latin(stem: str, whole: str) -> str:
    if stem in BY_HAND:
        return BY_HAND[stem]
    if len(stem) == 1:  # 泾县 is called Jingxian County: a single syllable keeps its kind
        stem = whole
    read = lazy_pinyin(stem, style=Style.NORMAL, v_to_u=True)
    syllables = [IN_NAMES.get(char, syllable) for char, syllable in zip(stem, read, strict=True)]
    joined = syllables[0]
    for syllable in syllables[1:]:
        joined += ("'" if re.match("[aeo]", syllable) else "") + syllable
    return joined[:1].upper() + joined[1:].replace("ü", "u")


def rows(folder: Path) -> Iterator[tuple[str, str, str, str]]:
    """Every place as (code, parent, Chinese, English), the higher ones first."""
    yield "CN", "", "中国", "China"
    for one in _read(folder / "provinces.csv"):
        yield f"{one['code']}0000", "CN", one["name"], PROVINCES[one["code"]]
    for code, chinese, name in BESIDE:
        yield code, "CN", chinese, name
    cities = set()
    for one in _read(folder / "cities.csv"):
        if one["name"] in ("市辖区", "县") or "直辖县级" in one["name"]:
            continue
        cities.add(one["code"])
        yield f"{one['code']}00", f"{one['provinceCode']}0000", one["name"], english(one["name"])
    for one in _read(folder / "areas.csv"):
        code = one["code"]
        if code.endswith("00") or 71 <= int(code[4:]) <= 79 or one["name"] == "市辖区":
            continue
        parent = f"{one['cityCode']}00" if one["cityCode"] in cities else f"{one['provinceCode']}0000"
        yield code, parent, one["name"], english(one["name"])


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


if __name__ == "__main__":
    sys.stdout.write(HEAD)
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(("code", "parent", "name_zh", "name_en"))
    out.writerows(rows(Path(sys.argv[1])))
