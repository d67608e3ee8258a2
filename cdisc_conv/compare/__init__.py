"""Comparing datasets and packages: `compare`, `compare_files`, `compare_folders`. See docs/compare.md."""

from cdisc_conv.compare.datasets.run import compare
from cdisc_conv.compare.result import Comparison
from cdisc_conv.compare.rules import Rules
from cdisc_conv.datafiles.table import Table

__all__ = ["Comparison", "Rules", "Table", "compare"]
