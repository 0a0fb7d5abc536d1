"""Drills in Chinese: what the screens of exercises say, and why one is refused."""

from __future__ import annotations

DRILLS = {
    "an exercise and a real incident are never one: {ref}, {into}": "演练与真实事件不能合并：{ref}、{into}",
    "keep both; tongbao drill list names the exercises": "两件都保留；tongbao drill list 列出各次演练",
    "the public folder {folder} would show the pages of exercises": "公告目录 {folder} 会公开演练页面",
    "name a folder beside the home, not around it": "请另指定目录，不要包住 TONGBAO_HOME",
}
