"""cdisc-conv explain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cdisc_conv.cli.options.shared import Study
from cdisc_conv.tables import ColumnRef

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.tree import Tree

    from cdisc_conv.engine.describe.lineage import LineageNode
    from cdisc_conv.package.looking.explain import ExplainedDataset


TREE_WIDTH = 120
"""Columns of the tree where there is no terminal."""


def explain(
    study: Study,
    name: Annotated[str, typer.Argument(help="A variable, written DATASET.VARIABLE, or a dataset.", metavar="NAME")],
) -> int:
    """Show how a variable is made, step by step from the raw fields.

    Each step comes with its method, in the words of define.xml. A supplemental qualifier is written SUPPAE.QNAM. Of a
    dataset, its records and all its variables are shown, one line each. Needs no data.

    \b
    Example:
      cdisc-conv explain hope2021_thal_agc AE.AESTDY
      cdisc-conv explain hope2021_thal_agc AE
    """
    from cdisc_conv.cli.printing.console import make_console
    from cdisc_conv.package.looking.explain import ExplainedDataset, find_explained

    found = find_explained(study, name)
    trees = [_draw_dataset(found)] if isinstance(found, ExplainedDataset) else _draw_variable(found)
    for tree in trees:
        make_console(width=TREE_WIDTH).print(tree)
    return 0


def _draw_variable(nodes: Sequence[LineageNode]) -> Iterator[Tree]:
    from rich.tree import Tree

    seen: dict[int, None] = {}
    for node in nodes:
        tree = Tree(_name(node), highlight=False)
        _fill(tree, node, seen, several=len(nodes) > 1)
        yield tree


def _draw_dataset(found: ExplainedDataset) -> Tree:
    """The records of a dataset, then its variables, a line each: what makes it, and where the mapping says so."""
    from rich.tree import Tree

    tree = Tree(f"{found.name}  {found.label}", highlight=False)
    if found.file:
        tree.add(f"given, not made: read from {found.file}")
        tree.add(
            f"{len(found.columns)} variables: {', '.join(found.columns)}" if found.columns else "variables as given"
        )
    for node in found.records:
        tree.add(f"records from {node.source}, mapped at {node.place}")
    sections = (
        ("variables", found.variables),
        ("supplemental qualifiers", found.supplemental),
        ("working values, which are not in the dataset", found.working),
    )
    for title, variables in sections:
        if variables:
            branch = tree.add(title)
            for name, nodes in variables.items():
                label = nodes[0].label
                branch.add(f"{name}{f'  {label}' if label else ''}: {'; '.join(_list_entries(nodes))}")
    return tree


def _list_entries(nodes: Sequence[LineageNode]) -> Iterable[str]:
    """``datetime, mapped at sdtm/ae.yaml:29``: the derivations of a variable, each once."""
    return dict.fromkeys(
        f"{node.derivation}, mapped at {node.place}" if str(node.place) else node.derivation for node in nodes
    )


def _name(node: LineageNode) -> str:
    from cdisc_conv.engine.describe.lineage import NodeKind

    pages = f", CRF page {', '.join(map(str, node.pages))}" if node.pages else ""
    if node.kind is NodeKind.FIELD:
        ref = ColumnRef(node.name)
        label = f' "{node.label}"' if node.label else ""
        return f"form {ref.table}: {ref.column}{label}{pages}"
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
