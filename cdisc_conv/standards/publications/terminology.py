"""Read a terminology package as it is published: NCI text, XLS, XLSX, CSV, ODM-XML, or the CDISC Library's JSON."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cdisc_conv.problems import Place, Problem, ProblemsError, Severity
from cdisc_conv.standards.publications.library import read_json
from cdisc_conv.standards.publications.model import NAMES, PublishedList, PublishedPackage, PublishedTerm
from cdisc_conv.standards.publications.odm import read_codelists
from cdisc_conv.standards.publications.package import check_package
from cdisc_conv.standards.publications.tables import Row, Table, find_table, read_bytes, read_tables, refuse
from cdisc_conv.standards.store import Key

WHAT = "a terminology package"
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "code": ("Code",),
    "codelist": ("Codelist Code",),
    "extensible": ("Codelist Extensible (Yes/No)", "Codelist Extensible"),
    "name": ("Codelist Name",),
    "value": ("CDISC Submission Value", "Submission Value"),
    "synonyms": ("?", "CDISC Synonym(s)", "CDISC Synonyms", "Synonyms"),
    "definition": ("?", "CDISC Definition", "Definition"),
    "preferred_term": ("?", "NCI Preferred Term", "Preferred Term"),
    "package": ("?", "Standard and Date"),
}
"""The columns of the NCI's tables; those whose names begin with "?" may be missing."""

_DATE = re.compile(r"(?<!\d)(\d{4}-\d\d-\d\d)(?!\d)")
_FILE = re.compile(r"([A-Za-z][A-Za-z_-]*?)[ _-]*(?:CT|Terminology)\b", re.IGNORECASE)
_CODELIST = re.compile(r"CDISC ([A-Za-z-]+) .*Terminology")


@dataclass(frozen=True)
class _Found:
    """The codelists of a file, and what it says of its name and its version (``SDTM CT 2024-09-27``)."""

    lists: tuple[PublishedList, ...]
    said: str


def read_package(
    path: Path, *, name: str = "", version: str = "", sheet: str = ""
) -> tuple[PublishedPackage, list[Problem]]:
    """Read a published terminology package, with warnings about what is missing from it.

    Args:
        path: the file; gzipped ones are unpacked.
        name: the package (``sdtm``), where neither the file nor its name says it.
        version: its date, where neither the file nor its name says it.
        sheet: the sheet of a workbook that holds several packages.

    Raises:
        ProblemsError: STD001 the file is no terminology package or is damaged; STD002 rows that no publication has;
            STD003 its name or version is not known, or another one than was given.
        OSError: the file cannot be read.
    """
    data = read_bytes(path)
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start == b"<" or data.startswith((b"\xff\xfe", b"\xfe\xff")):
        found = _Found(*read_codelists(path, data))
    elif start in (b"{", b"["):
        found = _read_library(path, data)
    else:
        found = _read_table(path, data, sheet)
    key, found_version = _identify(path, found, name, version)
    package = PublishedPackage(key, found_version, found.lists)
    if problems := check_package(package, str(path)):
        raise ProblemsError(problems)
    return package, _warn(path, package)


def _read_table(path: Path, data: bytes, sheet: str) -> _Found:
    table = find_table(path, read_tables(path, data), COLUMNS, WHAT, sheet)
    packages = list(dict.fromkeys(row["package"] for _, row in table.rows if row["package"]))
    if len(packages) > 1:
        message = f"the file holds {len(packages)} packages: {', '.join(packages)}"
        raise ProblemsError([table.problem("STD001", message, hint="import them one by one")])
    return _Found(_collect(table), packages[0] if packages else table.sheet)


def _collect(table: Table) -> tuple[PublishedList, ...]:
    """The codelists of a table: a row without a codelist code is a codelist, the others are its terms."""
    heads = [(line, row) for line, row in table.rows if not row["codelist"]]
    terms: dict[str, list[PublishedTerm]] = {row["code"]: [] for _, row in heads}
    strays: dict[str, int] = {}
    for line, row in table.rows:
        if row["codelist"] in terms:
            term = PublishedTerm(row["code"], row["value"], row["synonyms"], row["preferred_term"], line)
            terms[row["codelist"]].append(term)
        elif row["codelist"]:
            strays.setdefault(row["codelist"], line)
    if strays:
        hint = "the file may be cut short or filtered: download it again"
        raise ProblemsError(
            [table.problem("STD002", f"terms of codelist {code}, which the file does not have", line, hint)
             for code, line in list(strays.items())[:10]]
        )  # fmt: skip
    return tuple(_make_list(row, tuple(terms[row["code"]]), line) for line, row in heads)


def _make_list(row: Row, terms: tuple[PublishedTerm, ...], line: int) -> PublishedList:
    extensible = row["extensible"].capitalize()
    return PublishedList(
        row["code"], row["value"], row["name"], extensible, row["definition"], row["preferred_term"], terms, line
    )


def _read_library(path: Path, data: bytes) -> _Found:
    """A package as the CDISC Library's API gives it."""
    document = read_json(path, data)
    lists = document.get("codelists")
    if not isinstance(lists, list) or not all(isinstance(one, dict) for one in lists):
        raise refuse(path, "STD001", f"this is not {WHAT}: the JSON has no 'codelists'")
    codes = tuple(_make_library_list(one) for one in lists)
    said = " ".join(str(document.get(key, "")) for key in ("label", "name", "package", "version", "effectiveDate"))
    return _Found(codes, re.sub(r"\b([a-z-]+?)ct-(?=\d{4})", r"\1 CT ", said))


def _make_library_list(one: Mapping[str, Any]) -> PublishedList:
    return PublishedList(
        code=_text(one, "conceptId"),
        value=_text(one, "submissionValue"),
        name=_text(one, "name"),
        extensible={"true": "Yes", "false": "No"}.get(_text(one, "extensible").casefold(), ""),
        definition=_text(one, "definition"),
        preferred_term=_text(one, "preferredTerm"),
        terms=tuple(_make_library_term(term) for term in one.get("terms") or () if isinstance(term, dict)),
    )


def _make_library_term(one: Mapping[str, Any]) -> PublishedTerm:
    code, value = _text(one, "conceptId"), _text(one, "submissionValue")
    return PublishedTerm(code, value, _text(one, "synonyms"), _text(one, "preferredTerm"))


def _text(item: Mapping[str, Any], key: str) -> str:
    value = item.get(key)
    if isinstance(value, list):
        return "; ".join(str(part) for part in value)
    return "" if value is None else " ".join(str(value).split())


def _identify(path: Path, found: _Found, name: str, version: str) -> tuple[str, str]:
    """The key and the version of a package, from the file, from its name, or as given."""
    key = Key.of("ct", name.casefold().removesuffix("ct").rstrip(" -_"), "").name if name else ""
    inside, outside = _name_in(found.said), _name_in(path.name)
    told = inside or _name_of_lists(found.lists) or outside
    problems = []
    if key and inside and inside != key:
        problems.append(f"the file says that it is {NAMES.get(inside, inside)}, not {NAMES.get(key, key)}")
    dates = _DATE.findall(found.said) or _DATE.findall(path.name)
    date = dates[0] if dates else ""
    if version and _DATE.findall(found.said) and version != date:
        problems.append(f"the file says that its version is {date}, not {version}")
    if not key and not told:
        problems.append("neither the file nor its name says which package it is: give --name, such as --name SDTM")
    if not version and not date:
        problems.append("neither the file nor its name says its version: give --version, such as --version 2024-09-27")
    if problems:
        raise ProblemsError([Problem("STD003", message, place=Place(file=str(path))) for message in problems])
    return key or told, version or date


def _name_in(text: str) -> str:
    """The key of the package that a text names (``SDTM Terminology 2024-09-27.txt``), or ""."""
    found = _FILE.search(text.replace("_", " ").replace(".", " "))
    key = Key.of("ct", found[1], "").name if found else ""
    return key if key in NAMES else ""


def _name_of_lists(lists: Iterable[PublishedList]) -> str:
    """The key of the package that most codelists are of, by their preferred terms."""
    words = Counter(found[1] for one in lists if (found := _CODELIST.fullmatch(one.preferred_term)))
    keys = (Key.of("ct", word, "").name for word, _ in words.most_common())
    return next((key for key in keys if key in NAMES), "")


def _warn(path: Path, package: PublishedPackage) -> list[Problem]:
    return [Problem("STD007", message, Severity.WARNING, Place(file=str(path))) for message in _list_losses(package)]


def _list_losses(package: PublishedPackage) -> Iterator[str]:
    if not any(term.synonyms for codelist in package.lists for term in codelist.terms):
        yield "no term has synonyms, so collected texts are found by submission values and preferred terms only"


def with_lists(package: PublishedPackage, lists: Iterable[PublishedList]) -> PublishedPackage:
    """The package with some of its codelists only."""
    return replace(package, lists=tuple(lists))
