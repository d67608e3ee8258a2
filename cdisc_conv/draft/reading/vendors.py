"""Tables of known EDCs that come without a dictionary: the columns that the system adds are known by their names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cdisc_conv.raw.dictionaries.model import Role
from cdisc_conv.raw.dictionaries.systems import secutrial
from cdisc_conv.raw.dictionaries.systems.rave import ROLES, SYSTEM_COLUMNS

COMPLETE = "_complete"
"""How the columns end with which REDCap closes the columns of an instrument."""
_REDCAP = ("redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance", "redcap_data_access_group")


@dataclass(frozen=True, slots=True)
class Vendor:
    """The columns of a system: `signs` are those that no other system has, of which `least` have to be there."""

    label: str
    signs: frozenset[str]
    least: int
    roles: Mapping[str, Role]
    """By name in small letters without anything but letters and digits."""


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())


_RAVE = {_plain(name): role for name, role in ROLES.items()} | {
    _plain(name): Role.SYSTEM for name in SYSTEM_COLUMNS if _plain(name) not in {_plain(one) for one in ROLES}
}
_SECUTRIAL = {name: role for name, (_, role) in secutrial.SYSTEM.items() if name.startswith("mnp")}
_CASTOR = {
    "participantid": Role.SUBJECT,
    "recordid": Role.SUBJECT,
    "participantstatus": Role.SYSTEM,
    "siteabbreviation": Role.SITE,
    "instituteabbreviation": Role.SITE,
    "randomizationid": Role.SYSTEM,
    "participantcreationdate": Role.SYSTEM,
    "recordcreationdate": Role.SYSTEM,
    "repeatingdataname": Role.REPEAT,
    "repeatingdatanamecustom": Role.SYSTEM,
    "repeatingdataid": Role.SYSTEM,
    "repeatingdatacreationdate": Role.SYSTEM,
    "repeatingdataparent": Role.SYSTEM,
    "reportname": Role.REPEAT,
    "reportnamecustom": Role.SYSTEM,
    "reportcreationdate": Role.SYSTEM,
    "reportparent": Role.SYSTEM,
    "surveyname": Role.REPEAT,
    "surveypackagename": Role.SYSTEM,
    "surveyparent": Role.SYSTEM,
    "surveycreationdate": Role.SYSTEM,
    "surveycompletedon": Role.SYSTEM,
    "surveypackageid": Role.SYSTEM,
    "surveyinstanceid": Role.SYSTEM,
}
_CASTOR_SIGNS = ("participantstatus", "siteabbreviation", "instituteabbreviation", "participantcreationdate")
VENDORS = (
    Vendor(
        "Medidata Rave",
        frozenset(("recordposition", "datapagename", "recordactive", "studysiteid", "instancerepeatnumber", "subject")),
        4,
        _RAVE,
    ),
    Vendor(
        "secuTrial", frozenset(("mnppid", "mnpaid", "mnpdocid", "mnpctrid", "mnpvisid", "mnplastedit")), 2, _SECUTRIAL
    ),
    Vendor(
        "Castor",
        frozenset((*_CASTOR_SIGNS, "repeatingdataname", "repeatingdatacreationdate", "repeatingdataparent")),
        2,
        _CASTOR,
    ),
)


def find_roles(header: Sequence[str]) -> dict[str, str]:
    """What the columns are for that a known system adds, in the words of forms.yaml; {} where none is recognised.

    >>> find_roles(["Subject", "subjectId", "recordposition", "DataPageName", "RecordActive", "AETERM"])["subjectId"]
    'system'
    >>> find_roles(["SUBJID", "AETERM"])
    {}
    """
    plain = {name: _plain(name) for name in header}
    for vendor in VENDORS:
        if len(vendor.signs & set(plain.values())) >= vendor.least:
            roles = {name: vendor.roles[small].value for name, small in plain.items() if small in vendor.roles}
            return {name: role for name, role in roles.items() if role}
    return {}


@dataclass(frozen=True, slots=True)
class Instrument:
    """The columns of one instrument of a REDCap export."""

    name: str
    header: tuple[str, ...]
    roles: Mapping[str, str]


def split_instruments(header: Sequence[str]) -> list[Instrument]:
    """The instruments that a REDCap export without its data dictionary has, each with the columns that are keys.

    REDCap closes the columns of each instrument with one that ends in ``_complete``; before the first one stand the
    identifier of the record and the columns of event and repeat. [] for any other table.

    >>> found = split_instruments(["record_id", "sex", "dm_complete", "sbp", "vitals_complete"])
    >>> [(one.name, one.header) for one in found]
    [('dm', ('record_id', 'sex', 'dm_complete')), ('vitals', ('record_id', 'sbp', 'vitals_complete'))]
    """
    closing = [name for name in header if name.endswith(COMPLETE)]
    if not closing or (not set(header) & set(_REDCAP) and len(closing) < 2) or header[-1] != closing[-1]:
        return []
    return list(_list_instruments(header))


def _list_instruments(header: Sequence[str]) -> Iterator[Instrument]:
    keys = [header[0], *(name for name in header[1:] if name in _REDCAP)]
    roles = dict(zip(_REDCAP, ("event", "form", "repeat", "site"), strict=True))
    known = {header[0]: "subject", **{name: roles[name] for name in keys[1:]}}
    current: list[str] = []
    for name in header[1:]:
        if name in _REDCAP:
            continue
        current.append(name)
        if name.endswith(COMPLETE):
            own = {**known, name: "system", **{one: "system" for one in current if one.endswith("_timestamp")}}
            yield Instrument(name.removesuffix(COMPLETE), (*keys, *current), own)
            current = []
