"""The page docs/checks.md. Written with ``python -m cdisc_conv.checks.docs docs/checks.md``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from cdisc_conv.checks.load import load_shipped_rules
from cdisc_conv.checks.model import Rule
from cdisc_conv.checks.registry import CheckFunction, load_checks
from cdisc_conv.docstrings import read_docstring
from cdisc_conv.problems import Severity

_INTRODUCTION = """\
# Checks

What is wrong in finished SDTM and ADaM datasets, before they are written. Every run asks the rules below of every
dataset they apply to; a study adds rules of its own.

<!-- This page is made from the rules: python -m cdisc_conv.checks.docs docs/checks.md -->

A finding tells the dataset, the variable, the record numbers, the records by subject and key, what was expected and
what to do:

    AE.AEENDTC row 1: AE008 AEENDTC is blank although AEOUT is RECOVERED/RESOLVED; \
1 record: subject 01 AESEQ 1 (AETERM Nausea) (ask the site when it ended)

There is one finding per rule, dataset, variable and value, with the number of records, and never one per record;
beyond 20 values the others are one finding more. A rule that cannot be asked, because a variable or a dataset is not
there, says nothing, and is listed with the reason in the summary.

- **error**: the data are wrong, or contradict each other or the standard.
- **warning**: somebody has to look.
- **note**: worth knowing.

The reach of a rule says how far one has to look to answer for a record: at the record alone, at other records of its
subject (in any dataset), across subjects, or only at the variables of the dataset. `cdisc-conv check` asks these
rules of [any package](check.md), whoever made it.

Dates are compared only as far as they are known: `2022-03` is not before `2022-03-15`. A subject that DM has twice is
one finding (ID003); rules that need values of DM leave the subject out. The same goes for ADSL (ADSL002).

Each rule says where it is asked (`asked_of`). What a package lacks for a reviewer as a whole (EPOCH, a
treatment-emergent flag, parameters of the trial summary) is asked by `cdisc-conv check` alone. Rules that
[explanations.yaml](check.md#explanations) sets aside are asked by neither; a run lists them (EXPL005).

A run reports one cause once. A rule is silent where making the data found the same and says more of it, such as the raw
rows (TERM001 for a value outside its codelist, DATE001 for a start of exposure that is blank because no date could be
read). A date of a dataset that cannot be read is reported there (DAT001), not by the variables made of it (DATE004).

Rules for SDTM and rules for ADaM are never asked of the other. Those for ADaM look into the SDTM datasets of the same
run as well: whether the subject is in DM, the event in AE, the copied value the same. Numeric dates are shown as
ISO 8601.

"""

_OWN_RULES = """\
## Rules of a study

A file `checks.yaml` in the folder of the study holds rules in the same words as those of the package:

    rules:
      - id: HOPE001
        title: Subjects in the study are 18 to 75 years old
        severity: warning
        datasets: [DM]
        where: ARMCD != ""
        fails: AGE < 18 or AGE > 75
        variable: AGE
        message: AGE is {AGE}, but the protocol takes subjects of 18 to 75 years
        hint: ask the site for the date of birth
        source: inclusion criteria

| key | holds |
|---|---|
| `id` | up to 7 capital letters or digits, and then three digits; one that no other rule has |
| `title` | what holds when all is well |
| `severity` | `error`, `warning` or `note` |
| `datasets`, `not_datasets` | names of datasets or classes (EVENTS, INTERVENTIONS, FINDINGS, SPECIAL PURPOSE, \
TRIAL DESIGN, RELATIONSHIP, SUPPQUAL); all SDTM datasets when left out. For ADaM, names of analysis datasets (ADAE) or \
ADAM for all of them, ADSL, BDS, OCCDS, TIME-TO-EVENT, ADVERSE EVENT |
| `where` | which records are asked: an [expression](expressions.md) |
| `fails` | what is true where a record is wrong: an [expression](expressions.md) |
| `check`, `with` | instead of `fails`: a function of those below, and its parameters |
| `optional` | variables that count as blank where a dataset lacks them; without it, the rule is not asked there |
| `variable` | where the finding is |
| `show` | variables whose values are shown for the first records |
| `message` | what is wrong. Records that differ in a variable in braces, such as `{AGE}`, are findings of their own |
| `hint` | what to do |
| `asked_of` | of which datasets: `made` by a run, `given` to it, of a `package` (`check`); if left out, not `given` |
| `advice` | what to do in a package that no mapping made (`check`), where that differs |
| `source` | where the rule comes from |

Expressions read the variables of the dataset, and those of DM for the same subject as `DM.RFSTDTC`; in ADaM also those
of ADSL, as `ADSL.TRTSDT`. A name that begins with `--` is filled in per dataset: `--STDTC` is AESTDTC in AE and ADAE.
Numeric dates of ADaM are compared and subtracted like numbers, in days. The file is checked before it is used; what is
wrong with it is reported with file and line (CHECK001 to CHECK006, SPEC, EXPR and YAML).

## Check functions

"""


def build_page() -> str:
    """The whole page."""
    parts = [_INTRODUCTION, *_list_kind("SDTM", analysis=False), "\n", *_list_kind("ADaM", analysis=True)]
    return "".join([*parts, "\n", _OWN_RULES, *_list_functions(list(load_checks().values()))])


def _list_kind(name: str, analysis: bool) -> Iterator[str]:
    rules = tuple(rule for rule in load_shipped_rules() if rule.analysis == analysis)
    counts = ((severity, sum(rule.severity is severity for rule in rules)) for severity in Severity)
    totals = ", ".join(f"{count} of severity {severity.value}" for severity, count in counts)
    yield f"## The rules for {name}\n\n{len(rules)} rules: {totals}.\n\n"
    yield from _list_rules(rules)


def _list_rules(rules: tuple[Rule, ...]) -> Iterator[str]:
    yield "| id | severity | rule | applies to | reach | source |\n|---|---|---|---|---|---|\n"
    for rule in rules:
        where = ", ".join(rule.datasets) or "all"
        where += f", not {', '.join(rule.not_datasets)}" if rule.not_datasets else ""
        cells = (rule.id, rule.severity.value, _escape(rule.title), where, rule.reach, _escape(rule.source))
        yield f"| {' | '.join(cells)} |\n"


def _list_functions(functions: list[CheckFunction]) -> Iterator[str]:
    for function in sorted(functions, key=lambda item: item.name):
        yield f"### {function.name}\n\n{_unwrap(function.doc)}\n\n"
        if function.parameters.model_fields:
            yield f"{_unwrap(read_docstring(function.parameters))}\n\n"


def _unwrap(doc: str) -> str:
    """A docstring as Markdown: its indentation gone, double backticks single."""
    return "\n".join(line.strip() for line in doc.strip().splitlines()).replace("``", "`")


def _escape(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(build_page(), encoding="utf-8", newline="\n")
