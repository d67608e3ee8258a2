"""CDISC's own conformance rules (CORE), read from their published files and run over columns.

>>> from cdisc_conv.checks.core import read_rule
>>> read_rule("{Core: {Id: X-1}, Check: {all: [{name: AETERM, operator: empty}]}}").id
'X-1'
"""

from cdisc_conv.checks.core.data.library import Library, from_standard
from cdisc_conv.checks.core.data.study import File, Study
from cdisc_conv.checks.core.evaluate import Hits
from cdisc_conv.checks.core.results import CoreFinding, list_findings
from cdisc_conv.checks.core.rule.model import CoreRule, Reach
from cdisc_conv.checks.core.rule.read import read_rule
from cdisc_conv.checks.core.run import CoreReport, make_study, run_core

__all__ = [
    "CoreFinding",
    "CoreReport",
    "CoreRule",
    "File",
    "Hits",
    "Library",
    "Reach",
    "Study",
    "from_standard",
    "list_findings",
    "make_study",
    "read_rule",
    "run_core",
]
