"""A run, unless an earlier one still holds."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from cdisc_conv.keeping import open_room
from cdisc_conv.package.kept.inputs import PROGRAM, Request
from cdisc_conv.package.kept.record import Before, Found, find_run, keep_run
from cdisc_conv.package.result import Result

if TYPE_CHECKING:
    from cdisc_conv.package.writing.package import Package

ROOM = "runs"
_SHOWN = 3


def run_what_changed(
    request: Request, make: Callable[[], Package], say: Callable[[str], None], *, fresh: bool = False
) -> Result:
    """The result of `make`, which does what is requested, or that of an earlier run when nothing has changed since.

    `say` is told what was skipped, or what has changed. `fresh` ignores what earlier runs kept. Raises what `make`
    raises; then nothing is kept.
    """
    room = open_room(ROOM)
    if room is None:
        return make().result
    before = Before.look(request)
    found = Found() if fresh else find_run(room, request, before)
    if found.kept is not None:
        moment = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(found.kept.made))
        say(f"nothing changed since {moment}; the package in {request.out} is up to date (--fresh makes it again)")
        return found.kept.result
    if found.changes:
        say(f"changed since the last run: {_list_some(found.changes)}")
    package = make()
    keep_run(room, request, before, package)
    room.clean()
    return package.result


def _list_some(changes: Sequence[str]) -> str:
    names = ["cdisc-conv or what is installed with it" if name == PROGRAM else name for name in changes]
    return ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
