"""The result of a check on the console: the verdict first, then the findings by rule."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from cdisc_conv.checks.findings import Finding, State
from cdisc_conv.checks.package.result import CheckResult
from cdisc_conv.cli.printing.console import plural, print_line
from cdisc_conv.cli.printing.findings import STYLES
from cdisc_conv.problems import Severity
from cdisc_conv.visible import make_visible_line

_MARKS = {True: ("met", "green"), False: ("not met", "bold red"), None: ("not asked", "")}
_MOST_RULES = 12


def print_result(result: CheckResult, most: int) -> None:
    """Print a result; of a rule at most `most` findings."""
    print_line(f"Can this be submitted? {result.verdict.answer.upper()}: {result.verdict.sentence}", style="bold")
    for one in result.verdict.criteria:
        word, style = _MARKS[one.met]
        why = f" - {one.why}" if one.why else ""
        print_line(Text(f"  {word:<9} {make_visible_line(one.title + why)} [{one.source}]", style))
    print_line("")
    records = sum(one.records for one in result.datasets)
    print_line(f"{plural(len(result.datasets), 'dataset')} with {plural(records, 'record')}; held against "
               f"{', '.join(map(str, result.used)) or 'no standard'}")  # fmt: skip
    for note in result.notes:
        print_line(f"Note: {note}")
    for severity in Severity:
        _print_severity(result, severity, most)
    _print_explained(result)
    _print_not_asked(result)
    _print_last(result)


def _print_severity(result: CheckResult, severity: Severity, most: int) -> None:
    by_rule: dict[str, list[Finding]] = {}
    for finding in result.findings:
        wanted = finding.problem.severity is severity and not finding.explained and finding.state is not State.SAME
        if wanted:
            by_rule.setdefault(finding.problem.code, []).append(finding)
    if not by_rule:
        return
    new = "new " if result.against else ""
    print_line(f"{plural(sum(map(len, by_rule.values())), new + severity.value)}:", style=STYLES[severity])
    for rule, findings in by_rule.items():
        for finding in findings[:most]:
            _print_finding(finding, severity)
        if len(findings) > most:
            print_line(f"    ... and {plural(len(findings) - most, 'finding')} more of {rule}")


def _print_finding(finding: Finding, severity: Severity) -> None:
    also = f" [{', '.join(finding.also)}]" if finding.also else ""
    more = " (more records than before)" if finding.state is State.MORE else ""
    text = Text("  " + make_visible_line(f"{finding.problem}{also}{more}"))
    text.highlight_words([finding.problem.code], style=STYLES[severity])
    print_line(text)


def _print_explained(result: CheckResult) -> None:
    explained: dict[tuple[str, str, str], int] = {}
    for finding in result.findings:
        if finding.explained:
            key = (finding.problem.code, finding.problem.place.dataset, finding.explained)
            explained[key] = explained.get(key, 0) + 1
    if explained:
        print_line(f"{plural(sum(explained.values()), 'finding')} explained by {result.explained_by}:")
    for (rule, dataset, reason), count in explained.items():
        print_line(make_visible_line(f"  {' '.join(filter(None, (rule, dataset)))} ({count:,}): {reason}"))


def _print_not_asked(result: CheckResult) -> None:
    for rule, reason in result.set_aside.items():
        print_line(make_visible_line(f"Set aside: {rule}: {reason}"))
    if not result.not_run:
        return
    print_line(f"{plural(len(result.not_run), 'rule')} could not be asked:")
    reasons: dict[str, list[str]] = {}
    for rule, reason in result.not_run.items():
        reasons.setdefault(reason, []).append(rule)
    for reason, rules in sorted(reasons.items(), key=lambda item: -len(item[1])):
        print_line(make_visible_line(f"  {reason}: {_list_rules(rules)}"))


def _list_rules(rules: Sequence[str]) -> str:
    more = f" and {len(rules) - _MOST_RULES} more" if len(rules) > _MOST_RULES else ""
    return f"{', '.join(rules[:_MOST_RULES])}{more}"


def _print_last(result: CheckResult) -> None:
    counts = dict.fromkeys(Severity, 0)
    known = 0
    for finding in result.findings:
        if finding.explained:
            continue
        if finding.state is State.SAME:
            known += 1
        else:
            counts[finding.problem.severity] += 1
    words = ", ".join(plural(count, severity.value) for severity, count in counts.items())
    if result.against:
        words += f" that are new; {known:,} known, {len(result.gone):,} no more since {result.against}"
    print_line(f"{plural(len(result.run), 'rule')} asked: {words}", style="bold")
