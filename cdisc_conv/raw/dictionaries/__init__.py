"""The dictionaries of EDC systems: what the forms, columns, codes, units, events and visits of an export are.

One reader per system behind one registry (`registry`), each turning the files of its system into one kind of
`Dictionary` (`model`), with the file, sheet and line of every part. `detect` says which system the files of a folder
come from.

    files       the files of a dictionary: named, in a folder, in a zip
    sheets      tables in CSV, XLSX, XLS, Excel's XML of 2003, records in XML, JSON, found by their headers
    building    forms and columns put together, with what is wrong about them
    odm         the metadata of ODM-XML as a dictionary
    systems/    REDCap, Rave, Viedoc, Veeva, OpenClinica, LibreClinica, secuTrial, OpenEDC

| code | what is wrong | severity |
|---|---|---|
| DICT001 | a file is not there, cannot be opened, or is too large | error |
| DICT002 | a file cannot be taken apart | error |
| DICT003 | there is no dictionary of the system in the files | error |
| DICT004 | the system is unknown, or not recognised | error |
| DICT005 | a table of the dictionary lacks a column | warning |
| DICT006 | a form, column, event or definition is there twice | error |
| DICT007 | something is referred to and not there | warning |
| DICT008 | a code is there twice, with other words | warning |
| DICT009 | a type that the system does not have | warning |
| DICT010 | the fields of a form do not stand together (REDCap) | warning |
| DICT011 | the dictionary has columns that the export beside it does not | warning |
| DICT012 | options and values differ in number (OpenClinica) | warning |
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from cdisc_conv.raw.dictionaries.model import Column, Dictionary, Event, Form, Role

if TYPE_CHECKING:
    from cdisc_conv.raw.dictionaries.detection import Guess, detect
    from cdisc_conv.raw.dictionaries.registry import (
        DictionaryReader,
        load_dictionary_readers,
        read_dictionary,
        register,
    )

__all__ = [
    "Column",
    "Dictionary",
    "DictionaryReader",
    "Event",
    "Form",
    "Guess",
    "Role",
    "detect",
    "load_dictionary_readers",
    "read_dictionary",
    "register",
]

_HOMES = {
    "Guess": "detection",
    "detect": "detection",
    "DictionaryReader": "registry",
    "load_dictionary_readers": "registry",
    "read_dictionary": "registry",
    "register": "registry",
}
"""Loaded when they are first used: few studies have a dictionary, and its readers take time to import."""


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
