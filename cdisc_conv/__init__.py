"""cdisc-conv: raw eCRF exports to a submission-ready data package, driven by YAML mapping specs.

From Python:

    from cdisc_conv import check, convert, load_study, read_xpt, write_xpt

    study, problems = load_study("hope2021_thal_agc")
    conversion = convert(study, Path("raw"))
    conversion.datasets, conversion.problems
    check("package").verdict

The names are loaded when they are first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdisc_conv.late import load_from

if TYPE_CHECKING:
    from cdisc_conv.checks.package.run import check
    from cdisc_conv.engine.convert import convert, convert_tabulations
    from cdisc_conv.spec.load import load_study
    from cdisc_conv.xpt import read_xpt, write_xpt

__version__ = "0.1.0"
__all__ = ["__version__", "check", "convert", "convert_tabulations", "load_study", "read_xpt", "write_xpt"]

__getattr__ = load_from(
    __name__,
    {
        "check": "checks.package.run",
        "convert": "engine.convert",
        "convert_tabulations": "engine.convert",
        "load_study": "spec.load",
        "read_xpt": "xpt",
        "write_xpt": "xpt",
    },
)
