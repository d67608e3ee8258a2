"""Run again whenever a file of the mapping or the data is saved.

Files are looked at twice a second rather than waited for: exports and mappings often lie on network drives, whose
servers tell nobody of a change.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from cdisc_conv.package.kept.inputs import Request, describe_status, walk

LAYERS = "library"
"""The folder of layers beside that of a study."""
PAUSE = 0.5
"""Seconds between two looks."""


def watch_inputs(
    request: Request,
    run: Callable[[bool], int],
    say: Callable[[str], None],
    *,
    fresh: bool = False,
    pause: float = PAUSE,
) -> int:
    """Call `run` now, and again after each change of what it reads, until Ctrl-C. Returns its last result.

    The argument of `run` says whether to ignore what earlier runs kept (`fresh`, in the first run only); `run` reports
    its own errors. A file that is saved during a run counts as changed afterwards. Ctrl-C in the middle of a run ends
    it and is raised.
    """
    while True:
        seen = _look(request)
        code = run(fresh)
        fresh = False
        try:
            say("waiting for a change of the mapping or the data; Ctrl-C ends")
            _wait_for_change(request, seen, pause)
        except KeyboardInterrupt:
            say("no longer waiting")
            return code


def _wait_for_change(request: Request, seen: dict[str, str], pause: float) -> None:
    """Return when something changed and nothing did for a moment: editors and exports save in several steps."""
    while (now := _look(request)) == seen:
        time.sleep(pause)
    while True:
        time.sleep(pause)
        before, now = now, _look(request)
        if now == before:
            return


def _look(request: Request) -> dict[str, str]:
    """The files that a run may read, with their sizes and times."""
    folder = request.folder
    places = [folder, folder.parent / LAYERS, *filter(None, (request.raw, request.sdtm))]
    return {str(path): _describe(path) for place in places for path in walk(place)}


def _describe(path: Path) -> str:
    try:
        return describe_status(path.stat())
    except OSError:
        return "gone"
