"""The standards and terminology a package is held against: from define.xml, else given, else guessed; always said.

Codes: CHK010 a version that is not here, CHK011 a version that was guessed, CHK012 a version given against another one
in define.xml.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cdisc_conv.define.reading.document import DefineDocument
from cdisc_conv.problems import Problem, ProblemsError, Severity
from cdisc_conv.standards import Standard, Terminology, list_versions, load_standard, load_terminology

SDTMIG, ADAMIG, SDTM_CT, ADAM_CT = "sdtmig", "adamig", "sdtm ct", "adam ct"
_SHOWN = {SDTMIG: "SDTMIG", ADAMIG: "ADaMIG", SDTM_CT: "SDTM CT", ADAM_CT: "ADaM CT"}
_OPTIONS = {SDTMIG: "--sdtmig", ADAMIG: "--adamig", SDTM_CT: "--ct", ADAM_CT: "--adam-ct"}
_SETS = {"SDTM": SDTM_CT, "ADAM": ADAM_CT}
_GUIDES = {SDTM_CT: SDTMIG, ADAM_CT: ADAMIG}
"""The guide of the datasets that a terminology is for."""


@dataclass(frozen=True)
class Wanted:
    """A version that somebody asked for, and who did: ``define.xml``, ``the command line``, ``TS``."""

    version: str
    by: str


@dataclass(frozen=True)
class Used:
    """A standard or a terminology package that the rules read."""

    name: str
    version: str
    asked: str
    """The version that was asked for; "" when nothing said one."""
    by: str
    """Who asked: ``define.xml``, ``the command line``, ``TS``, ``the study``; "" when it was guessed."""

    def __str__(self) -> str:
        if not self.by:
            return f"{self.name} {self.version} (guessed)"
        if self.asked != self.version:
            return f"{self.name} {self.version} (instead of {self.asked} of {self.by}, which is not here)"
        return f"{self.name} {self.version} (by {self.by})"

    @property
    def exact(self) -> bool:
        """Whether it is the version that was asked for."""
        return bool(self.by) and self.asked == self.version


@dataclass(frozen=True)
class Basis:
    """What one family of datasets is held against."""

    standard: Standard
    terminology: Terminology
    used: tuple[Used, ...]


class BasisChooser:
    """Chooses versions; `problems` are what is not here and what was guessed.

    The imports of a study, in the folder `study`, come first.
    """

    def __init__(self, given: Mapping[str, str], declared: Mapping[str, Wanted], study: Path | None = None) -> None:
        self._study = study
        self._given = {name: version for name, version in given.items() if version}
        self._declared = declared
        self.problems: list[Problem] = []
        self._refuse_unknown()

    def for_tabulations(self) -> Basis:
        """What SDTM datasets are held against."""
        guide, terms = self._choose(SDTMIG), self._choose(SDTM_CT)
        return self._load(SDTMIG, guide, load_terminology(SDTM_CT, terms.version, self._study), terms)

    def for_analysis(self) -> Basis:
        """What ADaM datasets are held against: their own terminology and, beside it, that of SDTM."""
        guide, terms = self._choose(ADAMIG), self._choose(ADAM_CT)
        beside = self._choose(SDTM_CT, quiet=True)
        terminology = load_terminology(ADAM_CT, terms.version, self._study)
        both = terminology.with_beside(load_terminology(SDTM_CT, beside.version, self._study))
        return self._load(ADAMIG, guide, both, terms)

    def _load(self, name: str, guide: Used, terminology: Terminology, terms: Used) -> Basis:
        return Basis(load_standard(name, guide.version, self._study), terminology, (guide, terms))

    def _refuse_unknown(self) -> None:
        """ProblemsError (CHK010) for a version that was given and is not here."""
        problems = [
            Problem(
                "CHK010",
                f"{_OPTIONS[name]} {version}: there is no {_SHOWN[name]} {version} here",
                hint=f"there is {', '.join(self._list_known(name))}; import it, or choose one of these",
            )
            for name, version in self._given.items()
            if version not in self._list_known(name)
        ]
        if problems:
            raise ProblemsError(problems)

    def _list_known(self, name: str) -> list[str]:
        kind, package = ("ct", name.removesuffix(" ct")) if name.endswith(" ct") else ("ig", name)
        return sorted(version for known, version in list_versions(kind, self._study) if known == package)

    def _choose(self, name: str, quiet: bool = False) -> Used:
        declared = self._declared.get(name)
        given = self._given.get(name, "")
        shown, found = _SHOWN[name], []
        if given:
            if declared and declared.version != given:
                message = f"{declared.by} names {shown} {declared.version}, but {given} was given and is used"
                found.append(Problem("CHK012", message, Severity.NOTE))
            used = Used(shown, given, given, "the command line")
        elif declared:
            version = find_nearest(declared.version, self._list_known(name))
            used = Used(shown, version, declared.version, declared.by)
            if version != declared.version:
                message = f"{declared.by} names {shown} {declared.version}, which is not here; {version} is used"
                hint = "import it to have the package held against its own version"
                found.append(Problem("CHK010", message, Severity.WARNING, hint=hint))
        else:
            used = Used(shown, self._list_known(name)[-1], "", "")
            message = f"nothing says which {shown} the package follows; {used.version} is used"
            hint = f"give it: {_OPTIONS[name]} VERSION"
            found.append(Problem("CHK011", message, Severity.NOTE, hint=hint))
        if not quiet:
            self.problems += found
        return used


def find_nearest(version: str, known: list[str]) -> str:
    """The known version that is the asked one, else the first after it, else the last before it.

    >>> find_nearest("3.3", ["3.2", "3.4"]), find_nearest("2026-01-01", ["2024-09-27", "2025-03-28"])
    ('3.4', '2025-03-28')
    """
    return next((one for one in known if one >= version), known[-1])


def read_declared(documents: Iterable[DefineDocument]) -> dict[str, Wanted]:
    """The versions that define.xml names; of several terminology packages the newest.

    Where several files name the same one, it is by the file of the datasets that it is for.
    """
    found: dict[str, Wanted] = {}
    for document in documents:
        named = list(_read_standards(document))
        guides = {key for key, _ in named}
        for key, version in named:
            before = found.get(key)
            own = _GUIDES.get(key, key) in guides
            if before is None or before.version < version or (before.version == version and own):
                found[key] = Wanted(version, document.name)
        if key := _name_guide(document.get(document.metadata, "def:StandardName").upper()):
            found.setdefault(key, Wanted(document.get(document.metadata, "def:StandardVersion"), document.name))
    return found


def _read_standards(document: DefineDocument) -> Iterator[tuple[str, str]]:
    """The standards of one define.xml that we know, with their versions."""
    for element in document.index("def:Standard").values():
        name, kind = document.get(element, "Name").upper(), document.get(element, "Type")
        published = document.get(element, "PublishingSet").upper()
        if key := _SETS.get(published, "") if kind == "CT" else _name_guide(name):
            yield key, document.get(element, "Version")


def _name_guide(name: str) -> str:
    plain = name.replace("-", "").replace(" ", "")
    return {"SDTMIG": SDTMIG, "ADAMIG": ADAMIG}.get(plain, "")


def read_summary(values: Mapping[str, Iterable[str]]) -> dict[str, Wanted]:
    """The versions that the trial summary names: parameters and their values; SDTMIG in SDTIGVER."""
    versions = [value for value in values.get("SDTIGVER", ()) if value]
    return {SDTMIG: Wanted(versions[0], "TS")} if versions else {}
