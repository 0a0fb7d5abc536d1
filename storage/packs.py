"""Rule packs word for word, as they stood when windows opened by them."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from incidents.errors import Conflict
from storage.schema import packs


class Packs:
    def __init__(self, connection: Connection):
        self._connection = connection

    def keep(self, label: str, text: str) -> None:
        """Keep the pack `label` (name@version); Conflict when other words stand under it already."""
        found = self._text(label)
        if found is None:
            self._connection.execute(insert(packs).values(label=label, text=text))
        elif found != text:
            raise Conflict(
                "the rules of {label} were changed and their version was not",
                label=label,
                field="version",
                next="raise the pack's version; windows keep the rules that they opened by",
            )

    def text(self, label: str) -> str:
        """The YAML of the pack; KeyError when no window can have opened by it."""
        found = self._text(label)
        if found is None:
            raise KeyError(label)
        return found

    def _text(self, label: str) -> str | None:
        return self._connection.execute(select(packs.c.text).where(packs.c.label == label)).scalar()
