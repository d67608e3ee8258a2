"""Which EDC the files of a folder come from, with the reasons for a person to weigh."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cdisc_conv.problems import ProblemsError
from cdisc_conv.raw.dictionaries.files import find_files
from cdisc_conv.raw.dictionaries.registry import Source, rank


@dataclass(frozen=True, slots=True)
class Guess:
    """A system that files may come from: a score from 0 to 1, and why."""

    edc: str
    label: str
    score: float
    reasons: tuple[str, ...]
    describes: bool
    """Whether its dictionary is there, and not only data."""


def detect(folder: Path | str) -> tuple[Guess, ...]:
    """The systems that the files of a folder (or a file, or a zip) may come from, the most likely first.

    Nothing when no system is recognised, or the files cannot be read at all.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "export.csv").write_text("record_id,redcap_event_name,dob,demographics_complete\\n1,v1,,2\\n")
    >>> guess = detect(folder)[0]
    >>> guess.edc, guess.describes
    ('redcap', False)
    """
    path = Path(folder)
    try:
        ranked = rank(Source(find_files([(path, path.name)])))
    except ProblemsError:
        return ()
    return tuple(
        Guess(reader.name, reader.label, found.score, found.reasons, found.describes) for reader, found in ranked
    )
