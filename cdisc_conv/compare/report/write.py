"""Writing a comparison to files: JSON, a page, a workbook. A file is replaced only when it is complete."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from cdisc_conv.compare.packages.run import PackageComparison
from cdisc_conv.compare.report.plain import make_plain
from cdisc_conv.workplace import check_file_target, replace_file


def write_reports(
    found: PackageComparison, paths: Mapping[str, Path | None], progress: Callable[[str], None] = lambda step: None
) -> None:
    """Write the reports asked for: ending of the kind (``.html``, ``.json``, ``.xlsx``) -> file.

    Each is complete or not there. Raises OSError, and ProblemsError as `replace_file` does.
    """
    wanted = {kind: path for kind, path in paths.items() if path is not None}
    plain = make_plain(found) if wanted else {}
    for kind, path in wanted.items():
        progress(f"writing {path}")
        with replace_file(path) as new:
            _WRITERS[kind](plain, new)


def check_targets(paths: Iterable[Path | None]) -> None:
    """Raise OSError when a report cannot be written, before the work and not after it."""
    for path in paths:
        if path is not None:
            check_file_target(path)


def _write_json(plain: dict[str, Any], path: Path) -> None:
    text = json.dumps(plain, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    path.write_text(text + "\n", encoding="utf-8", errors="backslashreplace", newline="\n")


def _write_html(plain: dict[str, Any], path: Path) -> None:
    from cdisc_conv.compare.report.page import render_page

    path.write_text(render_page(plain), encoding="utf-8", newline="\n")


def _write_xlsx(plain: dict[str, Any], path: Path) -> None:
    from cdisc_conv.compare.report.workbook import write_workbook

    write_workbook(plain, path)


_WRITERS: dict[str, Callable[[dict[str, Any], Path], None]] = {
    ".json": _write_json,
    ".html": _write_html,
    ".xlsx": _write_xlsx,
}
