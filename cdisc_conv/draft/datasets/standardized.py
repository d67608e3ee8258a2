"""Standard results: units to convert to, standard ranges, and how results compare with them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

import yaml

from cdisc_conv.draft.matching.columns import Knowledge
from cdisc_conv.draft.model import Line
from cdisc_conv.resources import shipped
from cdisc_conv.standards import UnknownStandardError, load_units

_CONVERTED = "in the standard unit of each test; choose others where the protocol does"


@cache
def read_library_units(domain: str) -> Mapping[str, str]:
    """The standard units by test that the layer of the library has for a domain; {} where it has none."""
    path = shipped("mappings") / "library" / f"{domain.lower()}.yaml"
    if not path.is_file():
        return {}
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    units = (document.get("parameters") or {}).get("units") or {}
    return {str(test): str(unit) for test, unit in units.items()}


def choose_units(domain: str, collected: Mapping[str, Collection[str]]) -> dict[str, str]:
    """The standard unit of each test (`collected`: its units), where it needs another than the one that was collected.

    It is that of the library where all collected units convert to it, else the first one to which the others do. A test
    that is not there keeps its units.

    >>> choose_units("LB", {"HGB": ["g/dL", "g/L"], "ALT": ["U/L"], "CRP": ["mg/dL", "mg/L"], "X": ["a", "b"]})
    {'HGB': 'g/L', 'ALT': 'U/L', 'CRP': 'mg/dL'}
    """
    chosen = {}
    for test, units in collected.items():
        known = [unit for unit in dict.fromkeys(units) if unit]
        offered = [one for one in (read_library_units(domain).get(test, ""), *known) if one]
        found = next((one for one in offered if all(_converts(unit, one, test) for unit in known)), "")
        if known and found and (len(known) > 1 or found == offered[0]):
            chosen[test] = found
    return chosen


def _converts(unit: str, to: str, test: str) -> bool:
    if unit == to:
        return True
    try:
        load_units().find(unit, to, test)
    except UnknownStandardError:
        return False
    return True


def draft_converted(prefix: str, comma: bool) -> tuple[list[Line], list[Line]]:
    """Standard results with their units, and the working values that they need; OWNUNIT is the unit chosen for a test.

    `comma`: the results have decimal commas.
    """
    result, unit = f"{prefix}ORRES", f"{prefix}ORRESU"
    working = [
        Line("STDUNIT", {"expr": f'if({unit} == "", "", coalesce(OWNUNIT, {unit}))'}, 0.7, "the unit to convert to")
    ]
    if comma:
        entry: dict[str, Any] = {"expr": f'replace({result}, ",", ".")'}
        working.append(Line("POINTED", entry, 0.9, "results with a decimal point"))
    how = {"value": "POINTED" if comma else result, "from": unit, "to": "STDUNIT", "test": f"{prefix}TESTCD"}
    said = f'not missing({prefix}STRESN) or substr({result}, 1, 1) in ("<", ">")'
    lines = [
        Line(f"{prefix}STRESC", {"convert": how}, 0.7, _CONVERTED),
        Line(f"{prefix}STRESN", {"convert": how}, 0.7, _CONVERTED),
        Line(f"{prefix}STRESU", {"when": said, "copy": "STDUNIT"}, 0.7, "the standard unit beside numbers"),
    ]
    return lines, working


def draft_ranges(domain: str, limits: Collection[str], units: bool, indicator: bool, known: Knowledge) -> list[Line]:
    """Standard ranges and --NRIND of the limits that were collected (`limits`: LO, HI), as far as the domain has them.

    `units`: results are converted, and so are the limits. `indicator`: --NRIND was collected.
    """
    prefix = domain[:2]
    lines = []
    for limit in limits:
        name, original = f"{prefix}STNR{limit}", f"{prefix}ORNR{limit}"
        if known.variable(domain, name) is None:
            return []
        how = {"value": original, "from": f"{prefix}ORRESU", "to": "STDUNIT", "test": f"{prefix}TESTCD"}
        entry: dict[str, Any] = {"convert": how} if units else {"expr": f"number({original})"}
        lines.append(Line(name, entry, 0.7, "the limit in the unit of the result"))
    if lines and not indicator and known.variable(domain, f"{prefix}NRIND") is not None:
        sides = {"LO": "low", "HI": "high"}
        entry = {"value": f"{prefix}STRESN", **{sides[limit]: f"{prefix}STNR{limit}" for limit in limits}}
        lines.append(Line(f"{prefix}NRIND", {"normal_range": entry}, 0.8, "the result against its normal range"))
    return lines
