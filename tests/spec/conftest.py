"""What the lint tests share: the tiny study, broken in one place, and what lint says of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from studies import edit, write_files, write_tiny_study

from cdisc_conv.spec.lint.study import lint_study

AE = "sdtm/ae.yaml"
DM = "sdtm/dm.yaml"
Lint = Callable[..., list[str]]


@pytest.fixture
def lint(tmp_path: Path) -> Lint:
    """Lints the tiny study after some edits (file, old text, new text) and with some files added or replaced.

    Messages name files from the study folder's own name on, as they do for a relative path.
    """

    def run(*edits: tuple[str, str, str], files: dict[str, str] | None = None) -> list[str]:
        folder = write_tiny_study(tmp_path)
        for name, old, new in edits:
            edit(folder / name, old, new)
        write_files(folder, files or {})
        _, problems = lint_study(folder)
        return [str(problem).replace(f"{tmp_path.as_posix()}/", "") for problem in problems]

    return run
