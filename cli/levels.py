"""How a level is explained to people: its reasons, what the facts suggest beside it, and its review."""

from __future__ import annotations

from typing import Any

from cli.screen import Screen

Document = dict[str, Any]


def reasons(screen: Screen, shown: Document) -> None:
    """Why it has its level, in the reader's language; what a person typed as they typed it."""
    for reason in shown["level_reasons"]:
        screen.line(f"  {screen.t('level because')}: {reason_of(screen, reason)}")


def reason_of(screen: Screen, text: str) -> str:
    """A reason of the record in the reader's language, where the product wrote it."""
    from incidents.reasons import told

    return told(text, screen.word, screen.t("; "))


def suggestion(screen: Screen, shown: Document) -> None:
    """The grade of the law, the user-minutes, and the suggested level with reasons where it is another."""
    t = screen.t
    screen.line(f"  {t('statutory grade')}: {t(shown['statutory_severity'])}")
    if shown["user_minutes"] is not None:
        screen.line(f"  {t('user-minutes')}: {shown['user_minutes']:,}")
    if shown["suggested_level"] != shown["level"] or not shown.get("level_reasons"):
        suggested(screen, shown["suggestion"])
    if shown["review_due"]:
        screen.line(f"  {t('level review')}: {t('due now: how big it is is still unknown')}", "yellow")
    elif shown["review_at"]:
        screen.line(f"  {t('level review')}: {screen.zoned(shown['review_at'])}")


def suggested(screen: Screen, found: Document) -> None:
    """The level that facts suggest, and each rule that reaches it."""
    t = screen.t
    screen.line(f"  {t('suggested level')}: {t('level {level}', level=found['level'])}", "yellow")
    for one in found["reasons"]:
        if one["level"] == found["level"]:
            template, values = one["why"]
            screen.line(f"  {t('suggested because')}: {reason_of(screen, template.format(**values))}")


def reviews(screen: Screen, incidents: list[Document]) -> None:
    """Which levels are to be looked at again now."""
    for one in incidents:
        if one["review_due"]:
            why = "level review of {ref} is due: how big it is is still unknown"
            screen.say(why, "yellow", ref=one["reference"])
