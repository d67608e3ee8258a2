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

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cdisc_conv.checks.package.run import check
    from cdisc_conv.engine.convert import convert, convert_tabulations
    from cdisc_conv.spec.load import load_study
    from cdisc_conv.xpt import read_xpt, write_xpt

__version__ = "0.1.0"
__all__ = ["__version__", "check", "convert", "convert_tabulations", "load_study", "read_xpt", "write_xpt"]

_HOMES = {
    "check": "cdisc_conv.checks.package.run",
    "convert": "cdisc_conv.engine.convert",
    "convert_tabulations": "cdisc_conv.engine.convert",
    "load_study": "cdisc_conv.spec.load",
    "read_xpt": "cdisc_conv.xpt",
    "write_xpt": "cdisc_conv.xpt",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'cdisc_conv' has no attribute '{name}'")
