"""Read MedDRA and WHODrug as their maintainers distribute them: a folder, or a zip archive, of text files."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from cdisc_conv.problems import Place, Problem, ProblemsError
from cdisc_conv.standards.blocks import format_blocks
from cdisc_conv.standards.publications.tables import LARGEST, refuse
from cdisc_conv.standards.store import Key

MEDDRA, WHODRUG = "MedDRA", "WHODrug"
_FILES = {MEDDRA: ("llt.asc", "mdhier.asc"), WHODRUG: ("dd.txt", "dda.txt", "ina.txt")}
_RELEASES = ("meddra_release.asc", "version.txt")
_MONTHS = {month: f"{number:02}" for number, month in enumerate(
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)}  # fmt: skip

Read = Callable[[str], str]
Line = tuple[str, ...]


@dataclass(frozen=True)
class PublishedDictionary:
    """A dictionary in the form in which it is kept, and what it holds in words."""

    key: Key
    name: str
    holds: str
    content: bytes


def read_dictionary(path: Path, *, name: str = "", version: str = "") -> PublishedDictionary:
    """Read a dictionary.

    MedDRA: ``llt.asc`` and ``mdhier.asc``. WHODrug in B3 format: ``DD.txt``, ``DDA.txt`` and ``INA.txt``. The version
    is read from ``meddra_release.asc`` or ``version.txt``, where it is there.

    Args:
        path: the folder or zip archive; the files may lie further down.
        name: which dictionary it is, where the files of both are there.
        version: where no file says it.

    Raises:
        ProblemsError: STD001 the files are not there or damaged; STD002 lines that no release has; STD003 the version
            is not known, or another one than was given.
        OSError: a file cannot be read.
    """
    files = _list_files(path)
    there = [one for one, needed in _FILES.items() if set(needed) <= files.keys()]
    found = [one for one in there if name.casefold() in ("", one.casefold())]
    if len(found) > 1:
        message = "there are files of several dictionaries"
        raise refuse(path, "STD001", message, "give --name MedDRA or --name WHODrug")
    if not found:
        wanted = "; ".join(f"{one}: {', '.join(needed)}" for one, needed in _FILES.items())
        raise refuse(path, "STD001", "there is no dictionary here", f"the files of a dictionary are {wanted}")
    (kind,) = found
    release = _find_release(path, files, version)
    read = _Reader(path, files)
    blocks = _read_meddra(read) if kind == MEDDRA else _read_whodrug(read)
    if read.problems:
        raise ProblemsError(read.problems[:20])
    counts = {block: len(lines) for block, lines in blocks.items()}
    holds = ", ".join(f"{count:,} {words}" for words, count in zip(_WORDS[kind], counts.values(), strict=True) if words)
    content = format_blocks(kind, release, [((block,), lines) for block, lines in blocks.items()])
    return PublishedDictionary(Key.of("dict", kind, release), kind, holds, content)


_WORDS = {MEDDRA: ("lowest level terms", "preferred terms"), WHODRUG: ("drug names", "", "ATC codes")}


class _Reader:
    """The lines of the files, parted; what is wrong with them is collected."""

    def __init__(self, path: Path, files: Mapping[str, Callable[[], bytes]]) -> None:
        self._path, self._files = path, files
        self.problems: list[Problem] = []

    def lines(self, name: str, part: Callable[[str], Line | None]) -> Iterator[Line]:
        """The lines of a file, each parted by `part`; None from it is a line that no release has."""
        data = self._files[name]()
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", errors="replace")
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip():
                continue
            found = part(line)
            if found is None:
                place = Place(file=f"{self._path}/{name}", line=number)
                self.problems.append(
                    Problem("STD002", f"the line is not one of {name}; is the file cut short?", place=place)
                )
            else:
                yield tuple(cell.strip().replace("\t", " ") for cell in found)


def _part_by_dollars(least: int) -> Callable[[str], Line | None]:
    def part(line: str) -> Line | None:
        cells = tuple(line.split("$"))
        return cells if len(cells) >= least and cells[0].strip().isdigit() else None

    return part


def _read_meddra(read: _Reader) -> dict[str, list[Line]]:
    """LLT: name, code, code of its preferred term, whether current. PT: codes and names from PT to primary SOC."""
    llts = [(cells[1], cells[0], cells[2], cells[9] or "Y") for cells in read.lines("llt.asc", _part_by_dollars(10))]
    paths = [cells[:8] for cells in read.lines("mdhier.asc", _part_by_dollars(12)) if cells[11] == "Y"]
    pts = [(pt, pt_name, hlt, hlt_name, hlgt, hlgt_name, soc, soc_name)
           for pt, hlt, hlgt, soc, pt_name, hlt_name, hlgt_name, soc_name in paths]  # fmt: skip
    known = {pt[0] for pt in pts}
    lost = [llt for llt in llts if llt[2] not in known]
    if lost and not read.problems:
        message = f"{len(lost):,} lowest level terms have no preferred term in mdhier.asc, such as {lost[0][0]}"
        read.problems.append(Problem("STD002", message, hint="the files are of different releases, or cut short"))
    return {"LLT": sorted(llts), "PT": sorted(pts)}


def _part_drug(line: str) -> Line | None:
    """A drug name: record number, sequence numbers 1 and 2, and the name from column 31 on."""
    return (line[:6], line[6:8], line[8:11], line[30:]) if len(line) > 30 and line[:11].isdigit() else None


def _part_class(line: str) -> Line | None:
    return (line[:6], line[6:8], line[12:19]) if len(line) > 12 and line[:8].isdigit() else None


def _part_text(line: str) -> Line | None:
    return (line[:7], line[8:]) if len(line) > 8 and line[7].isdigit() else None


def _read_whodrug(read: _Reader) -> dict[str, list[Line]]:
    """DRUG: name, record number, sequence numbers 1 and 2. ATC: the first two, code. TEXT: code, text."""
    drugs = [(name, number, first, second) for number, first, second, name in read.lines("dd.txt", _part_drug)]
    classes = {cells for cells in read.lines("dda.txt", _part_class) if cells[2]}
    texts = list(read.lines("ina.txt", _part_text))
    return {"DRUG": sorted(drugs), "ATC": sorted(classes), "TEXT": sorted(texts)}


def _list_files(path: Path) -> dict[str, Callable[[], bytes]]:
    """The files of a folder or archive by their names in small letters, wherever they lie in it."""
    if path.is_dir():
        return {one.name.casefold(): one.read_bytes for one in sorted(path.rglob("*"), reverse=True) if one.is_file()}
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile:
        raise refuse(
            path, "STD001", "this is neither a folder nor a zip archive", "give the folder of the release"
        ) from None
    entries = [one for one in archive.infolist() if not one.is_dir()]
    if sum(one.file_size for one in entries) > LARGEST * 5:
        raise refuse(path, "STD001", "the archive is larger than any release")
    if any(one.flag_bits & 1 for one in entries):
        raise refuse(path, "STD001", "the archive is encrypted", "unpack it first, and give the folder")
    return {PurePosixPath(one.filename).name.casefold(): _opener(path, archive, one) for one in reversed(entries)}


def _opener(path: Path, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Callable[[], bytes]:
    def read() -> bytes:
        try:
            return archive.read(entry)
        except (zipfile.BadZipFile, EOFError, ValueError):
            raise refuse(path, "STD001", f"'{entry.filename}' in the archive is damaged", "download it again") from None

    return read


def _find_release(path: Path, files: Mapping[str, Callable[[], bytes]], version: str) -> str:
    text = next((files[name]().decode("cp1252", errors="replace") for name in _RELEASES if name in files), "")
    said = _read_release(text)
    if version and said and version != said:
        raise refuse(path, "STD003", f"the files say that their version is {said}, not {version}")
    if not version and not said:
        raise refuse(path, "STD003", "no file says the version", "give --version, such as --version 27.1")
    return version or said


def _read_release(text: str) -> str:
    """``27.1`` of ``27.1$English$$$``; ``2024-03`` of ``... March 1, 24`` and the like."""
    first = text.strip().splitlines()[0] if text.strip() else ""
    if found := re.match(r"\s*(\d+\.\d+)\$", first):
        return found[1]
    found = re.search(r"([A-Za-z]{3})[A-Za-z]*\W*(?:\d{1,2}\W+)?(\d{4}|\d{2})\s*$", first)
    if found and (month := _MONTHS.get(found[1].casefold())):
        return f"{found[2] if len(found[2]) == 4 else '20' + found[2]}-{month}"
    return ""
