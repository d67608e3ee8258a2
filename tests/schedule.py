"""How pytest-xdist shares the tests out: by file, so that what a file makes for all of its tests is made once."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from xdist.scheduler import LoadScopeScheduling

TOGETHER = re.compile(r"^(?:from|import) (hope2021)\b", re.MULTILINE)
"""Modules that keep what they made for every file that imports them."""
SIMULATE = "tests/simulate/"
"""The tests here share what their conftest.py simulates."""


class ByFile(LoadScopeScheduling):
    """Each process takes one file after the other, in the order of the suite: short ones, doctests, are the last."""

    def __init__(self, config: Any, log: Any = None) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False
        self._folder = config.rootpath

    def _split_scope(self, nodeid: str) -> str:
        return name_group(self._folder, nodeid.partition("::")[0])


@cache
def name_group(folder: Path, file: str) -> str:
    """What one process has to run: a file, or the files that share something."""
    if file.startswith(SIMULATE):
        return SIMULATE
    shared = TOGETHER.search((folder / file).read_text(encoding="utf-8"))
    return shared[1] if shared else file
