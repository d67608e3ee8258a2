"""One finding for one cause: of a rule and an earlier stage that both found it, the one that says more reports it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from cdisc_conv.columns.stored import Frame
from cdisc_conv.derivations.base import SUBJECT
from cdisc_conv.problems import Problem, Severity
from cdisc_conv.spec.copies import list_copies
from cdisc_conv.spec.model import Study

SAME = {
    **dict.fromkeys(
        ("CT001", "CT002", "CT003", "CT004", "AE007", "AE009", "DM009"), frozenset({"TERM001", "LINT212", "DRV002"})
    ),
    "VAR003": frozenset({"LINT203"}),
    "VAR013": frozenset({"PKG010"}),
    "ADVAR010": frozenset({"PKG010"}),
}
"""Rules that find again what lint, making or writing the dataset reported, with the line, the raw rows or the file."""

CAUSES = {
    "FND008": frozenset({"UNIT001", "UNIT002"}),
    "ID003": frozenset({"JOIN001", "KEY001"}),
    "ADSL002": frozenset({"JOIN001", "KEY001"}),
    "ID008": frozenset({"KEY001"}),
}
"""Rules that find the records of a dataset for which an earlier stage reported the cause."""

ASK_BLANK = frozenset(
    {
        *("VAR002", "DAT012", "DM008", "DM017", "AE008", "EX002", "EX004", "FND004", "VIS004", "VIS005"),
        *("AE013", "EVT003", "EVT004", "EVT013", "DS005", "SV002", "FND037", "DM032"),
        *("ADVAR002", "ADSL013", "ADSL014", "ADSL015", "ADSL017", "ADBDS007", "ADBDS027", "ADTTE004"),
    }
)
"""Rules that ask why a variable is blank."""

LEFT_BLANK = frozenset(
    {
        *(
            "AGE001",
            "BASE001",
            "CATG001",
            "CATG002",
            "DATE001",
            "DATE004",
            "DUR001",
            "EPOCH001",
            "LOOK001",
            "MAP001",
            "NUM001",
        ),
        *("SUBJ001", "UNIT001", "UNIT002", "VISIT001", "VISIT002"),
    }
)
"""Findings of derivations that say why their variable was left blank."""

CAUSED = {"DATE004": "DAT001", "DATE005": "DAT016"}
"""Findings about what was made of a wrong value of a variable, and the rule that finds the value itself."""

CODED = frozenset({"CT001", "CT002", "CT003", "CT004"})
"""Rules about values outside their codelist, which a copy of a variable has too."""

ONE_PER_SUBJECT = frozenset({"DM", "ADSL"})


@dataclass(frozen=True)
class Ties:
    """What ties findings of datasets to those of raw forms and to each other."""

    home: str = ""
    """The raw form that lists every subject."""
    strangers: frozenset[str] = frozenset()
    """The subjects of raw forms that are not there."""
    copies: Mapping[str, str] = field(default_factory=dict)
    """Variables that are taken over as they are, and where from: ADAE.AESEV -> AE.AESEV."""
    domains: Mapping[str, str] = field(default_factory=dict)
    """The datasets of domains that are split: LBCH -> LB. Earlier stages know the domain alone."""

    def domain_of(self, problem: Problem) -> str:
        """What earlier stages call the dataset of a finding."""
        return self.domains.get(problem.place.dataset, problem.place.dataset)


def find_ties(study: Study, forms: Mapping[str, Frame]) -> Ties:
    """The ties in a run over some raw forms."""
    column, home = study.raw.subject, forms.get(study.raw.home)
    subjects = {name: set(frame[column].unique()) for name, frame in forms.items() if column in frame}
    known = subjects.get(study.raw.home, set())
    strangers = set().union(*subjects.values()) - known if home is not None and known else set()
    domains = {part.name: name for name, spec in study.datasets.items() for part in spec.outputs}
    return Ties(study.raw.home, frozenset(name for name in strangers if name.strip()), list_copies(study), domains)


def drop_caused(told: Sequence[Problem], checked: Sequence[Problem], ties: Ties = Ties()) -> list[Problem]:
    """The findings of earlier stages without those about a value that a rule finds where it is (`CAUSED`).

    Nor are the keys of subjects with several records reported beside what that means for other datasets (JOIN001), nor
    rows without a subject (RAW017) beside the dataset that cannot make USUBJID of the same rows, nor that dataset
    (SUBJ001) beside ids of a source that no subject has (RAW041), nor durations that end before they start (DUR001)
    beside the rule about the dates (ADDAT001). Of the rows of the form that lists the subjects, repeated keys (RAW014)
    are why a subject has several records (JOIN001), and in other forms a subject that is not there (RAW016) is why DM
    lacks him (ID002): these causes stay, as errors.
    """
    told = _raise_causes(told, checked, ties)
    ends = Counter[str]()
    for each in checked:
        if each.code == "ADDAT001":
            ends[f"{each.place.dataset}.{each.place.variable}"] += each.count
    lasting = Counter[str]()
    for each in told:
        if each.code == "DUR001":
            lasting[each.cause] += each.count
    known = {(each.code, f"{ties.domain_of(each)}.{each.place.variable}", each.value) for each in checked}
    blank = {(each.place.form, each.place.field, each.place.rows) for each in told if each.code == "SUBJ001"}
    repeated = {each.place.dataset for each in told if each.code == "JOIN001"} & ONE_PER_SUBJECT
    nobody = _count_nobody(told)
    return [
        each
        for each in told
        if (CAUSED.get(each.code), each.cause, each.value) not in known
        and not (each.code == "KEY001" and each.place.dataset in repeated)
        and not (each.code == "RAW017" and (each.place.form, each.place.field, each.place.rows) in blank)
        and not (each.code == "SUBJ001" and each.count <= nobody[each.place.form])
        and not (each.code == "DUR001" and lasting[each.cause] <= ends[each.cause])
        and not _is_of_repeated_rows(each, told, ties)
    ]


def _count_nobody(told: Iterable[Problem]) -> Counter[str]:
    """By form with ids that no subject has, its rows of which that was reported."""
    keyed = {each.place.form for each in told if each.code == "RAW041"}
    counts = Counter[str]()
    for each in told:
        if each.code in ("RAW017", "RAW041") and each.place.form in keyed:
            counts[each.place.form] += each.count
    return counts


def _raise_causes(told: Sequence[Problem], checked: Iterable[Problem], ties: Ties) -> list[Problem]:
    """The same with causes in raw forms as errors where what follows from them is one."""
    absent = any(each.code == "ID002" and _is_stranger(each, ties) for each in checked)
    repeated = any(each.code == "JOIN001" and _is_of_repeated_rows(each, told, ties) for each in told)
    raised = [code for code, wrong in (("RAW016", absent), ("RAW014", repeated)) if wrong]
    return [
        replace(each, severity=Severity.ERROR)
        if each.code in raised and (each.code != "RAW014" or each.place.form == ties.home)
        else each
        for each in told
    ]


def _is_of_repeated_rows(problem: Problem, told: Iterable[Problem], ties: Ties) -> bool:
    """Whether a finding is about several records of subjects that as many rows of the home form repeat."""
    return (
        problem.code == "JOIN001"
        and problem.place.dataset in ONE_PER_SUBJECT
        and any(each.code == "RAW014" and each.place.form == ties.home and each.count == problem.count for each in told)
    )


def _is_stranger(problem: Problem, ties: Ties) -> bool:
    """Whether the subject of a finding, whose identifier ends with that of the raw forms, is not in the home form."""
    return any(problem.value.endswith(name.strip()) for name in ties.strangers)


def drop_repeated(checked: Iterable[Problem], told: Sequence[Problem], ties: Ties = Ties()) -> list[Problem]:
    """The findings of rules without those that an earlier stage reported, and better.

    That is so for the same value (`SAME`), which lint reports of a variable whatever the dataset, and where the causes
    that were reported are as many as the records that a rule found: those of a dataset (`CAUSES`), or those that left
    the variable blank (`LEFT_BLANK`). What is wrong with a subject is not repeated for supplemental qualifiers, nor a
    value outside its codelist for copies of the variable, nor that DM lacks a subject that its raw form lacks (RAW016).
    """
    checked = list(checked)
    outside = {(f"{ties.domain_of(one)}.{one.place.variable}", one.value) for one in checked if one.code in CODED}
    outside |= {(f"{one.place.dataset}.{one.place.variable}", one.value) for one in told if one.code in SAME["CT004"]}
    strange = any(one.code == "RAW016" for one in told)
    subjects = {(one.code, f"SUPP{one.place.dataset}", one.value) for one in checked if one.place.variable == SUBJECT}
    known = {(each.code, each.place.dataset, each.place.variable, each.value) for each in told}
    counts: dict[str, Counter[tuple[str, str]]] = {}
    for each in told:
        counts.setdefault(each.place.dataset, Counter())[each.code, each.place.variable] += each.count
    return [
        each
        for each in checked
        if not any(_is_same(each, name, known) for name in dict.fromkeys((each.place.dataset, ties.domain_of(each))))
        and not _is_caused(each, ties.domain_of(each), counts)
        and not (each.code in CODED and _is_copied(each, outside, ties))
        and not (each.code == "ID002" and strange and _is_stranger(each, ties))
        and not (each.place.variable == SUBJECT and (each.code, each.place.dataset, each.value) in subjects)
    ]


def _is_copied(problem: Problem, outside: Collection[tuple[str, str]], ties: Ties) -> bool:
    """Whether the variable that a variable is taken from has the same value outside its codelist."""
    name, seen = f"{ties.domain_of(problem)}.{problem.place.variable}", set[str]()
    while (name := ties.copies.get(name, "")) and name not in seen:
        if (name, problem.value) in outside:
            return True
        seen.add(name)
    return False


def _is_same(problem: Problem, dataset: str, known: Collection[tuple[str, str, str, str]]) -> bool:
    variable = problem.place.variable
    same = ((dataset, variable, problem.value), (dataset, variable, ""), ("", variable, problem.value))
    return any((code, *one) in known for code in SAME.get(problem.code, ()) for one in same)


def _is_caused(problem: Problem, dataset: str, counts: Mapping[str, Mapping[tuple[str, str], int]]) -> bool:
    """Whether the findings of a dataset, (code, variable) -> records, have the cause of as many records."""
    left_blank = problem.code in ASK_BLANK
    causes = LEFT_BLANK if left_blank else CAUSES.get(problem.code, frozenset())
    explained: Counter[str] = Counter()
    for (code, variable), count in counts.get(dataset, {}).items():
        if code in causes and (not left_blank or variable == problem.place.variable):
            explained[variable] += count
    return max(explained.values(), default=0) >= problem.count
