"""What a template may contain: a short list; everything else is refused before anything is compiled.

Pure. The list is the defence (S8); the sandbox behind it stops neither exhaustion nor method calls.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from jinja2 import nodes

from incidents.errors import Invalid

FILTERS = ("capitalize", "lower", "sentence", "trim", "upper")
"""Filters whose output is about as long as their input, without arguments."""

NOTICE_NODES: tuple[type[nodes.Node], ...] = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.If,
    nodes.CondExpr,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Compare,
    nodes.Operand,
    nodes.Filter,
)
PAGE_NODES: tuple[type[nodes.Node], ...] = (*NOTICE_NODES, nodes.For, nodes.Tuple)
COMPARISONS = ("eq", "ne")

DEEPEST = 20
"""Levels of nesting; deeper trees overflow the compiler."""
LARGEST = 5_000
"""Nodes in a tree."""


@dataclass(frozen=True)
class Allowance:
    """The names and kinds of nodes that one family of templates may use."""

    names: Collection[str]
    nodes: tuple[type[nodes.Node], ...] = NOTICE_NODES

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", frozenset(self.names))


def used(tree: nodes.Node) -> frozenset[str]:
    """The names that a template prints or asks for."""
    return frozenset(node.name for node in tree.find_all(nodes.Name))


def check(tree: nodes.Template, allowance: Allowance, path: str) -> None:
    """Raise Invalid, naming `path` and the line, for the first thing that is not on the list."""
    for number, (node, depth) in enumerate(_walk(tree)):
        if number >= LARGEST or depth > DEEPEST:
            raise _refused(path, node, "is nested too deeply or too large")
        why = _objection(node, allowance)
        if why:
            raise _refused(path, node, why)


def _walk(tree: nodes.Node) -> Iterator[tuple[nodes.Node, int]]:
    """Every node with its depth; iterative, so that depth cannot exhaust the stack."""
    todo = [(tree, 0)]
    while todo:
        node, depth = todo.pop()
        yield node, depth
        todo.extend((child, depth + 1) for child in node.iter_child_nodes())


def _objection(node: nodes.Node, allowance: Allowance) -> str:
    """Why `node` is not allowed; "" when it is."""
    if type(node) not in allowance.nodes:
        return f"uses {type(node).__name__.lower()}, which notices cannot use"
    match node:
        case nodes.Name(name=name) if name not in allowance.names:
            return f"asks for {name[:40]!r}, which is not a slot"
        case nodes.Filter():
            return _filter_objection(node)
        case nodes.Operand(op=op) if op not in COMPARISONS:
            return f"compares by {op!r}; only == and != are possible"
        case nodes.Const(value=value) if type(value) not in (str, int, bool):
            return "has a constant that is neither text nor a whole number"
        case nodes.For(test=test, recursive=recursive) if test is not None or recursive:
            return "has a loop with a condition or recursion"
    return ""


def _filter_objection(node: nodes.Filter) -> str:
    if node.name not in FILTERS:
        return f"uses the filter {node.name[:40]!r}; possible are {', '.join(FILTERS)}"
    if node.args or node.kwargs or node.dyn_args or node.dyn_kwargs:
        return f"gives arguments to the filter {node.name!r}"
    return ""


def _refused(path: str, node: nodes.Node, why: str) -> Invalid:
    return Invalid(
        "template {path}, line {line}: {why}",
        path=path,
        line=node.lineno,
        why=why,
        field=path,
        next="use slots, {% if %} and plain text; `notifications/facts.py` lists the slots",
    )
