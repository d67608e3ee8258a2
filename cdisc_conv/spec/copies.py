"""Variables that are taken over from others as they are."""

from __future__ import annotations

from collections.abc import Mapping

from cdisc_conv.derivations.values.copying import Copy
from cdisc_conv.derivations.values.predecessors import Predecessor
from cdisc_conv.spec.model import Study
from cdisc_conv.spec.references import resolve
from cdisc_conv.tables import ColumnRef


def list_copies(study: Study) -> Mapping[str, str]:
    """Each variable that `copy` or `predecessor` takes from another dataset or its own: ADAE.AESEV -> AE.AESEV.

    Of a variable that several blocks take from different ones, the last counts.
    """
    found: dict[str, str] = {}
    for dataset in study.datasets.values():
        for block in dataset.blocks:
            for name in dataset.names():
                variable = dataset.own_variable(name, block)
                match variable.derivation if variable is not None else None:
                    case Copy(source=ref) | Predecessor(of=ref):
                        target = resolve(study, dataset, block, name, ref)
                        if target is not None and target.table and not target.table.is_form:
                            found[ColumnRef.of(dataset.name, name)] = ColumnRef.of(target.table, target.name)
    return found
