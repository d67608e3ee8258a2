"""A run, unless an earlier one still holds, or what of it does not."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from cdisc_conv.keeping import open_room
from cdisc_conv.package.kept.inputs import PROGRAM, Request, hash_text
from cdisc_conv.package.kept.record import Before, Found, find_run, keep_run
from cdisc_conv.package.result import Result

if TYPE_CHECKING:
    from cdisc_conv.engine.derive.kept_parts import Keeping
    from cdisc_conv.package.writing.package import Package

RUNS, RANGES = "runs", "ranges"
_SHOWN = 3


def run_what_changed(
    request: Request,
    make: Callable[[Keeping | None], Package],
    say: Callable[[str], None],
    *,
    fresh: bool = False,
) -> Result:
    """The result of `make`, which does what is requested, or that of an earlier run when nothing has changed since.

    The argument of `make` says where parts of earlier runs are kept. `say` prints what was skipped, or what has
    changed. `fresh` ignores what earlier runs kept. Raises what `make` raises; the next call then makes the run again.
    """
    room = open_room(RUNS)
    if room is None:
        return make(None).result
    before = Before.look(request)
    found = Found() if fresh else find_run(room, request, before)
    if found.kept is not None:
        moment = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(found.kept.made))
        say(f"nothing changed since {moment}; the package in {request.out} is up to date (--fresh makes it again)")
        return found.kept.result
    if found.changes:
        say(f"changed since the last run: {_list_some(map(_name_change, found.changes))}")
    package = _make(request, before, make, say, fresh)
    keep_run(room, request, before, package)
    room.clean()
    return package.result


def run_for_copy(
    request: Request, make: Callable[[Keeping | None], Package], say: Callable[[str], None], *, fresh: bool = False
) -> Result:
    """The same for a package that is copied elsewhere, where nobody looks whether it is still there as it was."""
    return _make(request, Before.look(request), make, say, fresh).result


def _make(
    request: Request,
    before: Before,
    make: Callable[[Keeping | None], Package],
    say: Callable[[str], None],
    fresh: bool,
) -> Package:
    """What `make` makes with the parts that earlier runs kept; says which these are."""
    keeping = _open_ranges(request, before, fresh)
    package = make(keeping)
    if keeping is not None:
        from cdisc_conv.engine.reused import describe_steps

        for said in filter(None, (describe_steps(keeping.steps), package.reused.describe())):
            say(said)
    return package


def _open_ranges(request: Request, before: Before, fresh: bool) -> Keeping | None:
    from cdisc_conv.engine.derive.kept_parts import Keeping
    from cdisc_conv.steps import Steps

    room = open_room(RANGES)
    if room is None:
        return None
    room.clean()
    shared = sorted(item for item in before.inputs.items() if request.is_shared(item[0]))
    slot = hash_text(repr([str(request.folder.resolve()), request.datasets]))[:32]
    base = hash_text(repr(shared))
    return Keeping(room, base, slot, fresh, Steps(room, base, fresh))


def _name_change(name: str) -> str:
    return "cdisc-conv or what is installed with it" if name == PROGRAM else name


def _list_some(names: Iterable[str]) -> str:
    listed = list(names)
    return ", ".join(listed[:_SHOWN]) + (f" and {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else "")
