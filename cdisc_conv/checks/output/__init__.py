"""The result of a check as files: JSON, a page, a workbook, SARIF. A file is replaced only when it is complete."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from cdisc_conv.checks.package.result import CheckResult
from cdisc_conv.workplace import check_file_target, replace_file

Writer = Callable[[CheckResult, Path], None]


def write_reports(
    result: CheckResult, paths: Mapping[str, Path | None], progress: Callable[[str], None] = lambda step: None
) -> None:
    """Write the reports asked for: kind (``json``, ``html``, ``xlsx``, ``sarif``) -> file.

    Each is complete or not there. Raises OSError, and ProblemsError as `replace_file` does.
    """
    for kind, path in paths.items():
        if path is not None:
            progress(f"writing {path}")
            with replace_file(path) as new:
                _WRITERS[kind](result, new)


def check_targets(paths: Iterable[Path | None]) -> None:
    """Raise OSError when a report cannot be written, before the work and not after it."""
    for path in paths:
        if path is not None:
            check_file_target(path)


def _write_json(result: CheckResult, path: Path) -> None:
    from cdisc_conv.checks.output.plain import make_plain

    _dump(make_plain(result), path)


def _write_sarif(result: CheckResult, path: Path) -> None:
    from cdisc_conv.checks.output.sarif import make_sarif

    _dump(make_sarif(result), path)


def _dump(document: Any, path: Path) -> None:
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8", errors="backslashreplace", newline="\n")


def _write_html(result: CheckResult, path: Path) -> None:
    from cdisc_conv.checks.output.page import render_page

    path.write_text(render_page(result), encoding="utf-8", newline="\n")


def _write_xlsx(result: CheckResult, path: Path) -> None:
    from cdisc_conv.checks.output.workbook import write_workbook

    write_workbook(result, path)


_WRITERS: dict[str, Writer] = {
    "json": _write_json,
    "html": _write_html,
    "xlsx": _write_xlsx,
    "sarif": _write_sarif,
}
