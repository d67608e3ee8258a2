"""The functions that rules name under ``check:``, with their parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cdisc_conv.checks.model import Hits, Parameters, Reach, Scope
from cdisc_conv.docstrings import read_docstring

Run = Callable[[Scope], Iterable[Hits]]


@dataclass(frozen=True)
class CheckFunction:
    """A check by name: its parameters, what it does, and how far the answer for a record looks; see `Rule.reach`."""

    name: str
    parameters: type[Parameters]
    run: Run
    reach: Reach = "record"
    of_domain: bool = False
    """Whether records are compared with those of the other datasets that their domain was split into."""

    @property
    def doc(self) -> str:
        return read_docstring(self.run).strip()


CHECKS: dict[str, CheckFunction] = {}


def register_check(
    parameters: type[Parameters] = Parameters, *, reach: Reach = "record", of_domain: bool = False
) -> Callable[[Run], Run]:
    """Register a function ``check_NAME`` under NAME. ValueError when the name is taken.

    A function that is `of_domain` gets all records of a split domain, those of the dataset that it is asked of first.

    Functions whose parameters name the variables records are compared within (``per``, ``by``) reach as far as these:
    within a subject where USUBJID is among them.
    """

    def register(run: Run) -> Run:
        name = run.__name__.removeprefix("check_")
        if name in CHECKS:
            raise ValueError(f"there are two checks named {name}")
        CHECKS[name] = CheckFunction(name, parameters, run, reach, of_domain)
        return run

    return register


def load_checks() -> dict[str, CheckFunction]:
    """All check functions by name."""
    import cdisc_conv.checks.functions  # noqa: F401  (registers them)

    return CHECKS
