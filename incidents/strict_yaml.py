"""YAML as plain values: the safe subset, read by libyaml where it is there, and no key twice.

Pure. The one home of the loader: rule packs, playbooks, routing and words are all read here.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import yaml

YAMLError = yaml.YAMLError
_FASTEST: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's reader builds the same values by the same safe constructor, about ten times as fast."""


_MERGE = "tag:yaml.org,2002:merge"


class _OneReading(_FASTEST):  # type: ignore[misc, valid-type]
    """Without the duplicate keys of which one would win silently."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value if key.tag != _MERGE]
        if len({key for key in keys if isinstance(key, Hashable)}) < len(keys):
            for place, key in enumerate(keys):
                if key in keys[:place]:
                    raise yaml.constructor.ConstructorError(
                        None, None, f"the key {key} comes twice", node.start_mark
                    )
        found: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return found


def read(text: str) -> Any:
    """The values in `text`; YAMLError when it is not YAML, or says one key twice."""
    return yaml.load(text, _OneReading)  # noqa: S506 - a safe loader


def has_aliases(text: str) -> bool:
    """Whether it uses `*name`, of which a few lines unfold to more than any memory holds."""
    return any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, _FASTEST))
