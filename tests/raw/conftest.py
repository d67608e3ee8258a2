from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cdisc_conv.raw import FormSource, RawForm, read_form


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder of an export."""
    path = tmp_path / "raw"
    path.mkdir()
    return path


Read = Callable[..., tuple[RawForm | None, list[str]]]


@pytest.fixture
def read(folder: Path) -> Read:
    """Writes bytes as ae.csv and reads them as form ae; gives the form and the printed problems."""

    def run(content: bytes | str, usecols: set[str] | None = None, **settings: Any) -> tuple[RawForm | None, list[str]]:
        data = content if isinstance(content, bytes) else content.encode()
        (folder / "ae.csv").write_bytes(data)
        form, problems = read_form(FormSource("ae", "ae.csv", **settings), folder, usecols)
        return form, [str(problem) for problem in problems]

    return run
