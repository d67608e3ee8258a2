"""Which data files there are, and the error that says so."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from cdisc_conv.problems import did_you_mean

DATA = Path(__file__).parent / "data"


class UnknownStandardError(LookupError):
    """Something was asked for that the standards do not hold: a version, a dataset, a codelist."""

    def __str__(self) -> str:
        return str(self.args[0])


def name_file(kind: str, name: str, version: str) -> str:
    """File name of a data file: ``kind`` is ``ig``, ``ct``, ``model`` or ``keys``."""
    return f"{kind}-{name}-{version}.txt"


def find_file(kind: str, name: str, version: str) -> Path:
    """Path of a data file; an UnknownStandardError lists what there is."""
    if (name, version) not in list_versions(kind):
        label = {"ig": "standard", "ct": "terminology"}[kind]
        there = ", ".join(" ".join(pair) for pair in list_versions(kind)).replace("_", "-")
        raise UnknownStandardError(f"no {label} {name} {version} here; there is: {there}")
    return DATA / name_file(kind, name, version)


def list_versions(kind: str) -> list[tuple[str, str]]:
    """Name and version of every data file of a kind.

    >>> list_versions("ig")
    [('adamig', '1.3'), ('sdtmig', '3.4')]
    """
    stems = sorted(path.stem.removeprefix(f"{kind}-") for path in DATA.glob(f"{kind}-*.txt"))
    return [(name, version) for name, _, version in (stem.partition("-") for stem in stems)]


def require(what: str, name: str, known: Iterable[str], where: str) -> UnknownStandardError:
    """The error for a name that is not in ``where``, with the nearest known name."""
    hint = did_you_mean(name, known)
    return UnknownStandardError(f"{where} has no {what} {name}" + (f" ({hint})" if hint else ""))
