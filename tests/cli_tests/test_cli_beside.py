"""`tongbao explain` with what stands beside a verdict, as JSON and on the screen of either language."""

from __future__ import annotations

from tests.cli_tests.conftest import Terminal

BEGUN = {"TONGBAO_NOW": "2026-10-14T14:15:00+08:00"}
OPEN = (
    *("open", "--type", "network_fault", "--level", "3", "--title", "手机服务异常"),
    *(
        "--area",
        "ZZ0101",
        "--service",
        "mobile",
        "--onset",
        "2026-10-14T13:45:00+08:00",
        "--affected",
        "4000",
    ),
)


def test_explain_shows_what_stands_beside_the_verdict(terminal: Terminal) -> None:
    """Sizes with the reason asked for, first and last answer, and the onset's view, after the verdict (AMB-05)."""
    terminal.has_customers(**BEGUN)
    reference = terminal.asks(*OPEN, **BEGUN)["reference"]
    notice = str(terminal.asks("notice", "draft", reference, "first_notice", **BEGUN)["id"])
    terminal.asks("notice", "submit", notice, **BEGUN)
    terminal.asks("tick", **BEGUN)

    shown = terminal.asks("explain", "1", **BEGUN)
    found = shown["beside"]
    assert (2, 4000, 0, True) == tuple(
        found[name] for name in ("audience", "affected", "audience_percent", "needs_reason")
    )
    assert ("met", shown["told_at"]) == (shown["state"], found["all_answered_at"])
    assert "met" == found["by_onset"]["state"]
    verdict = next(n for n, said in enumerate(shown["why"]) if said.startswith("verdict: "))
    assert verdict < next(n for n, said in enumerate(shown["why"]) if said.startswith("its audience: "))

    english = terminal.types("explain", "1", **BEGUN).out
    assert "its audience: 2 people; services affected: 4,000; that is 0 %" in english
    assert f"under 80 % of the affected needs a reason: tongbao log {reference} '…'" in english
    assert "for information, it counts for nothing: from the onset, " in english
    chinese = terminal.types("explain", "1", "--lang", "zh-CN", **BEGUN).out
    assert "对象2人；受影响业务4,000个；占0%" in chinese
    assert "仅供参考，不作判定：自发生时刻 " in chinese
