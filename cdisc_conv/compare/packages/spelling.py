"""Text of two packages in different encodings, compared as the smaller of the two encodings holds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pyarrow as pa
from lxml import etree

from cdisc_conv.compare.packages.parts import AnyFile
from cdisc_conv.datafiles.encodings import read_spelling
from cdisc_conv.datafiles.table import TEXT, Kind, Table
from cdisc_conv.package.writing.transport import Alphabet
from cdisc_conv.problems import Problem, Severity
from cdisc_conv.xpt.encodings import ENCODINGS

_SIZES = ("ASCII", "CP932", "GB18030", "UTF-8")
"""The encodings, those with fewer characters first."""
Spelling = tuple[str, MappingProxyType]


def find_spelling(path: Path) -> Spelling | None:
    """The encoding of a dataset file of a package, and the map of characters that it does not have."""
    found = read_spelling(path)
    if found is None:
        return None
    name, said = found
    return ("UTF-8" if path.suffix.lower() != ".xpt" else name), MappingProxyType(dict(said))


def respell_definitions(paths: Sequence[Path]) -> list[Path | bytes]:
    """The define.xml of both sides with their text as the smaller encoding of the datasets has it; as they are, where
    the encodings are the same or not known, or a file cannot be read."""
    known = [found for path in paths if (found := read_spelling(path)) is not None]
    if len(known) < len(paths) or known[0][0] == known[1][0]:
        return list(paths)
    name, said = min(known, key=lambda one: _SIZES.index(one[0]))
    alphabet = Alphabet(MappingProxyType(dict(said)), ENCODINGS[name])
    return [_respell_definition(path, alphabet) for path in paths]


def _respell_definition(path: Path, alphabet: Alphabet) -> Path | bytes:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        tree = etree.parse(path, parser)
    except (OSError, etree.XMLSyntaxError):  # whoever reads it next says what is wrong
        return path
    for element in tree.iter(etree.Element):
        element.text = element.text and alphabet.fit_prose(element.text)
        for name, text in element.attrib.items():
            element.set(name, alphabet.fit_name(str(text)))
    return etree.tostring(tree, encoding="UTF-8", xml_declaration=True)


def respell_tables(tables: list[Table], files: tuple[AnyFile, AnyFile]) -> list[Table]:
    """Both tables with their text as the smaller encoding has it, without lengths of text; as they are, where the
    encodings are the same or not known."""
    spellings = [find_spelling(file.path) for file in files]
    known = [one for one in spellings if one is not None]
    if len(known) < len(files) or known[0][0] == known[1][0]:
        return tables
    name, said = min(known, key=lambda one: _SIZES.index(one[0]))
    alphabet = Alphabet(said, ENCODINGS[name])
    return [_respell(table, alphabet) for table in tables]


def note_encodings(base: Path, other: Path) -> list[Problem]:
    """CMP007 (note): two files are in different encodings, so that text can differ in its spelling alone."""
    first, second = find_spelling(base), find_spelling(other)
    if first is None or second is None or first[0] == second[0]:
        return []
    message = f"text is in {first[0]} on the one side and in {second[0]} on the other"
    return [Problem("CMP007", message, Severity.NOTE, hint="--transliterate compares it in one spelling")]


def _respell(table: Table, alphabet: Alphabet) -> Table:
    texts = [one.name for one in table.variables if one.kind is not Kind.NUMBER]
    columns = {name: _respell_column(table.columns[name], alphabet) for name in texts}
    variables = tuple(replace(one, length=None) if one.name in columns else one for one in table.variables)
    return replace(table, columns={**table.columns, **columns}, variables=variables)


def _respell_column(values: pa.LargeStringArray, alphabet: Alphabet) -> pa.LargeStringArray:
    coded = values.dictionary_encode()
    written = [None if text is None else alphabet.fit(text).written for text in coded.dictionary.to_pylist()]
    return pa.array(written, TEXT).take(coded.indices)
