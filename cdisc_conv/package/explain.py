"""Find a variable of a study for `cdisc-conv explain`."""

from __future__ import annotations

from pathlib import Path

from cdisc_conv.engine.lineage import LineageNode, build_lineage
from cdisc_conv.engine.plan import plan_study
from cdisc_conv.problems import Problem, ProblemsError, did_you_mean
from cdisc_conv.spec.load import load_study
from cdisc_conv.spec.model import Study


def find_variable(words: str | Path, variable: str) -> tuple[LineageNode, ...]:
    """The nodes of a variable, written ``AE.AESTDY``, in the lineage of a study; one per entry of the mapping.

    A mapping with mistakes is explained as far as it goes. Raises ProblemsError for an unknown study or variable
    (PKG007), and for variables that read each other in a circle.
    """
    study, _ = load_study(words)
    lineage = build_lineage(study, plan_study(study))
    by_folded = {name.casefold(): name for name in lineage.variables}
    name = by_folded.get(variable.casefold())
    if name is None:
        raise ProblemsError([_describe_unknown(study, variable, list(lineage.variables))])
    return lineage.variables[name]


def _describe_unknown(study: Study, variable: str, known: list[str]) -> Problem:
    dataset, dot, name = variable.upper().partition(".")
    if not dot:
        hint = did_you_mean(variable, [key.partition(".")[2] for key in known])
        homes = [key for key in known if key.partition(".")[2] == dataset]
        hint = f"did you mean {' or '.join(homes)}?" if homes else hint or "such as AE.AESTDTC"
        return Problem("PKG007", f"'{variable}' is not a variable: write DATASET.VARIABLE", hint=hint)
    if dataset in study.given:
        return Problem("PKG007", f"{dataset} is given as it is, so nothing makes {dataset}.{name}")
    if dataset not in study.datasets:
        hint = did_you_mean(dataset, study.datasets) or f"there are: {', '.join(study.datasets)}"
        return Problem("PKG007", f"{study.name} maps no dataset {dataset}", hint=hint)
    inside = [key for key in known if key.startswith(f"{dataset}.")]
    hint = did_you_mean(variable, inside) or f"there are: {', '.join(key.partition('.')[2] for key in inside)}"
    return Problem("PKG007", f"{study.name} maps no {dataset}.{name}", hint=hint)
