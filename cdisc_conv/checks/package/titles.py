"""What the codes of findings mean that no rule file has: files, standards, explanations, define.xml."""

from __future__ import annotations

from cdisc_conv.checks.findings import RuleFacts
from cdisc_conv.problems import Severity

_DEFINE = "Define-XML 2.1"
TITLES: dict[str, tuple[str, Severity, str]] = {
    "CHK001": ("There is something to check", Severity.ERROR, ""),
    "CHK002": ("A dataset is in one file", Severity.ERROR, ""),
    "CHK003": ("Files are not packed", Severity.WARNING, ""),
    "CHK004": ("Names of variables are in capitals", Severity.WARNING, ""),
    "CHK005": ("Variables differ in more than letter case", Severity.ERROR, ""),
    "CHK006": ("The file says types, labels, lengths and formats", Severity.NOTE, ""),
    "CHK007": ("Files among the datasets are datasets of the study", Severity.WARNING, ""),
    "CHK008": ("Datasets are in a format that is read", Severity.NOTE, ""),
    "CHK010": ("The standard that is named is here", Severity.WARNING, ""),
    "CHK011": ("Something says which standard is followed", Severity.NOTE, ""),
    "CHK012": ("The standard is given as define.xml names it", Severity.NOTE, ""),
    "CHK013": ("Datasets are of the standard, or of a known class", Severity.WARNING, ""),
    "EXPL001": ("Explanations name rules that there are", Severity.ERROR, ""),
    "EXPL002": ("Explanations explain something", Severity.NOTE, ""),
    "EXPL003": ("A finding is explained once", Severity.WARNING, ""),
    "DEF001": ("define.xml can be read", Severity.ERROR, _DEFINE),
    "DEF002": ("define.xml is Define-XML", Severity.ERROR, _DEFINE),
    "DEF003": ("Attributes that are required are there", Severity.ERROR, _DEFINE),
    "DEF004": ("Identifiers are used once", Severity.ERROR, _DEFINE),
    "DEF005": ("References lead somewhere", Severity.ERROR, _DEFINE),
    "DEF006": ("Definitions are used", Severity.WARNING, _DEFINE),
    "DEF007": ("Elements are in place", Severity.ERROR, _DEFINE),
    "DEF008": ("Data types have their lengths and decimals", Severity.ERROR, _DEFINE),
    "DEF009": ("Codelists are of a standard or marked", Severity.ERROR, _DEFINE),
    "DEF010": ("Datasets have a standard, data and a class", Severity.ERROR, _DEFINE),
    "DEF011": ("Orders and keys are numbered", Severity.ERROR, _DEFINE),
    "DEF012": ("Variables have an origin, derived ones a method", Severity.WARNING, _DEFINE),
    "DEF013": ("Where-clauses are sound", Severity.ERROR, _DEFINE),
    "DEF014": ("Results metadata are sound", Severity.ERROR, "ARM 1.0 for Define-XML"),
    "DEF015": ("define.xml is valid against its schema", Severity.ERROR, _DEFINE),
    "DEF201": ("What define.xml describes is there", Severity.ERROR, _DEFINE),
    "DEF202": ("Every dataset is described", Severity.ERROR, _DEFINE),
    "DEF203": ("Variables that define.xml describes are there", Severity.ERROR, _DEFINE),
    "DEF204": ("Every variable is described", Severity.ERROR, _DEFINE),
    "DEF205": ("Variables are in the order of define.xml", Severity.WARNING, _DEFINE),
    "DEF206": ("Labels are those of define.xml", Severity.WARNING, _DEFINE),
    "DEF207": ("Values are of the type of define.xml", Severity.ERROR, _DEFINE),
    "DEF208": ("Values are not longer than define.xml says", Severity.ERROR, _DEFINE),
    "DEF209": ("Values are in the codelist of define.xml", Severity.ERROR, _DEFINE),
    "DEF211": ("Where-clauses match records", Severity.WARNING, _DEFINE),
    "DEF212": ("Where-clauses of a variable do not overlap", Severity.ERROR, _DEFINE),
    "DEF213": ("The key of define.xml tells records apart", Severity.ERROR, _DEFINE),
    "DEF214": ("Mandatory variables have values", Severity.ERROR, _DEFINE),
    "DEF215": ("What has no data has none", Severity.ERROR, _DEFINE),
    "DEF216": ("Values have no more decimals than define.xml says", Severity.WARNING, _DEFINE),
    "DEF218": ("Links lead somewhere", Severity.ERROR, _DEFINE),
    "DEF219": ("Origins name what exists, and their pages", Severity.ERROR, _DEFINE),
    "DEF221": ("Where-clauses name variables of the dataset", Severity.ERROR, _DEFINE),
    "DEF223": ("Flags are what their method in define.xml says", Severity.WARNING, _DEFINE),
    "DEF224": ("Datasets are of the class and domain of define.xml", Severity.ERROR, _DEFINE),
    "DEF225": ("Terms in define.xml have their codes", Severity.ERROR, _DEFINE),
    "DEF226": ("Pages in define.xml are numbers", Severity.WARNING, _DEFINE),
    "DEF222": ("Datasets that do not repeat have one record per subject", Severity.ERROR, _DEFINE),
}


def list_titles() -> dict[str, RuleFacts]:
    """The facts of each code."""
    return {code: RuleFacts(code, title, severity, source) for code, (title, severity, source) in TITLES.items()}
