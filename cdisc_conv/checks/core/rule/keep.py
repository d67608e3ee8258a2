"""Rules in the store of a study or of the user: importing them, listing them, and reading them again.

The rules do not travel with cdisc-conv. A folder, a zip or a file of them is imported once and kept as one item: a
line of JSON per rule, exactly as its author wrote it, so that reading 300 rules again takes a moment.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from cdisc_conv.checks.core.rule.model import CoreRule
from cdisc_conv.checks.core.rule.read import MOST_BYTES, is_draft, make_rule, parse_rule
from cdisc_conv.checks.core.rule.support import list_unknown
from cdisc_conv.problems import Place, Problem, ProblemsError, Severity
from cdisc_conv.standards.imports import Import, keep_import
from cdisc_conv.standards.store import Item, Key, list_items, stores

KIND, NAME = "rules", "core"
MOST_FILES = 20_000
"""Files of rules in a folder or zip; CDISC publishes some hundred."""
_ENDS = (".yml", ".yaml")
_SHOWN = 5


@dataclass(frozen=True)
class KeptRules:
    """The rules of one import."""

    version: str
    rules: tuple[CoreRule, ...]
    item: Item

    def chosen(self, standard: str, version: str, *, drafts: bool = False) -> tuple[CoreRule, ...]:
        """The rules for a version of a standard; those that are not published only when they are asked for."""
        return tuple(rule for rule in self.rules if rule.is_for(standard, version) and (drafts or not rule.draft))


def import_rules(
    path: Path, *, study: Path | None = None, version: str = "", replace: bool = False, today: date | None = None
) -> Import:
    """Import rules into the store of a study, or into that of the user without one.

    `path` is a folder or a zip that holds rule files (``*.yml``, anywhere in it), or one rule file. The version is
    the day of the import unless `version` says another.

    Raises:
        ProblemsError: CORE001 there is no rule in it; STD004 the store has this version with other rules; STD005 the
            store cannot be used.
        OSError: a file cannot be read or written.
    """
    found, problems = _collect(path)
    if not found:
        raise ProblemsError(problems or [_say("CORE001", "there is no rule in it", path, Severity.ERROR)])
    version = version or (today or date.today()).isoformat()
    lines = [json.dumps({"source": source, "rule": said}, ensure_ascii=False) for source, said, _ in found]
    content = "".join(f"{line}\n" for line in lines).encode()
    rules = [rule for *_, rule in found]
    drafts = sum(rule.draft for rule in rules)
    holds = _count(len(rules) - drafts, "published rule") + (f" and {_count(drafts, 'draft')}" if drafts else "")
    problems = [*problems, *_report_unknown(rules, path)]
    key = Key.of(KIND, NAME, version)
    return keep_import(path, key, content, f"rules {version}", holds, problems, study, replace=replace)


def load_kept_rules(study: Path | None = None, version: str = "") -> KeptRules | None:
    """The rules of the newest import, those of the study first; None when there are none.

    Raises:
        ProblemsError: there is no import of the version that was asked for, or it cannot be read.
    """
    items = list_kept_rules(study)
    if version:
        items = [item for item in items if item.key.version == version]
        if not items:
            raise ProblemsError([Problem("CORE005", f"no rules {version} are imported", hint="see 'rules list'")])
    if not items:
        return None
    first = items[0].path.parent
    newest = max((item for item in items if item.path.parent == first), key=lambda item: item.key.version)
    return KeptRules(newest.key.version, tuple(_read_lines(newest)), newest)


def list_kept_rules(study: Path | None = None) -> list[Item]:
    """The imports of rules, those of the study first."""
    return [item for item in list_items(stores(study), KIND) if item.key.name == NAME]


def _read_lines(item: Item) -> Iterator[CoreRule]:
    for line in item.read().decode().splitlines():
        said = json.loads(line)
        yield make_rule(said["rule"], str(said["source"]))


def _collect(path: Path) -> tuple[list[tuple[str, Mapping[str, Any], CoreRule]], list[Problem]]:
    """The rules of a folder, zip or file in the order of their ids, and what is wrong with the others."""
    found: dict[str, tuple[str, Mapping[str, Any], CoreRule]] = {}
    problems: list[Problem] = []
    no_rules: list[str] = []
    unfinished: dict[str, bool] = {}
    for source, text in _read_texts(path, problems):
        try:
            said = parse_rule(text, source)
            said = json.loads(json.dumps(said, default=str))
            rule = make_rule(said, source)
        except ProblemsError as error:
            words = f"{source}: {error.problems[0].message}"
            if error.problems[0].code == "CORE001":
                no_rules.append(words)
            else:
                unfinished[words] = is_draft(said)
            continue
        if rule.id in found:
            message = f"rule {rule.id} is there twice, in {found[rule.id][0]} too, which is taken"
            problems.append(Problem("CORE003", message, Severity.WARNING, Place(file=source)))
            continue
        found[rule.id] = (source, said, rule)
    if no_rules:
        counted = f"{len(no_rules)} file{'s are' if len(no_rules) > 1 else ' is'} no rule"
        problems.append(_say("CORE001", f"{counted}: {_join(no_rules)}", path, Severity.WARNING))
    if unfinished:
        counted = f"{len(unfinished)} rule{'s are' if len(unfinished) > 1 else ' is'} left out"
        severity = Severity.NOTE if all(unfinished.values()) else Severity.WARNING
        problems.append(_say("CORE002", f"{counted}: {_join(list(unfinished))}", path, severity))
    return [found[name] for name in sorted(found)], problems


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def _join(words: list[str]) -> str:
    more = f"; and {len(words) - _SHOWN} more" if len(words) > _SHOWN else ""
    return "; ".join(words[:_SHOWN]) + more


def _read_texts(path: Path, problems: list[Problem]) -> Iterator[tuple[str, str]]:
    if path.is_dir():
        yield from _read_folder(path, problems)
    elif zipfile.is_zipfile(path):
        yield from _read_zip(path, problems)
    else:
        yield from _decode(path.name, path.read_bytes()[: MOST_BYTES + 1], problems)


def _read_folder(path: Path, problems: list[Problem]) -> Iterator[tuple[str, str]]:
    files = sorted(file for file in path.rglob("*") if file.suffix.casefold() in _ENDS and file.is_file())
    if len(files) > MOST_FILES:
        raise ProblemsError([_say("CORE001", f"it holds over {MOST_FILES:,} YAML files", path, Severity.ERROR)])
    for file in files:
        with file.open("rb") as opened:
            yield from _decode(file.relative_to(path).as_posix(), opened.read(MOST_BYTES + 1), problems)


def _read_zip(path: Path, problems: list[Problem]) -> Iterator[tuple[str, str]]:
    """The rule files of a zip, read in memory: nothing is unpacked, so no name in it can lead anywhere."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = sorted(
                (each for each in archive.infolist() if each.filename.casefold().endswith(_ENDS)),
                key=lambda each: each.filename,
            )
            if len(members) > MOST_FILES:
                raise ProblemsError([_say("CORE001", f"it holds over {MOST_FILES:,} YAML files", path, Severity.ERROR)])
            for member in members:
                with archive.open(member) as opened:
                    yield from _decode(member.filename, opened.read(MOST_BYTES + 1), problems)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError) as error:
        raise ProblemsError([_say("CORE001", f"the zip cannot be read: {error}", path, Severity.ERROR)]) from None


def _decode(source: str, data: bytes, problems: list[Problem]) -> Iterator[tuple[str, str]]:
    try:
        yield source, data.decode("utf-8-sig")
    except UnicodeDecodeError:
        problems.append(Problem("CORE001", "the file is no UTF-8 text", Severity.WARNING, Place(file=source)))


def _report_unknown(rules: Iterable[CoreRule], path: Path) -> Iterator[Problem]:
    """CORE004: what rules ask for and this version does not know; they are kept, and counted when they do not run."""
    counted: Counter[str] = Counter(what for rule in rules for what in list_unknown(rule))
    for what, count in sorted(counted.items()):
        rules_ = "a rule uses" if count == 1 else f"{count} rules use"
        yield _say("CORE004", f"{rules_} {what}, which this version does not know", path, Severity.WARNING)


def _say(code: str, message: str, path: Path, severity: Severity) -> Problem:
    return Problem(code, message, severity, Place(file=str(path)))
