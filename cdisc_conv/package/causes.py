"""One finding for one cause: of a rule and an earlier stage that both found it, the one that says more reports it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from cdisc_conv.derivations.base import SUBJECT
from cdisc_conv.problems import Problem

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
        *("ADVAR002", "ADSL013", "ADSL014", "ADSL015", "ADSL017", "ADBDS007", "ADTTE004"),
    }
)
"""Rules that ask why a variable is blank."""

LEFT_BLANK = frozenset(
    {
        *("AGE001", "CATG001", "CATG002", "DATE001", "DATE004", "DUR001", "EPOCH001", "LOOK001", "MAP001", "NUM001"),
        *("SUBJ001", "UNIT001", "UNIT002", "VISIT001", "VISIT002"),
    }
)
"""Findings of derivations that say why their variable was left blank."""

CAUSED = {"DATE004": "DAT001", "DATE005": "DAT016"}
"""Findings about what was made of a wrong value of a variable, and the rule that finds the value itself."""

ONE_PER_SUBJECT = frozenset({"DM", "ADSL"})


def drop_caused(told: Sequence[Problem], checked: Iterable[Problem]) -> list[Problem]:
    """The findings of earlier stages without those about a value that a rule finds where it is (`CAUSED`).

    Nor are the keys of subjects with several records reported beside what that means for other datasets (JOIN001), nor
    rows without a subject (RAW017) beside the dataset that cannot make USUBJID of the same rows.
    """
    known = {(each.code, f"{each.place.dataset}.{each.place.variable}", each.value) for each in checked}
    blank = {(each.place.form, each.place.field, each.place.rows) for each in told if each.code == "SUBJ001"}
    repeated = {each.place.dataset for each in told if each.code == "JOIN001"} & ONE_PER_SUBJECT
    return [
        each
        for each in told
        if (CAUSED.get(each.code), each.cause, each.value) not in known
        and not (each.code == "KEY001" and each.place.dataset in repeated)
        and not (each.code == "RAW017" and (each.place.form, each.place.field, each.place.rows) in blank)
    ]


def drop_repeated(checked: Iterable[Problem], told: Sequence[Problem]) -> list[Problem]:
    """The findings of rules without those that an earlier stage reported, and better.

    That is so for the same value (`SAME`), which lint reports of a variable whatever the dataset, and where the causes
    that were reported are as many as the records that a rule found: those of a dataset (`CAUSES`), or those that left
    the variable blank (`LEFT_BLANK`). What is wrong with a subject is not repeated for supplemental qualifiers.
    """
    checked = list(checked)
    subjects = {(one.code, f"SUPP{one.place.dataset}", one.value) for one in checked if one.place.variable == SUBJECT}
    known = {(each.code, each.place.dataset, each.place.variable, each.value) for each in told}
    counts: dict[str, Counter[tuple[str, str]]] = {}
    for each in told:
        counts.setdefault(each.place.dataset, Counter())[each.code, each.place.variable] += each.count
    return [
        each
        for each in checked
        if not _is_same(each, known)
        and not _is_caused(each, counts)
        and not (each.place.variable == SUBJECT and (each.code, each.place.dataset, each.value) in subjects)
    ]


def _is_same(problem: Problem, known: Collection[tuple[str, str, str, str]]) -> bool:
    dataset, variable = problem.place.dataset, problem.place.variable
    same = ((dataset, variable, problem.value), (dataset, variable, ""), ("", variable, problem.value))
    return any((code, *one) in known for code in SAME.get(problem.code, ()) for one in same)


def _is_caused(problem: Problem, counts: Mapping[str, Mapping[tuple[str, str], int]]) -> bool:
    """Whether the findings of a dataset, (code, variable) -> records, have the cause of as many records."""
    left_blank = problem.code in ASK_BLANK
    causes = LEFT_BLANK if left_blank else CAUSES.get(problem.code, frozenset())
    explained: Counter[str] = Counter()
    for (code, variable), count in counts.get(problem.place.dataset, {}).items():
        if code in causes and (not left_blank or variable == problem.place.variable):
            explained[variable] += count
    return max(explained.values(), default=0) >= problem.count
