"""Maintainers' tool: makes the data files of this package from the published tables.

    python -m cdisc_conv.standards.build terminology SOURCE --name "SDTM CT" --version 2025-03-28
    python -m cdisc_conv.standards.build guide VARIABLES.csv --name SDTMIG --version 3.4
    python -m cdisc_conv.standards.build model MODEL.csv --name SDTM --version 2.0 --guide VARIABLES.csv

`docs/standards.md` describes the tables.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import re
import sys
from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from cdisc_conv.standards.blocks import write_blocks
from cdisc_conv.standards.files import DATA, name_file

Row = dict[str, str]

NCI_COLUMNS = {
    "Code": "code",
    "Codelist Code": "codelist",
    "Codelist Extensible (Yes/No)": "extensible",
    "Codelist Name": "codelist_name",
    "CDISC Submission Value": "value",
    "CDISC Synonym(s)": "synonyms",
    "NCI Preferred Term": "preferred_term",
}
GUIDE_COLUMNS = (
    "dataset",
    "dataset_label",
    "class",
    "structure",
    "variable",
    "label",
    "type",
    "role",
    "core",
    "codelist",
    "values",
)
MODEL_COLUMNS = ("part", "variable", "label", "type", "role", "described", "only", "never")

CLASS_ORDER = (
    "TRIAL DESIGN",
    "SPECIAL PURPOSE",
    "INTERVENTIONS",
    "EVENTS",
    "FINDINGS",
    "FINDINGS ABOUT",
    "RELATIONSHIP",
    "STUDY REFERENCE",
)
"""The order of datasets in define.xml; classes of ADaM keep the order of the table."""

_INSTRUMENT = re.compile(r"CDISC (?!SDTM).*\b(Questionnaire|Functional Test|Clinical Classification)\b(?! Category)")
_C_CODE = re.compile(r"C\d+")
_CODE_NAME = re.compile(r" (Short Name|Code)$")
_PARTNERS = {"Code": (" Name", ""), "Short Name": (" Long Name",)}
"""What the name of a list of short names ends in, and what the list of long names has in its place."""


class SourceError(Exception):
    """The published table is not what it should be."""


def build_terminology(source: Path, name: str, version: str, instruments: bool = False) -> Path:
    """Write the data file of a terminology package from the NCI EVS text file; returns its path.

    Codelists of questionnaires, functional tests and clinical classifications are left out unless ``instruments``:
    they are most of the file and belong to the instruments a study uses.
    """
    rows = _read_table(source, tuple(NCI_COLUMNS), "\t")
    rows = [{short: row[column].strip() for column, short in NCI_COLUMNS.items()} for row in rows]
    heads = [row for row in rows if not row["codelist"]]
    if not instruments:
        heads = [row for row in heads if not _INSTRUMENT.match(row["preferred_term"])]
    terms: dict[str, list[Row]] = {row["code"]: [] for row in heads}
    for row in rows:
        if row["codelist"] in terms:
            terms[row["codelist"]].append(row)
    decodes = _pair_decodes(heads, terms)
    blocks = [
        (
            (head["code"], head["value"], head["codelist_name"], head["extensible"]),
            [
                (
                    term["code"],
                    term["value"],
                    decodes.get((head["code"], term["code"]), ""),
                    term["preferred_term"],
                    term["synonyms"],
                )
                for term in terms[head["code"]]
            ],
        )
        for head in heads
    ]
    key = name.casefold().removesuffix(" ct").replace("-", "_").replace(" ", "_")
    return _write("ct", key, name, version, blocks)


def build_guide(source: Path, name: str, version: str) -> Path:
    """Write the data file of an implementation guide from a table of its variables; returns its path."""
    rows = _read_table(source, GUIDE_COLUMNS, ",")
    by_dataset = [list(group) for _, group in groupby(rows, itemgetter("dataset"))]
    by_dataset.sort(key=lambda group: _place(group[0]))
    blocks = [
        (
            (first["dataset"], first["dataset_label"], first["class"], first["structure"]),
            [_variable_line(row, *_split_codelist(row["codelist"]), row["values"]) for row in group],
        )
        for group in by_dataset
        for first in group[:1]
    ]
    return _write("ig", name.casefold(), name, version, blocks)


def build_model(source: Path, guide: Path, name: str, version: str) -> Path:
    """Write the data file of the general model; returns its path.

    A model variable gets the codelists of the guide's variables that it stands for, when these all have the same.
    """
    rows = _read_table(source, MODEL_COLUMNS, ",")
    used: dict[tuple[str, str], set[str]] = {}
    for row in _read_table(guide, GUIDE_COLUMNS, ","):
        generic = "--" + row["variable"][2:] if row["variable"].startswith(row["dataset"]) else row["variable"]
        for part in (row["class"], ""):
            used.setdefault((part, generic), set()).add(_split_codelist(row["codelist"])[0])
    blocks = []
    for part, group in groupby(rows, itemgetter("part")):
        lines = []
        for row in group:
            general = part in ("IDENTIFIERS", "TIMING")
            codelists = used.get(("" if general else part, row["variable"]), set())
            agreed = next(iter(codelists)) if len(codelists) == 1 else ""
            lines.append(
                (*_variable_line({**row, "core": "Perm"}, agreed, row["described"], ""), row["only"], row["never"])
            )
        blocks.append(((part,), lines))
    return _write("model", name.casefold(), name, version, blocks)


def _pair_decodes(heads: Sequence[Row], terms: dict[str, list[Row]]) -> dict[tuple[str, str], str]:
    """The long name of each term of a list of short names: the term of the same C-code in the list named likewise."""
    by_name = {head["codelist_name"]: head["code"] for head in heads}
    decodes = {}
    for head in heads:
        found = _CODE_NAME.search(head["codelist_name"])
        if not found:
            continue
        base = head["codelist_name"][: found.start()]
        partner = next((by_name[f"{base}{end}"] for end in _PARTNERS[found[1]] if f"{base}{end}" in by_name), "")
        names = {term["code"]: term["value"] for term in terms.get(partner, ())}
        decodes.update({(head["code"], term["code"]): names.get(term["code"], "") for term in terms[head["code"]]})
    return decodes


def _variable_line(row: Row, codelists: str, described: str, values: str) -> tuple[str, ...]:
    label = row["label"].strip()
    return (row["variable"], label, row["type"], row["role"], row["core"], codelists, described, values)


def _split_codelist(text: str) -> tuple[str, str]:
    """C-codes parted by blanks, and whatever else the column says."""
    if not _C_CODE.match(text):
        return "", text
    return " ".join(part.strip() for part in text.split(";")), ""


def _place(row: Row) -> tuple[int, str]:
    return (CLASS_ORDER.index(row["class"]), row["dataset"]) if row["class"] in CLASS_ORDER else (0, "")


def _read_table(source: Path, columns: tuple[str, ...], delimiter: str) -> list[Row]:
    data = gzip.decompress(source.read_bytes()) if source.suffix == ".gz" else source.read_bytes()
    lines = io.StringIO(data.decode("utf-8-sig"), newline="")
    if delimiter == "\t":
        reader = csv.DictReader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)
    else:
        reader = csv.DictReader(lines, delimiter=delimiter)
    missing = [column for column in columns if column not in (reader.fieldnames or ())]
    if missing:
        raise SourceError(f"{source} has no column {', '.join(missing)}; the first line must name the columns")
    return list(reader)


def _write(
    kind: str, key: str, name: str, version: str, blocks: Sequence[tuple[Iterable[str], Sequence[Iterable[str]]]]
) -> Path:
    path = DATA / name_file(kind, key, version)
    write_blocks(path, name, version, blocks)
    return path


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line of the tool; 0 when the file is written, 2 when the source cannot be used."""
    options = _read_arguments(arguments)
    try:
        if options.what == "terminology":
            path = build_terminology(options.source, options.name, options.version, options.instruments)
        elif options.what == "guide":
            path = build_guide(options.source, options.name, options.version)
        else:
            path = build_model(options.source, options.guide, options.name, options.version)
    except (SourceError, OSError, UnicodeDecodeError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(f"{path}\n")
    return 0


def _read_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m cdisc_conv.standards.build",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="what", required=True)
    helps = {
        "terminology": "a terminology package, from the text file that NCI EVS publishes (.txt, or .txt.gz)",
        "guide": "an implementation guide, from a CSV table of its variables",
        "model": "the general model, from a CSV table of its variables",
    }
    parsers = {what: commands.add_parser(what, help=text, description=f"Build {text}.") for what, text in helps.items()}
    for command in parsers.values():
        command.add_argument("source", type=Path, help="the published table")
        command.add_argument("--name", required=True, help='as in "SDTM CT" or SDTMIG')
        command.add_argument("--version", required=True, help="as in 2025-03-28 or 3.4")
    parsers["terminology"].add_argument(
        "--instruments",
        action="store_true",
        help="keep the codelists of questionnaires, functional tests and clinical classifications",
    )
    parsers["model"].add_argument(
        "--guide", type=Path, required=True, help="the variables of the guide that builds on it"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
