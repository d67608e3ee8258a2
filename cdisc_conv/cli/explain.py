"""cdisc-conv explain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cdisc_conv.cli.arguments import Study

if TYPE_CHECKING:
    from rich.tree import Tree

    from cdisc_conv.engine.lineage import LineageNode


TREE_WIDTH = 120
"""Columns of the tree where there is no terminal."""


def explain(
    study: Study,
    variable: Annotated[str, typer.Argument(help="The variable, written DATASET.VARIABLE.", metavar="VARIABLE")],
) -> int:
    """Show how a variable is made, step by step from the raw fields.

    Each step comes with its method, in the words of define.xml. Needs no data.

    \b
    Example:
      cdisc-conv explain hope2021_thal_agc AE.AESTDY
    """
    from rich.tree import Tree

    from cdisc_conv.cli.console import make_console
    from cdisc_conv.package.explain import find_variable

    nodes = find_variable(study, variable)
    seen: dict[int, None] = {}
    for node in nodes:
        tree = Tree(_name(node), highlight=False)
        _fill(tree, node, seen, several=len(nodes) > 1)
        make_console(width=TREE_WIDTH).print(tree)
    return 0


def _name(node: LineageNode) -> str:
    from cdisc_conv.engine.lineage import NodeKind

    pages = f", CRF page {', '.join(map(str, node.pages))}" if node.pages else ""
    if node.kind is NodeKind.FIELD:
        form, _, field = node.name.partition(".")
        label = f' "{node.label}"' if node.label else ""
        return f"form {form}: {field}{label}{pages}"
    if node.kind is NodeKind.GIVEN:
        return f"{node.name}  (given, not made)"
    return f"{node.name}{f'  {node.label}' if node.label else ''}"


def _fill(tree: Tree, node: LineageNode, seen: dict[int, None], several: bool = False) -> None:
    """Add the method of a node and all it reads; a node that was told before is only named."""
    if not node.derivation:
        return
    if id(node) in seen:
        tree.label = f"{tree.label}  (see above)"
        return
    seen[id(node)] = None
    if several or node.table not in {other.table for other in node.upstream if other.derivation}:
        tree.add(f"for records from {node.source}")
    matched = f"; records matched by {', '.join(node.matched_by)}" if node.matched_by else ""
    tree.add(f"{node.derivation}, mapped at {node.place}{matched}")
    if node.method:
        tree.add(node.method)
    for read in node.reads():
        _fill(tree.add(_name(read)), read, seen)
