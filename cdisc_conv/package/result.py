"""What a run made and found, as far as it is printed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from cdisc_conv.problems import Problem


@dataclass(frozen=True, slots=True)
class Result:
    """The place of a package, its datasets, everything found, and the number of files."""

    folder: Path | str
    """Where the package is: a folder, or a URL."""
    datasets: tuple[tuple[str, int, int], ...]
    """Name, records and variables of each."""
    problems: tuple[Problem, ...]
    files: int

    def name_file(self, name: str) -> str:
        """A file of the package, by its path there."""
        return str(self.folder / name) if isinstance(self.folder, Path) else f"{self.folder.rstrip('/')}/{name}"

    def move(self, url: str) -> Result:
        """The same for a package that was copied to a URL."""
        from cdisc_conv.report.places import rename_folders

        return replace(self, folder=url, problems=tuple(rename_folders(self.problems, {str(self.folder): url})))
