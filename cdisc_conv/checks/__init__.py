"""Conformance rules as data, run over finished datasets: what a data manager has to fix before they are written.

The rules stand in ``rules/*.yaml`` and on docs/checks.md; a study adds its own in ``checks.yaml``.
"""

from cdisc_conv.checks.lint import lint_folder
from cdisc_conv.checks.load import load_rules, load_shipped_rules
from cdisc_conv.checks.model import Rule
from cdisc_conv.checks.run import CheckReport, check_datasets

__all__ = ["CheckReport", "Rule", "check_datasets", "lint_folder", "load_rules", "load_shipped_rules"]
