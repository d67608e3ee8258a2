"""The package: everything a run writes, made beside the output folder and put in its place in one step."""

from cdisc_conv.package.run import open_study, run_demo, run_study, simulate_raw
from cdisc_conv.package.write import Package, write_package

__all__ = ["Package", "open_study", "run_demo", "run_study", "simulate_raw", "write_package"]
