"""What is said in Chinese of input that cannot be taken, whatever command it came with."""

from __future__ import annotations

INPUT = {
    "{what} is more than {years} years from now: {at}": "{what} 距今超过{years}年：{at}",
    "{what} is not in the years {first} to {last}": "{what} 不在{first}年至{last}年之间",
    "look at the year: write it as 2026-10-14T14:15:00+08:00": "请核对年份：写成 2026-10-14T14:15:00+08:00",
    "the shift is over for good before it begins": "该班次在开始之前就已永久结束",
    "{found} is more than 20 years from now": "{found} 距今超过20年",
    "{what}: put your own words in place of {found}": "{what}：请用你自己的话替换 {found}",
    "the command was a pattern: say what is so, then run it again": "该命令只是样式：写明实际情况后再执行",
    "there is no area {found}": "没有地区 {found}",
    "there is no service {found}": "没有业务 {found}",
    "name others when it starts: tongbao drill start SCRIPT --area CODE --service CODE": (
        "启动时另行指定：tongbao drill start SCRIPT --area CODE --service CODE"
    ),
    "argument {n} is not UTF-8": "第{n}个参数不是 UTF-8",
    "set the terminal to UTF-8, then type it again": "请把终端设为 UTF-8 后重新输入",
}
