"""ODM-XML as a source of forms: a file is read once, and its forms are the tables."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from cdisc_conv.problems import Place, Problem, ProblemsError, Severity, Tally
from cdisc_conv.raw.odm.data import Faults, read_data
from cdisc_conv.raw.odm.definitions import Metadata
from cdisc_conv.raw.odm.layout import plan_layout
from cdisc_conv.raw.odm.metadata import read_metadata
from cdisc_conv.raw.odm.stream import is_odm
from cdisc_conv.raw.odm.tables import TableRows, Tabulator
from cdisc_conv.raw.registry import register
from cdisc_conv.raw.source import FormSource, Reporter
from cdisc_conv.raw.tables import Container, NumberRows, RawBatch, RawFile, RawTable, Reader

_SHOWN = 5


@register
class OdmReader(Reader):
    """CDISC ODM-XML 1.3.2 and 2.0."""

    name: ClassVar[str] = "odm"
    label: ClassVar[str] = "an ODM-XML file"
    suffixes: ClassVar[tuple[str, ...]] = (".xml", ".odm")

    def recognises(self, head: bytes, name: str) -> bool:
        return is_odm(head)

    def open(self, file: RawFile, reporter: Reporter) -> Container:
        return OdmContainer(file)


class OdmContainer(Container):
    """An ODM file with its metadata, which may stand in files beside it."""

    def __init__(self, file: RawFile) -> None:
        self._shown = file.shown
        metadata = _find_metadata(file)
        self._problems: list[Problem] = [found for found in metadata.problems if found.code.startswith("ODM")]
        self._problems += metadata.check_includes()
        faults = Faults()
        self._tabulator = Tabulator(metadata, plan_layout(metadata))
        with file.path.open("rb") as data:
            read_data(data, file.shown, metadata, self._tabulator.take, faults)
        self._tables = self._tabulator.finish()
        self._problems += _describe(faults, metadata, file.shown)
        self.tables = tuple(self._tables)

    def table(self, name: str, source: FormSource, reporter: Reporter) -> RawTable:
        problems, self._problems = self._problems, []  # what is wrong with the file is said once
        return OdmTable(self._tables[name], self._tabulator, reporter, problems)


class OdmTable(RawTable):
    """A form, or a repeating item group of one."""

    def __init__(self, rows: TableRows, tabulator: Tabulator, reporter: Reporter, problems: Sequence[Problem]) -> None:
        self._rows = rows
        self.header = tabulator.header(rows)
        items, lists = tabulator.metadata.items, tabulator.metadata.codelists
        known = {oid: items[oid] for oid in rows.layout.items if oid in items}
        self.labels: Mapping[str, str] = {oid: item.label for oid, item in known.items()}
        self.values: Mapping[str, Mapping[str, str]] = {
            oid: lists[item.codelist].values for oid, item in known.items() if item.codelist in lists
        }
        self.problems = [*problems, *_describe_table(rows, reporter)]

    def read(self, places: Sequence[int]) -> Iterator[RawBatch]:
        count = NumberRows()
        for batch in self._rows.read([self.header[place] for place in places]):
            yield RawBatch(batch, count.take(batch.num_rows))

    def find_lines(self, rows: Collection[int]) -> Mapping[int, int]:
        lines = self._rows.lines
        return {row: lines[row - 1] for row in rows if 0 < row <= len(lines)}


def _find_metadata(file: RawFile) -> Metadata:
    """What the file itself defines; then the study's dictionary, files that were named, or one beside it."""
    with file.path.open("rb") as data:
        metadata = read_metadata(data, file.shown, peek=False)
    for path in file.described:
        if (found := _read_other(path, path.name, named=False)) is not None:
            found.problems = []  # reading the dictionary has reported them
            metadata.add(found)
    others = [(path, path.name) for path in file.metadata]
    if not metadata.defined and not others:
        others = [(path, path.name) for path in sorted(file.path.parent.glob("*.xml")) if path != file.path]
    for path, shown in others:
        found = _read_other(path, f"{Path(file.shown).parent.as_posix()}/{shown}", named=bool(file.metadata))
        wanted = {metadata.wanted, *(study for _, (study, _), _ in metadata.includes)}
        if found is not None and (file.metadata or wanted & found.studies.keys()):
            metadata.add(found)
        if metadata.defined and not file.metadata:
            break
    return metadata


def _read_other(path: Path, shown: str, *, named: bool) -> Metadata | None:
    with path.open("rb") as file:
        if not named and not is_odm(file.read(4096)):
            return None
        file.seek(0)
        try:
            return read_metadata(file, shown, peek=False)
        except ProblemsError:
            if named:
                raise
            return None


def _describe(faults: Faults, metadata: Metadata, shown: str) -> Iterator[Problem]:
    for message, tally in list(faults.contradictions.items())[:_SHOWN]:
        place = Place(file=shown, line=tally.rows[0])
        yield Problem(
            "ODM007", message, Severity.WARNING, place, "ask the vendor which value counts", count=tally.count
        )
    if more := list(faults.contradictions.values())[_SHOWN:]:
        message = f"the transactions of {len(more):,} more items contradict each other in the same way"
        yield Problem("ODM007", message, Severity.WARNING, Place(file=shown, line=more[0].rows[0]), count=len(more))
    if faults.annotations.count:
        message = f"{faults.annotations.count:,} annotations of items (comments, flags) are not read"
        yield Problem("ODM009", message, Severity.NOTE, Place(file=shown, line=faults.annotations.rows[0]))
    if not metadata.defined:
        message = "there are no metadata for these data: every item group is a table, and nothing is known of its items"
        hint = "name the file that has them with 'metadata', or put it beside this one"
        yield Problem("ODM004", message, Severity.WARNING, Place(file=shown), hint)


def _describe_table(rows: TableRows, reporter: Reporter) -> Iterator[Problem]:
    """ODM008: what the data have and the metadata do not."""
    form = reporter.form
    if rows.extra:
        names = list(rows.extra)
        tally = sum(rows.extra.values(), Tally())
        shown = ", ".join(names[:_SHOWN]) + (" ..." if len(names) > _SHOWN else "")
        message = f"form '{form}' has items that the metadata do not have: {shown}"
        yield reporter.report("ODM008", message, severity=Severity.WARNING, line=tally.rows[0], count=len(names))
    if rows.repeated.count:
        message = f"form '{form}' repeats an item group that does not repeat by the metadata; each repeat is a row"
        line = rows.repeated.rows[0]
        yield reporter.report("ODM008", message, severity=Severity.WARNING, line=line, count=rows.repeated.count)
