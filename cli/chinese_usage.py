"""What click says of a command line that it cannot read, in Chinese."""

from __future__ import annotations

import re

INVALID = re.compile(r"Invalid value(?: for (?P<what>.+?))?: (?P<why>.*)", re.DOTALL)
MEANT = r" \(?Did you mean (?:one of: )?(.+)\?\)?"
SAID = (
    (
        r"(.+) is neither 3 \(a notice\), (.+)",
        "{0} 不是待审批事项的编号：3（通报）、R2（报告）、D1（下调级别或豁免）、template-4、holding-1",
    ),
    (r"(.+) is not a report's id, such as R2", "{0} 不是报告编号，报告编号如 R2"),
    (r"name the person: (.+)", "请写明人员：{0}"),
    (r"name a file, or --shipped cn", "请写明文件，或用 --shipped cn"),
    (r"No such option:? (.+?)\.?" + MEANT, "没有选项 {0}；是否指 {1}？"),
    (r"No such option:? (.+?)\.?", "没有选项 {0}"),
    (r"No such command (.+?)\.?" + MEANT, "没有命令 {0}；是否指 {1}？"),
    (r"No such command (.+?)\.?", "没有命令 {0}"),
    (r"Missing option (.+?)\.(?: Choose from:\s*(.+))?", "缺少选项 {0}"),
    (r"Missing argument (.+?)\.(?: Choose from:\s*(.+))?", "缺少参数 {0}"),
    (r"Missing command\.", "缺少命令"),
    (r"Option (.+?) requires an argument\.", "选项 {0} 须带一个值"),
    (r"Option (.+?) requires (\d+) arguments\.", "选项 {0} 须带 {1} 个值"),
    (r"Option (.+?) does not take a value\.", "选项 {0} 不带值"),
    (r"Got unexpected extra arguments? \((.+)\)", "多余的参数：{0}"),
    (r"(.+) is not one of (.+)\.", "{0} 不在可选值之中：{1}"),
    (r"(.+) is not a valid (?:integer|float)\.", "{0} 不是数字"),
    (r"(.+) is not in the range (.+)\.", "{0} 不在范围 {1} 之内"),
    (r"(?:File|Path|Directory) (.+) does not exist\.", "文件 {0} 不存在"),
    (r"(?:File|Path|Directory) (.+) is a (?:file|directory)\.", "{0} 不是所要的文件"),
    (r"(.+): No such file or directory", "文件 {0} 不存在"),
)
_PATTERNS = tuple((re.compile(pattern, re.DOTALL), chinese) for pattern, chinese in SAID)


def of_click(message: str) -> str:
    """click's sentence in Chinese; as it is where it is none that we know."""
    invalid = INVALID.fullmatch(message)
    if invalid is not None:
        why = of_click(invalid["why"])
        return f"{invalid['what']} 的值无效：{why}" if invalid["what"] else f"值无效：{why}"
    for pattern, chinese in _PATTERNS:
        found = pattern.fullmatch(message)
        if found is not None:
            return chinese.format(*found.groups())
    return message
