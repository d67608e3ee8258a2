"""The trial summary: parameters of protocol.yaml with their names, codes and reference terminologies.

Source: SDTMIG 3.4, section 7.4.2 and appendix C1 (which codelist the values of a parameter come from).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cdisc_conv.problems import Problem, Severity, did_you_mean
from cdisc_conv.spec.model import Family
from cdisc_conv.spec.yaml.nodes import Node
from cdisc_conv.spec.yaml.shapes.protocol import ParameterDocument, ProtocolDocument
from cdisc_conv.spec.yaml.validate import validate
from cdisc_conv.standards import CodelistTerms
from cdisc_conv.standards.countries import list_countries

Row = Mapping[str, Any]

PARAMETERS, NAMES, YES_NO = "TSPARMCD", "TSPARM", "NY"
CODELISTS = {
    "ADAPT": YES_NO,
    "ADDON": YES_NO,
    "DMCIND": YES_NO,
    "DOSFRM": "FRM",
    "DOSFRQ": "FREQ",
    "DOSU": "UNIT",
    "EXTTIND": YES_NO,
    "HLTSUBJI": YES_NO,
    "INTMODEL": "INTMODEL",
    "INTTYPE": "INTTYPE",
    "ONGOSIND": YES_NO,
    "PDPSTIND": YES_NO,
    "PDSTIND": YES_NO,
    "PIPIND": YES_NO,
    "RANDOM": YES_NO,
    "RDIND": YES_NO,
    "ROUTE": "ROUTE",
    "SDTIGVER": "SDTMIGRS",
    "SDTMVER": "SDTMVRS",
    "SEXPOP": "SEXPOP",
    "STYPE": "STYPE",
    "TBLIND": "TBLIND",
    "TCNTRL": "TCNTRL",
    "TINDTP": "TINDTP",
    "TPHASE": "TPHASE",
    "TTYPE": "TTYPE",
}
"""The codelist that the values of a parameter come from, by its short name."""

VERSIONS = ("SDTIGVER", "SDTMVER")
"""What the study says of its standards; a terminology that is older than they are has no code of them."""

DURATIONS = ("AGEMAX", "AGEMIN", "CRMDUR", "LENGTH", "PLNTRDUR", "PTRTDUR", "SDMDUR", "TRGFUDUR")
DATES = ("CSRARDTC", "DCUTDTC", "SENDTC", "SSTDTC")
COUNTRIES = ("FCNTRY", "MNFCNTRY")
_DURATION = re.compile(r"P(\d+W|(?=\d|T\d)(\d+Y)?(\d+M)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?)")
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
NULL_FLAVORS = (
    "ASKU", "DER", "INV", "MSK", "NA", "NASK", "NAV", "NI", "NINF", "OTH", "PINF", "QS", "TRC", "UNC", "UNK",
)  # fmt: skip
"""Why a value is missing (ISO 21090)."""


def list_summary(
    document: ProtocolDocument, node: Node, family: Family, title: str, problems: list[Problem]
) -> tuple[tuple[Row, ...], tuple[Node, ...]]:
    """TS: one row per value of a parameter, with the nodes of protocol.yaml that say them.

    What the study says elsewhere is added where the summary does not say it: the title, the number of arms, and the
    versions of the standards. A value of a parameter with a codelist is coded by it, with "CDISC CT" and the version
    of the terminology; dates, durations and countries name their standard. Problems: PROT004 no such parameter,
    PROT005 a value that is not in its codelist or not in its format, PROT006 neither or both of a value and a null
    flavor, PROT007 no such null flavor.
    """
    if not document.summary:
        return (), ()
    reader = _Reader(family, problems)
    rows: list[Row] = []
    nodes: list[Node] = []
    for code, said in {**_implied(document, family, title), **document.summary}.items():
        place = node.at(("summary", code)) if code in document.summary else node.at(("summary",))
        if not reader.check_parameter(code, place):
            continue
        for number, value in enumerate(said if isinstance(said, list) else [said]):
            here = place.at((number,)) if place.is_list else place
            row = reader.read(code, value, here)
            if row is not None:
                rows.append(row)
                nodes.append(here)
    return tuple(rows), tuple(nodes)


def _implied(document: ProtocolDocument, family: Family, title: str) -> dict[str, Any]:
    guide, model = family.standard, family.standard.model
    versions = {"SDTIGVER": guide.version, **({"SDTMVER": model.version} if model else {})}
    return {"TITLE": title, "NARMS": len(document.arms), **versions} if document.arms else {"TITLE": title, **versions}


class _Reader:
    def __init__(self, family: Family, problems: list[Problem]) -> None:
        self._terminology, self._problems = family.terminology, problems
        self._codes = self._find(PARAMETERS)
        self._names = {term.code: term.value for term in self._find(NAMES).terms}

    def _find(self, name: str) -> CodelistTerms:
        return self._terminology.codelist(name)

    def check_parameter(self, code: str, node: Node) -> bool:
        known = [term.value for term in self._codes.terms]
        if code in known:
            return True
        hint = did_you_mean(code, known) or "the codelist TSPARMCD has those that there are"
        self._problems.append(node.problem("PROT004", f"the trial summary has no parameter {code}", hint))
        return False

    def read(self, code: str, value: Any, node: Node) -> Row | None:
        """One row of TS; None for what cannot be read, which is a problem by then."""
        said = value if isinstance(value, dict) else {"value": value}
        document, found = validate(ParameterDocument, node, f"parameter {code}", said)
        self._problems += found
        if document is None:
            return None
        if bool(document.value) == bool(document.null_flavor):
            what = "both a value and a null flavor" if document.value else "neither a value nor a null flavor"
            hint = "write the value, or {null_flavor: NA} where it does not apply"
            self._problems.append(node.problem("PROT006", f"parameter {code} has {what}", hint))
            return None
        if document.null_flavor and document.null_flavor not in NULL_FLAVORS:
            hint = did_you_mean(document.null_flavor, NULL_FLAVORS) or f"there are: {', '.join(NULL_FLAVORS)}"
            message = f"parameter {code}: {document.null_flavor} is not a null flavor"
            self._problems.append(node.problem("PROT007", message, hint))
        coded = {"code": document.code, "reference": document.reference, "version": document.version}
        coded = coded if any(coded.values()) or not document.value else self._code(code, document.value, node)
        term = next(term for term in self._codes.terms if term.value == code)
        return {
            "TSGRPID": document.group,
            "TSPARMCD": code,
            "TSPARM": self._names.get(term.code, term.decode),
            "TSVAL": " ".join(document.value.split()),
            "TSVALNF": document.null_flavor,
            "TSVALCD": coded["code"],
            "TSVCDREF": coded["reference"],
            "TSVCDVER": coded["version"],
        }

    def _code(self, parameter: str, value: str, node: Node) -> dict[str, str]:
        """Code, reference terminology and its version of a value that is not coded in protocol.yaml."""
        for names, fits, reference, what in _FORMATS:
            if parameter in names:
                if not fits(value):
                    self._problems.append(node.problem("PROT005", f"parameter {parameter}: '{value}' is not {what}"))
                return {"code": "", "reference": reference, "version": ""}
        name = CODELISTS.get(parameter)
        if name is None or name not in self._terminology:
            return {"code": "", "reference": "", "version": ""}
        codelist = self._find(name)
        term = next((term for term in codelist.terms if term.value == value), None)
        if term is None and parameter not in VERSIONS:
            own = "list a term of your own under 'sponsor_terms' in study.yaml" if codelist.extensible else ""
            hint = did_you_mean(value, [one.value for one in codelist.terms]) or own
            message = f"parameter {parameter}: '{value}' is not a term of codelist {name}"
            severity = Severity.WARNING if codelist.extensible else Severity.ERROR
            self._problems.append(Problem("PROT005", message, severity, node.place, hint))
        if term is None or not term.code:
            return {"code": "", "reference": "", "version": ""}
        version = self._terminology.package_of(codelist.code).version
        return {"code": term.code, "reference": "CDISC CT", "version": version}


def _is_country(value: str) -> bool:
    return value in list_countries()


_FORMATS = (
    (DURATIONS, _DURATION.fullmatch, "ISO 8601", "a duration such as P18Y (ISO 8601)"),
    (DATES, _DATE.fullmatch, "ISO 8601", "a date such as 2025-06-30 (ISO 8601)"),
    (
        COUNTRIES,
        lambda value: value in list_countries(),
        "ISO 3166",
        "a country of three letters such as CHN (ISO 3166-1)",
    ),
)
