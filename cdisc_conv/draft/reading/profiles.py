"""What each column of an export holds, from its distinct values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from cdisc_conv.columns.dates.formats import DATE_FORMATS, DateFormat, read_format
from cdisc_conv.columns.dates.parse import parse_dates
from cdisc_conv.columns.texts import fold, text_column
from cdisc_conv.spec.model import Field, Form

MOST_VALUES = 60
"""Distinct values that a column of codes may have."""
MOST_PARSED = 2_000
_DATES = (
    "YYYY-MM-DD",
    "DD-MON-YYYY",
    "DDMONYYYY",
    "DD MON YYYY",
    "MM/DD/YYYY",
    "DD/MM/YYYY",
    "DD.MM.YYYY",
    "YYYY/MM/DD",
    "YYYY.MM.DD",
    "DD-MM-YYYY",
    "MM-DD-YYYY",
    "DD/MON/YYYY",
    "YYYYMMDD",
    "MON DD YYYY",
    "YYYY MON DD",
    "YYYY-MON-DD",
)
_SHORT = ("DD-MON-YY", "DDMONYY", "DD MON YY", "MM/DD/YY", "DD/MM/YY", "DD.MM.YY", "DD-MM-YY", "MM-DD-YY", "DD/MON/YY")
PIVOT = 1940
"""The first of the hundred years that years of two digits are taken for."""
_PARTIAL = ("YYYY-MM", "YYYYMM", "MON-YYYY", "MON YYYY", "MM/YYYY", "MM-YYYY", "MM.YYYY", "YYYY")
_NO_VALUES = ("NA", "N/A", "<NA>", "NaN", "nan", "NULL", "null", ".", "-", "#N/A")
_TIMES = ("HH:MM", "HH:MM:SS")
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d+)?|\.\d+)([eE][+-]?\d+)?")
_MIDNIGHT = re.compile(r"(?:\s+|T)00:00(?::00(?:\.0+)?)?$")
_MEASURED = re.compile(rf"(?:[<>]=?\s*)?{_NUMBER.pattern}")
_NAMED_DATE = re.compile(r"(?:DAT|DATE|DT|DTC)$", re.IGNORECASE)
_DAY_OR_MONTH = re.compile(r"^(DD|MM)([/.-])(MM|DD)(?=\2YYYY)")
_LATER_TIME = re.compile(r"(\s+|T)\d{1,2}:\d{2}")


@dataclass(frozen=True, slots=True)
class Profile:
    """A column: what the dictionary says of it, and what its values show."""

    form: str
    name: str
    label: str
    role: str
    rows: int
    filled: int
    distinct: int
    values: tuple[str, ...]
    """The most frequent values, the most frequent first."""
    kind: str
    """empty, date, datetime, time, integer, decimal or text: what the values are."""
    formats: tuple[str, ...] = ()
    """How dates are written, where the usual formats do not read them."""
    unsure: str = ""
    """Why the formats are not sure."""
    undated: tuple[str, ...] = ()
    """Values of a column of dates that no format reads."""
    codes: Mapping[str, str] = field(default_factory=dict)
    """Codes and their words, where somebody says so."""
    words: str = ""
    """The column beside it that holds the words of its codes."""
    unit: str = ""
    separator: str = ""
    identifying: bool = False
    longest: int = 0

    @property
    def coded(self) -> bool:
        """Whether it has few values that come again, or codes that are declared."""
        few = self.distinct <= 12 or (self.distinct <= MOST_VALUES and self.distinct * 3 <= self.filled)
        return bool(self.codes) or (self.kind in ("text", "integer") and self.distinct > 0 and few)

    @property
    def numeric(self) -> bool:
        """Whether every value is a number."""
        return self.kind in ("integer", "decimal")

    @property
    def doubt(self) -> str:
        """What there is to do about its dates; "" where nothing is."""
        count = len(self.undated)
        said = f"{count} of {self.distinct} values {'is' if count == 1 else 'are'} no date: {_quote(self.undated)}"
        return "; ".join(filter(None, (self.unsure, said if count else "")))

    def word_of(self, value: str) -> str:
        """What a value means in words: the decode of a code, else the value itself."""
        return self.codes.get(value) or value


def profile_form(form: Form, frame: pd.DataFrame) -> dict[str, Profile]:
    """The profiles of a form's columns, by name; columns that the file does not have are empty."""
    empty = pd.Series([""] * len(frame), dtype="str")
    return {name: _profile(form, field, frame.get(name, empty)) for name, field in form.fields.items()}


def _profile(form: Form, field: Field, series: pd.Series) -> Profile:
    counts = series.str.strip().value_counts()
    if "" in counts.index:
        counts = counts.drop("")
    if field.empty and field.empty in counts.index and len(counts) == 1:
        counts = counts.drop(field.empty)
    texts = [str(value) for value in counts.index]
    named = "date" if _NAMED_DATE.search(field.name) and not all(map(_NUMBER.fullmatch, texts)) else ""
    kind, formats, unsure = find_kind(texts, named or field.type)
    beside = next((name for name, other in form.fields.items() if other.decode_of == field.name), "")
    return Profile(
        form.name,
        field.name,
        field.label or "",
        field.role,
        len(series),
        int(counts.sum()),
        len(texts),
        tuple(texts[:MOST_VALUES]),
        kind,
        formats,
        unsure,
        _list_undated(texts, kind, formats),
        dict(field.values),
        beside,
        field.unit,
        field.separator,
        longest=max((len(text.encode()) for text in texts), default=0),
    )


def agree_on_dates(forms: Mapping[str, Mapping[str, Profile]]) -> dict[str, dict[str, Profile]]:
    """The profiles of all forms, their dates all with the day first or all with the month first, where some show it.

    Of a column whose dates may be either, such as 05/06/2023, the other columns of the export decide, if all of them
    that show it are the same. It stays unsure all the same.
    """
    either = {
        (form, name): swapped
        for form, profiles in forms.items()
        for name, profile in profiles.items()
        if (swapped := _swap_formats(profile.formats)) and profile.unsure and _read_as_well(profile, swapped)
    }
    shown: dict[bool, str] = {}
    for form, profiles in forms.items():
        for name, profile in profiles.items():
            if (form, name) not in either and profile.kind in ("date", "datetime") and _swap_formats(profile.formats):
                shown.setdefault(profile.formats[0].startswith("DD"), f"{form}.{name}")
    if len(shown) != 1:
        return {form: dict(profiles) for form, profiles in forms.items()}
    (day_first, where), *_ = shown.items()
    reason = f"taken with the {'day' if day_first else 'month'} first, as {where}"

    def settle(form: str, name: str, profile: Profile) -> Profile:
        if (form, name) not in either:
            return profile
        right = profile.formats[0].startswith("DD") == day_first
        formats = profile.formats if right else either[form, name]
        return replace(profile, formats=formats, unsure=f"{profile.unsure}; {reason}")

    return {
        form: {name: settle(form, name, profile) for name, profile in profiles.items()}
        for form, profiles in forms.items()
    }


def _swap_formats(formats: Sequence[str]) -> tuple[str, ...]:
    """The formats with the day where the month was; () for such as cannot be mistaken."""
    turned = tuple(_DAY_OR_MONTH.sub(lambda found: f"{found[3]}{found[2]}{found[1]}", text) for text in formats)
    return turned if turned and turned[0] != formats[0] else ()


def _read_as_well(profile: Profile, formats: Sequence[str]) -> bool:
    return _share(profile.values, formats) >= _share(profile.values, profile.formats)


def find_kind(texts: Sequence[str], declared: str = "") -> tuple[str, tuple[str, ...], str]:
    """What texts are, how their dates are written where that is unusual, and why that is not sure.

    >>> find_kind(["01/16/2014", "2013"]), find_kind(["02/03/2013"])[2]
    (('date', ('MM/DD/YYYY', 'YYYY'), ''), 'the values are dates both as MM/DD/YYYY and as DD/MM/YYYY')
    >>> find_kind(["2024-02-10T00:00:00", "2024-03-01T00:00:00"])
    ('date', ('YYYY-MM-DD 00:00:00',), '')
    >>> find_kind(["1.5", "2"])[0], find_kind(["2019-NK-NK"])[0], find_kind(["x"])[0]
    ('decimal', 'date', 'text')
    """
    if not texts:
        return ("date" if declared in ("date", "datetime") else "empty"), (), ""
    sample = list(texts[:MOST_PARSED])
    numbers = [_NUMBER.fullmatch(text) for text in sample]
    eight = all(re.fullmatch(r"(19|20)\d{6}", text) for text in sample)
    if all(numbers) and not (eight or (declared in ("date", "datetime"))):
        whole = all(re.fullmatch(r"[+-]?\d+", text) for text in sample)
        return ("integer" if whole else "decimal"), (), ""
    if _share(sample, _TIMES) > 0.95:
        return "time", (), ""
    return _find_dates(sample, declared)


def _find_dates(sample: list[str], declared: str) -> tuple[str, tuple[str, ...], str]:
    digits = sum(any(sign.isdigit() for sign in text) for text in sample)
    if digits < 0.5 * len(sample):
        return "text", (), ""
    midnights = [text for text in sample if _MIDNIGHT.search(text)]
    if midnights and not any(_LATER_TIME.search(text) for text in sample if not _MIDNIGHT.search(text)):
        kind, formats, unsure = _find_dates([_MIDNIGHT.sub("", text) for text in sample], declared)
        usual = formats or ("YYYY-MM-DD",)
        partial = () if formats else tuple(text for text in ("YYYY-MM", "YYYY") if _share(sample, (text,)))
        whole = (f"{usual[0]} 00:00:00", *(usual if len(midnights) < len(sample) else usual[1:]), *partial)
        return (kind, whole, unsure) if kind == "date" else ("text", (), "")
    timed = sum(bool(_LATER_TIME.search(text)) for text in sample) > 0.5 * len(sample)
    kind = "datetime" if timed else "date"
    if _share(sample, DATE_FORMATS) > 0.98:
        return kind, (), ""
    shares = {text: _share(sample, (text, f"{text} HH:MM")) for text in _DATES}
    if not any(shares.values()):
        shares = {text: _share(sample, (text, f"{text} HH:MM")) for text in _SHORT}
    best = max(shares, key=lambda text: shares[text])
    alike = [text for text in shares if shares[text] == shares[best]]
    more = [text for text in _PARTIAL if _share(sample, (best, f"{best} HH:MM", text)) > shares[best]]
    formats = (best, *((f"{best} HH:MM",) if timed else ()), *more)
    share = _share(sample, formats)
    if share < (0.6 if declared in ("date", "datetime") else 0.9) or shares[best] == 0:
        return "text", (), ""
    unsure = f"the values are dates both as {alike[0]} and as {alike[1]}" if len(alike) > 1 else ""
    if has_short_years(formats):
        unsure = "; ".join(filter(None, (unsure, f"years of two digits are taken for {PIVOT} to {PIVOT + 99}")))
    return kind, formats, unsure


def has_short_years(formats: Sequence[str]) -> bool:
    """Whether any of some formats has years of two digits.

    >>> has_short_years(["DD-MON-YY"]), has_short_years(["DD-MON-YYYY"])
    (True, False)
    """
    return any("YY" in text.replace("YYYY", "") for text in formats)


def read_written(text: str) -> DateFormat:
    """A format as drafts write it."""
    return read_format(text, PIVOT if has_short_years([text]) else None)


def describe_date(column: str, formats: Sequence[str]) -> Any:
    """How an entry names a column of dates: with its formats, where these are unusual.

    >>> describe_date("AESTDAT", ()), describe_date("AESTDAT", ["DD-MON-YY"])
    ('AESTDAT', {'date': 'AESTDAT', 'formats': ['DD-MON-YY'], 'pivot': 1940})
    """
    if not formats:
        return column
    return {"date": column, "formats": list(formats), **({"pivot": PIVOT} if has_short_years(formats) else {})}


def _list_undated(texts: Sequence[str], kind: str, formats: Sequence[str]) -> tuple[str, ...]:
    """The values of a column of dates that its formats, or the usual ones where it has none, do not read."""
    if kind not in ("date", "datetime") or not texts:
        return ()
    asked = texts[:MOST_PARSED]
    faults = parse_dates(text_column(asked), [read_written(text) for text in formats or DATE_FORMATS]).fault
    return tuple(text for text, fault in zip(asked, faults, strict=True) if fault and text not in _NO_VALUES)


def _quote(texts: Sequence[str]) -> str:
    shown = ", ".join(f"'{text}'" for text in texts[:3])
    return f"{shown} and {len(texts) - 3} more" if len(texts) > 3 else shown


def _share(texts: Sequence[str], formats: Sequence[str]) -> float:
    """The part of the texts that one of the formats reads."""
    asked = [read_written(text) for text in formats if _fits(text, texts)]
    if not asked or not texts:
        return 0.0
    return float(np.mean(parse_dates(text_column(texts), asked).fault == ""))


def _fits(written: str, texts: Sequence[str]) -> bool:
    """Whether any of some texts has the shape of a format; a format that none has is not worth reading with."""
    pattern = re.compile(read_written(written).pattern)
    return any(pattern.match(text) for text in texts)


def find_missing_texts(profiles: Iterable[Profile]) -> list[str]:
    """Texts that stand for no value on a form: those that are the only ones between numbers or dates.

    A text that is a code of any column is none of them.
    """
    profiles = list(profiles)
    codes = {code for profile in profiles for code in profile.codes}
    found = []
    for text in _NO_VALUES:
        if text in codes:
            continue
        holding = [profile for profile in profiles if text in profile.values]
        others = [[value for value in profile.values if value not in _NO_VALUES] for profile in holding]
        alone = [rest for rest in others if not rest]
        if (text == "NA" and len(alone) > 1) or any(
            rest and find_kind(rest)[0] in ("integer", "decimal", "date", "datetime") for rest in others
        ):
            found.append(text)
    return found


_NAMES_FORM = ("form", "formname", "formtitle", "datapagename", "pagename", "activityname", "crfname", "formlabel")


def find_label(form: Form, profiles: Mapping[str, Profile]) -> str:
    """What the rows of a form call it, where nothing else says more of it than its name; "" where they do not agree."""
    said = {fold(form.name), fold(form.name.replace("_", " ")), ""}
    if fold(form.label or "") not in said:
        return ""
    found = [
        profile.values[0]
        for name, profile in profiles.items()
        if (profile.role == "form" or fold(name) in _NAMES_FORM) and profile.distinct == 1
    ]
    best = max(found, key=len, default="")
    return best if len(best) > len(form.name) and fold(best) not in said else ""


def find_undeclared(profile: Profile) -> dict[str, str]:
    """The codes of a column with those that its values have beyond them, each for itself; {} where there are none."""
    beyond = [value for value in profile.values if profile.codes and value not in profile.codes]
    if not beyond or profile.separator or profile.distinct > MOST_VALUES:
        return {}
    return {**profile.codes, **{value: value for value in beyond}}


def find_words(frame: pd.DataFrame, code: str, words: str) -> dict[str, str]:
    """The words of each code, where two columns are filled together and each code always has the same words."""
    pairs = frame[[code, words]]
    pairs = pairs[(pairs[code] != "") | (pairs[words] != "")].drop_duplicates()
    codes, texts = pairs[code].tolist(), pairs[words].tolist()
    whole = all(codes) and all(texts)
    unique = len(set(codes)) == len(codes) and len(set(map(fold, texts))) == len(texts)
    differ = any(fold(one) != fold(other) for one, other in zip(codes, texts, strict=True))
    return dict(zip(codes, texts, strict=True)) if whole and unique and differ and 0 < len(codes) <= MOST_VALUES else {}


def is_measured(profile: Profile) -> bool:
    """Whether most values of a column are numbers, also such as ``<5``."""
    numbers = sum(bool(_MEASURED.fullmatch(value)) for value in profile.values)
    return profile.numeric or (bool(numbers) and numbers >= 0.5 * len(profile.values))


def is_number(text: str) -> bool:
    """Whether a text is a number.

    >>> is_number("1.5"), is_number(".9"), is_number("1,54"), is_number("<5")
    (True, True, True, False)
    """
    return _NUMBER.fullmatch(text) is not None
