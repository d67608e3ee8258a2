"""What is kept with the study of the files that describe it: the dictionary, and of files with data the headers alone.

So lint needs no data, and no value of a subject gets into the mapping.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path

from cdisc_conv.draft.reading.layouts import find_encoding
from cdisc_conv.raw.dictionaries.files import File, find_files
from cdisc_conv.raw.dictionaries.model import Dictionary
from cdisc_conv.raw.odm.stream import is_odm

FOLDER = "edc"
_SAID = frozenset(
    [
        "formid",
        "formname",
        "itemid",
        "itemname",
        "itemcode",
        "eventid",
        "eventname",
        "eventlabel",
        "activityid",
        "activityname",
        "redcapeventname",
    ]
)
"""Columns that say what there is, and nothing of a subject."""
_LEVELS = (b"ClinicalData", b"SubjectData", b"StudyEventData", b"FormData")
_DATA = re.compile(rb"<((?:\w+:)?(?:ClinicalData|ReferenceData|User))\b(?:[^>]*/>|.*?</\1\s*>)", re.DOTALL)


def keep_files(raw: Path, dictionary: Dictionary) -> dict[str, bytes]:
    """The files to keep, by their names in the folder of the dictionary, with their bytes."""
    described = {name.partition("/")[2] or name for name in dictionary.files}
    patterns = {form.file for form in dictionary.forms.values() if form.file}
    readings = {form.file: form.reading for form in dictionary.forms.values()}
    kept: dict[str, bytes] = {}
    for file in find_files([(raw, raw.name)]):
        pattern = next((one for one in patterns if one == file.name or fnmatchcase(file.name, one)), "")
        if pattern or file.name in described:
            kept[file.name] = _keep(file, bool(pattern), readings.get(pattern, {}))
    return kept


def _keep(file: File, data: bool, reading: Mapping[str, object]) -> bytes:
    head = file.open(4096)
    if is_odm(head):
        return strip_data(file.read())
    if not data or file.suffix not in (".csv", ".tsv", ".tab", ".txt", ".dat"):
        return file.read()
    content = file.read()
    encoding = file.encoding or find_encoding(content)
    header = reading.get("header") or ["names"]
    rows = len(header) if isinstance(header, list | tuple) else 1
    if content.startswith(b"\xef\xbb\xbf"):
        encoding = "utf-8-sig"
    text = content.decode(encoding, "replace")
    return keep_header(text, str(reading.get("delimiter") or ","), rows).encode(encoding, "replace")


def strip_data(odm: bytes) -> bytes:
    """The definitions of an ODM file; of its data only what attributes the vendor gives to subjects, events and forms.

    >>> strip_data(b'<ODM><Study/><ClinicalData><SubjectData Key="1" x:Name="A"></SubjectData></ClinicalData></ODM>')
    b'<ODM><Study/><ClinicalData><SubjectData Key="" x:Name=""/></ClinicalData></ODM>'
    """
    elements = [found for name in _LEVELS if (found := re.search(rb"<(?:\w+:)?%s\b[^>]*>" % name, odm))]
    starts = [re.sub(rb'=\s*("[^"]*"|\'[^\']*\')', b'=""', found[0]).rstrip(b"/> ") for found in elements]
    shown = b""
    for start in reversed(starts):
        name = re.match(rb"<([\w:]+)", start)
        shown = start + (b">" + shown + b"</" + (name[1] if name else b"") + b">" if shown else b"/>")
    stripped = _DATA.sub(b"", odm)
    place = stripped.rfind(b"</")
    return stripped[:place] + shown + stripped[place:] if starts[:1] and place >= 0 else stripped


def keep_header(text: str, delimiter: str = ",", header: int = 1) -> str:
    """The header of a table, and each form, item and event that its rows name once, without any other value.

    >>> keep_header("SubjectId,EventId,X\\n01,V1,5\\n02,V1,6\\n")
    'SubjectId,EventId,X\\n,V1,\\n'
    """
    rows = [row for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter) if row]
    named = [
        place
        for place in range(max((len(row) for row in rows[:header]), default=0))
        if any(re.sub(r"\W", "", row[place]).casefold() in _SAID for row in rows[:header] if place < len(row))
    ]
    found = dict.fromkeys(
        tuple(cell if place in named else "" for place, cell in enumerate(row)) for row in rows[header:]
    )
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerows([*rows[:header], *(row for row in found if any(row))])
    return out.getvalue()
