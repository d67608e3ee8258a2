"""Maintainers' tool: makes the data files of this package from the publications.

    python -m cdisc_conv.standards.build terminology PUBLICATION.txt --instruments ECOG "PRO-CTCAE V1.0"
    python -m cdisc_conv.standards.build guide sdtmig-3-3.json

The publications are those that `cdisc-conv ct import` and `cdisc-conv standards import` read.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection, Sequence
from pathlib import Path

from cdisc_conv.problems import ProblemsError
from cdisc_conv.standards.files import DATA
from cdisc_conv.standards.publications.guide import read_guide
from cdisc_conv.standards.publications.instruments import INSTRUMENT, bind_instruments
from cdisc_conv.standards.publications.model import PublishedPackage
from cdisc_conv.standards.publications.package import format_package
from cdisc_conv.standards.publications.terminology import read_package, with_lists
from cdisc_conv.standards.store import Key
from cdisc_conv.standards.terminology import PARTIAL

EVERY = "all"


def build_terminology(source: Path, name: str = "", version: str = "", instruments: Collection[str] = ()) -> Path:
    """Write the data file of a terminology package; returns its path.

    Codelists of questionnaires, functional tests and clinical classifications are left out but for those of the
    categories in `instruments`: they are most of a package, and a study that needs them imports the package.
    """
    package, _ = read_package(source, name=name, version=version)
    path = DATA / Key("ct", package.key, package.version).file
    chosen = package if EVERY in instruments else _choose(package, instruments)
    path.write_bytes(format_package(chosen, *((PARTIAL,) if len(chosen.lists) < len(package.lists) else ())))
    return path


def _choose(package: PublishedPackage, instruments: Collection[str]) -> PublishedPackage:
    bindings = bind_instruments(package.lists)
    tests = {
        term.value
        for one in package.lists
        for term in one.terms
        if bindings.get(one.code, "").removeprefix("--TESTCD ") in instruments
    }

    def is_kept(code: str) -> bool:
        variable, _, of = bindings.get(code, "").partition(" ")
        return of in instruments if variable.startswith("--TEST") else bool(tests & set(of.split()))

    return with_lists(
        package, (one for one in package.lists if not INSTRUMENT.match(one.preferred_term) or is_kept(one.code))
    )


def build_guide(source: Path, name: str = "", version: str = "") -> Path:
    """Write the data file of an implementation guide or a model; returns its path."""
    guide = read_guide(source, name=name, version=version)
    path = DATA / guide.key.file
    path.write_bytes(guide.content)
    return path


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line of the tool; 0 when the file is written, 2 when the source cannot be used."""
    options = _read_arguments(arguments)
    try:
        if options.what == "terminology":
            path = build_terminology(options.source, options.name, options.version, options.instruments)
        else:
            path = build_guide(options.source, options.name, options.version)
    except (ProblemsError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(f"{path}\n")
    return 0


def _read_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m cdisc_conv.standards.build",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="what", required=True)
    helps = {"terminology": "a terminology package", "guide": "an implementation guide or a model"}
    parsers = {what: commands.add_parser(what, help=text, description=f"Build {text}.") for what, text in helps.items()}
    for command in parsers.values():
        command.add_argument("source", type=Path, help="the publication")
        command.add_argument("--name", default="", help="as in SDTM or SDTMIG, where the file does not say it")
        command.add_argument("--version", default="", help="as in 2025-03-28 or 3.4, where the file does not say it")
    parsers["terminology"].add_argument(
        "--instruments",
        nargs="*",
        default=(),
        metavar="CATEGORY",
        help=f"instruments whose codelists are kept, by category (ECOG), or {EVERY}",
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
