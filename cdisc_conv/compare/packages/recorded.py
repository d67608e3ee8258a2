"""What a package of cdisc-conv records of how it was made: manifest and lineage, read back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from cdisc_conv.package.listing import read_manifest
from cdisc_conv.package.reading.recorded import check_manifest, read_lineage
from cdisc_conv.problems import Problem, ProblemsError
from cdisc_conv.tables import ColumnRef

RECORDS = "records of "
FORM = "form "
OF_QUALIFIERS = ("RDOMAIN", "IDVAR", "QNAM", "QLABEL", "QVAL", "QORIG", "QEVAL")
"""Variables of a supplemental dataset that come with the qualifiers themselves."""

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Recorded:
    """The manifest and the lineage of one package."""

    manifest: Mapping[str, Any]
    lineage: Mapping[str, Any]

    @property
    def incomplete(self) -> bool:
        """Whether an earlier cdisc-conv wrote it, which recorded neither mapping entries nor columns."""
        return "columns" not in self.manifest.get("raw", {})

    def entries(self, name: str) -> list[Entry]:
        """The mapping entries of a variable (``AE.AESTDY``) or the blocks behind ``records of AE``."""
        if name.startswith(RECORDS):
            return list(self.lineage["records"].get(name[len(RECORDS) :], ()))
        return list(self.lineage["variables"].get(name, {}).get("entries", ()))

    def find_roots(self, dataset: str, variable: str) -> list[str]:
        """What a variable of the package is mapped as: itself, or variables of the parent dataset.

        An empty variable stands for the records of the dataset.
        """
        known = self.lineage["datasets"].get(dataset, {})
        parent = self._domain_of(known.get("supplemental_to", ""))
        dataset = self._domain_of(dataset)
        if not parent:
            return [f"{dataset}.{variable}" if variable else f"{RECORDS}{dataset}"]
        if variable in ("", *OF_QUALIFIERS):
            return [f"{parent}.{name}" for name in known.get("qualifiers", ())]
        return [f"{parent}.{parent}SEQ" if variable == "IDVARVAL" else f"{parent}.{variable}"]

    def list_keys(self, dataset: str) -> list[str]:
        """The mapped variables of a dataset's natural key, by which its records are distinguished."""
        known = self.lineage["datasets"].get(dataset, {})
        keys = [] if known.get("supplemental_to") else known.get("keys", [])
        return [f"{self._domain_of(dataset)}.{key}" for key in keys]

    def _domain_of(self, dataset: str) -> str:
        """What the mapping calls a dataset: a part of a domain by the name of the domain."""
        return str(self.lineage["datasets"].get(dataset, {}).get("domain", "") or dataset)

    def list_reads(self, name: str) -> list[str]:
        """What a variable or a block of records reads itself: variables, fields, records, forms."""
        found: list[str] = []
        entries = self.entries(name)
        for entry in entries:
            found += entry.get("reads", ())
        if name.startswith(RECORDS):
            sources = (source for entry in entries for source in entry.get("sources", ()))
            found += (
                f"{RECORDS}{source.removeprefix('dataset ')}" if source.startswith("dataset ") else source
                for source in sources
                if source.startswith(("dataset ", FORM))
            )
        elif entries:
            found.append(f"{RECORDS}{name.partition('.')[0]}")
        for entry in entries:
            found += entry.get("matched_by", ())
        return list(dict.fromkeys(found))

    def rows(self, table: str) -> int | None:
        """How many rows a form (``ae``) or given dataset (``DS``) had; None when it was not read."""
        found = self._columns(table)
        return None if found is None else int(found["rows"])

    def fingerprint(self, column: str) -> str | None:
        """The SHA-256 of a raw column (``ae.AETERM``) or of a given one (``DS.DSTERM``); None when it was not read."""
        ref = ColumnRef(column)
        found = self._columns(ref.table)
        return None if found is None else found["sha256"].get(ref.column)

    def knows_column(self, name: str) -> bool:
        """Whether a name is a column that was read, rather than a variable that was made."""
        table = ColumnRef(name).table
        return self._columns(table) is not None or table in self.lineage["forms"]

    def versions(self) -> dict[str, str]:
        """Everything that shapes all of the package: standards, terminology, cdisc-conv, Python and packages."""
        manifest = self.manifest
        names = {"implementation_guide": "implementation guide", "define_xml": "Define-XML"}
        standards = {names.get(key, key): str(value) for key, value in manifest.get("standards", {}).items()}
        tool = manifest["tool"]
        raw = {f"{name} of the raw files": repr(value) for name, value in self.lineage.get("raw", {}).items()}
        return {**standards, tool["name"]: str(tool.get("version", "")), **manifest.get("versions", {}), **raw}

    def settings(self) -> dict[str, str]:
        """The fingerprint of each setting of the study."""
        return dict(self.manifest.get("settings", {}))

    def mapping_files(self) -> dict[str, str]:
        """The fingerprint of each mapping file."""
        return {entry["path"]: entry["sha256"] for entry in self.manifest.get("mapping", ())}

    def _columns(self, table: str) -> Mapping[str, Any] | None:
        for part in ("raw", "given"):
            found = self.manifest.get(part, {}).get("columns", {}).get(table)
            if found is not None:
                return dict(found)
        return None


def read_recorded(out: Path) -> Recorded:
    """Manifest and lineage of a package. Raises ProblemsError: WHY001 no package, WHY002 a damaged one."""
    manifest = read_manifest(out)
    if manifest is None:
        hint = "give the output folder of 'cdisc-conv run' or 'demo'"
        raise ProblemsError([Problem("WHY001", f"'{out}' holds no package of cdisc-conv", hint=hint)])
    check_manifest(manifest, out, "WHY002")
    return Recorded(manifest, read_lineage(out, "WHY002"))


def pair_entries(base: Iterable[Entry], other: Iterable[Entry]) -> list[tuple[Entry | None, Entry | None]]:
    """Entries of the same variable in two packages side by side: equal ones first, then those for the same records.

    What is left is paired in its order; None stands where one package has no more.

    >>> old = [{"entry": "{copy: A}", "records": "form ae"}, {"entry": "{copy: B}", "records": "form cm"}]
    >>> new = [{"entry": "{copy: C}", "records": "form cm"}, {"entry": "{copy: A}", "records": "form ae"}]
    >>> [(one["entry"], two["entry"]) for one, two in pair_entries(old, new)]
    [('{copy: A}', '{copy: A}'), ('{copy: B}', '{copy: C}')]
    """
    left, right = list(base), list(other)
    pairs: list[tuple[Entry | None, Entry | None]] = []
    for keys in (("entry", "records"), ("records",), ("entry",)):
        for mine in list(left):
            same = (one for one in right if all(one.get(key) == mine.get(key) for key in keys))
            theirs = next(same, None)
            if theirs is not None:
                pairs.append((mine, theirs))
                left.remove(mine)
                right.remove(theirs)
    return [*pairs, *zip_longest(left, right)]
