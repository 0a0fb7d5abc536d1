"""The numbers of notices, windows, tasks, pages and events on the command line."""

from __future__ import annotations

from typing import Any

import click

from incidents.numbers import LARGEST


class Number(click.types.IntParamType):
    """A number that a thing of the record can have; anything else is a usage error."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        found = super().convert(value, param, ctx)
        if not 1 <= found <= LARGEST:
            self.fail(f"{found} is not in the range 1<=x<={LARGEST}.", param, ctx)
        return found


NUMBER = Number()
