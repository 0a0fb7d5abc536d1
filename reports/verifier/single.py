"""The verifier as one file: its modules one after the other, without what they import of each other."""

from __future__ import annotations

import ast
from importlib.resources import files

ORDER = ("curve", "packed", "seals", "people", "facts", "approvals", "clocks", "words", "command")
HEAD = '''"""Checks a proof archive of tongbao offline: `python verify.py pack.zip`. Needs Python 3.10 and nothing else.

It trusts nothing that it reads: every hash, signature, verdict and sum is made anew from the parts, and every
problem is a sentence that names the part. What it proves and what it cannot is in the README of the archive.
\"\"\"

from __future__ import annotations
'''


def single() -> str:
    """The source of `verify.py`; the same for every archive of this version."""
    return "\n\n".join([HEAD, *(_own_lines(name) for name in ORDER)])


def _own_lines(name: str) -> str:
    """A module's text; its docstring is a comment, its imports of ours are left out."""
    source = (files("reports.verifier") / f"{name}.py").read_text(encoding="utf-8")
    tree = ast.parse(source)
    lines = source.splitlines()
    about = f"# ---- {name}: {(ast.get_docstring(tree) or '').splitlines()[0]}"
    for node in tree.body:
        ours = isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("reports.", "__future__"))
        if ours or node is tree.body[0]:
            span = range(node.lineno - 1, node.end_lineno or node.lineno)
            lines[span.start : span.stop] = [""] * len(span)
    return about + "\n\n" + "\n".join(lines).strip("\n") + "\n"
