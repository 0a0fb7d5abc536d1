"""The sandbox's time: what a request carries in X-Tongbao-Now, else the wall clock.

A stamp without a zone is refused, never guessed.
"""

from datetime import UTC, datetime

HEADER = "X-Tongbao-Now"


def moment(carried: str | None) -> datetime:
    """The instant in UTC; raises ValueError for a stamp that is not ISO 8601 with an offset."""
    if not carried:
        return datetime.now(UTC)
    try:
        stamp = datetime.fromisoformat(carried.strip())
    except ValueError as error:
        raise ValueError(f"{HEADER}: {carried!r} is not an ISO 8601 time") from error
    if stamp.tzinfo is None:
        raise ValueError(f"{HEADER}: {carried!r} has no offset")
    return stamp.astimezone(UTC)


def sortable(stamp: datetime) -> str:
    """ISO 8601 in UTC, always with microseconds."""
    return stamp.astimezone(UTC).isoformat(timespec="microseconds")
