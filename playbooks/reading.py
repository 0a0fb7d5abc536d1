"""A YAML file as plain values that know their lines.

Pure. Dates stay words, one key stands once, and nothing refers to anything else: a playbook is read by people.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

LONGEST = 200_000
"""Characters of one file."""
DEEPEST = 20
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Flaw:
    """Why a text cannot be read as it stands. `what` is a word of playbooks.check.Said."""

    line: int
    what: str
    params: dict[str, object] = field(default_factory=dict)


@dataclass
class Reading:
    """`value` is what the text holds; `lines` the line, from 1, of everything in it."""

    value: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    flaws: list[Flaw] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """The line of what stands at `path`, else of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read(text: str) -> Reading:
    """The values of `text` with their lines; its flaws when it is no plain YAML."""
    found = Reading()
    if len(text) > LONGEST:
        found.flaws.append(Flaw(1, "TOO_LONG", {"limit": LONGEST}))
        return found
    try:
        root = yaml.compose(_without_references(text, found), yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        why = " ".join(filter(None, (error.context, error.problem)))
        found.flaws.append(Flaw(1 if mark is None else mark.line + 1, "NOT_YAML", {"why": why}))
        return found
    except (yaml.YAMLError, RecursionError) as error:
        found.flaws.append(Flaw(1, "NOT_YAML", {"why": str(error)}))
        return found
    if root is not None and not found.flaws:
        found.value = _value(root, (), found)
    return found


def _without_references(text: str, found: Reading) -> str:
    for event in yaml.parse(text, yaml.SafeLoader):
        if getattr(event, "anchor", None) and event.start_mark is not None:
            found.flaws.append(Flaw(event.start_mark.line + 1, "REFERENCE"))
    return text


def _value(node: yaml.Node, path: Path, found: Reading) -> Any:
    found.lines.setdefault(path, node.start_mark.line + 1)
    if len(path) > DEEPEST:
        found.flaws.append(Flaw(node.start_mark.line + 1, "TOO_DEEP"))
        return None
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, found)
    if isinstance(node, yaml.SequenceNode):
        return [_value(one, (*path, place), found) for place, one in enumerate(node.value)]
    return _scalar(node)


def _mapping(node: yaml.MappingNode, path: Path, found: Reading) -> dict[str | int, Any]:
    values: dict[str | int, Any] = {}
    for name, one in node.value:
        key = _scalar(name)
        if not isinstance(key, str | int):
            key = str(getattr(name, "value", ""))
        if key in values:
            found.flaws.append(Flaw(name.start_mark.line + 1, "KEY_TWICE", {"key": key}))
            continue
        found.lines[(*path, key)] = name.start_mark.line + 1
        values[key] = _value(one, (*path, key), found)
    return values


def _scalar(node: yaml.Node) -> Any:
    """Numbers, yes and no, and nothing are themselves; all else is words."""
    kind = node.tag.rpartition(":")[2]
    if kind in ("int", "bool", "null") and isinstance(node, yaml.ScalarNode):
        try:
            return yaml.safe_load(node.value) if not node.style else node.value
        except (yaml.YAMLError, ValueError):
            return node.value
    return node.value
