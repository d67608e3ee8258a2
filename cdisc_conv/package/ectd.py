"""A package laid out as module 5 of an eCTD: the folders, names and kinds of file that the FDA takes.

    m5/datasets/STUDY/tabulations/sdtm      transport files, define.xml, its stylesheet, acrf.pdf, csdrg.pdf
    m5/datasets/STUDY/analysis/adam/datasets   the same of ADaM, adrg.pdf
    m5/datasets/STUDY/analysis/adam/programs   the mapping as text

Sources: FDA, Study Data Technical Conformance Guide (folders, documents, sizes); ICH eCTD specification (names).
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from cdisc_conv import __version__
from cdisc_conv.datafiles.write_json import FORMATS
from cdisc_conv.documents.links import read_links
from cdisc_conv.engine.describe.lineage import LineageNode, build_lineage, list_names
from cdisc_conv.engine.plan.graph import plan_study
from cdisc_conv.package.listing import MANIFEST, TOOL, read_manifest
from cdisc_conv.package.writing.manifest import describe_files
from cdisc_conv.package.writing.staging import stage_folder
from cdisc_conv.problems import Place, Problem, ProblemsError, Severity
from cdisc_conv.spec.model import Study
from cdisc_conv.xpt.parts import FOLDER as SPLIT
from cdisc_conv.xpt.parts import MOST_BYTES

KINDS = {"sdtm": "tabulations/sdtm", "adam": "analysis/adam/datasets"}
"""Folder of the package -> folder of the eCTD."""

PROGRAMS = "analysis/adam/programs"
TAKEN = (".xpt", ".xml", ".xsl", ".pdf", ".txt")
"""Kinds of file that go along."""

LEFT = (".docx", ".html")
"""Guides to edit and rendered pages, which are for the sponsor: they stay behind."""

LONGEST_NAME = 64
LONGEST_PATH = 150
"""Characters of a file's name, and of its path from m5 on."""

EXPECTED_PDFS = ("acrf.pdf", "csdrg.pdf", "adrg.pdf")
"""The documents that a reviewer opens first."""

CHECKSUMS = "checksums.txt"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")


@dataclass(frozen=True)
class Submission:
    """What was laid out: the folder, its files (path from there, bytes, SHA-256), and what is wrong."""

    folder: Path
    files: tuple[tuple[str, int, str], ...]
    problems: tuple[Problem, ...]


def lay_out_ectd(package: Path, out: Path, study: Study | None = None) -> Submission:
    """Lay out the package in the folder `package` as module 5 in `out`, which is replaced as a whole at the end.

    `study` adds the mapping, as text, to the programs. Findings: ECTD001 a name that an eCTD cannot have, ECTD002 a
    path that is too long, ECTD003 a dataset of more than 5 GB, ECTD004 a link that leads nowhere, ECTD005 a document
    that a reviewer expects and that is missing, ECTD006 a file that is not laid out, ECTD008 a link or bookmark of a
    PDF, or a page that define.xml names, that leads nowhere, ECTD009 programs that are missing or not what made the
    package. Raises ProblemsError (ECTD007) when the folder holds no
    package, as `stage_folder` does for `out`, and OSError.
    """
    manifest = read_manifest(package)
    if manifest is None:
        hint = "name the output folder of `cdisc-conv run` or `demo`"
        raise ProblemsError([Problem("ECTD007", f"'{package}' holds no package of cdisc-conv", hint=hint)])
    with stage_folder(out, {"package": package}) as stage:
        base = stage / "m5" / "datasets" / name_folder(str(manifest.get("study") or "study"))
        problems = list(_copy_files(package, base))
        problems += _check_mapping(manifest, study, base)
        if study is not None:
            _write_programs(study, base / PROGRAMS)
        problems += [*_check_names(stage), *_check_documents(base), *_check_links(base), *_check_pdfs(base)]
        files = tuple(_describe(path, stage) for path in _list_files(stage))
        text = "".join(f"{digest}  {size:>12}  {name}\n" for name, size, digest in files)
        (stage / CHECKSUMS).write_text(text, encoding="ascii", newline="\n")
        _write_manifest(stage, manifest)
    return Submission(out, files, tuple(problems))


def name_folder(study: str) -> str:
    """The folder of a study: small letters, digits and hyphens.

    >>> name_folder("HOPE2021-Thal AGC/1")
    'hope2021-thal-agc-1'
    """
    return re.sub(r"[^a-z0-9]+", "-", study.lower()).strip("-")[:LONGEST_NAME] or "study"


def _copy_files(package: Path, base: Path) -> Iterator[Problem]:
    for family, place in KINDS.items():
        source = package / family
        for ending in FORMATS:
            if (source / ending).is_dir():
                message = f"{family}/{ending} is not laid out: datasets are submitted as transport files"
                yield Problem("ECTD006", message, Severity.NOTE)
        for path in _list_files(source) if source.is_dir() else ():
            name = path.relative_to(source)
            if path.suffix.lower() in LEFT or (name.parts[0] in FORMATS and len(name.parts) > 1):
                continue
            if path.suffix.lower() not in TAKEN:
                message = f"{family}/{name.as_posix()} is not laid out: an eCTD takes {', '.join(TAKEN)}"
                yield Problem("ECTD006", message, Severity.NOTE)
                continue
            target = base / place / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)


def name_study(package: Path) -> str:
    """The folder name of the mapping that made a package, as its manifest has it; "" when that does not say."""
    files = [str(entry["path"]) for entry in (read_manifest(package) or {}).get("mapping") or ()]
    return next((path.removesuffix("/study.yaml") for path in files if path.endswith("/study.yaml")), "")


def made_by(study: Study, package: Path) -> bool:
    """Whether the files of a mapping are those that made a package, by their SHA-256."""
    return not _list_changed(read_manifest(package) or {}, study)


def _list_changed(manifest: Mapping[str, Any], study: Study) -> list[str]:
    """The mapping files that did not make the package; none where the manifest names no files."""
    known = {entry["sha256"] for entry in manifest.get("mapping") or ()}
    hashed = {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in study.files}
    return sorted(path.name for path, digest in hashed.items() if known and digest not in known)


def _check_mapping(manifest: Mapping[str, Any], study: Study | None, base: Path) -> Iterator[Problem]:
    """ECTD009: analysis datasets without programs, or a mapping that is not the one that made the package."""
    if study is None:
        if (base / KINDS["adam"]).is_dir():
            message = "the programs of the analysis datasets are missing: the mapping that made them was not found"
            yield Problem("ECTD009", message, Severity.WARNING, hint="name its folder with --study")
        return
    if changed := _list_changed(manifest, study):
        names = ", ".join(changed[:3]) + (f" and {len(changed) - 3} more" if len(changed) > 3 else "")
        message = f"the programs are not what made the package: {names} of the mapping changed since"
        hint = "make the package again, or name the mapping that made it with --study"
        yield Problem("ECTD009", message, Severity.WARNING, hint=hint)


def _write_programs(study: Study, folder: Path) -> None:
    """The mapping files as text, named after their place in the study folder, and a text that says what they are."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"The mapping of {study.name}: which derivation makes each variable of each dataset.", ""]
    for path in sorted(study.files):
        inside = path.is_relative_to(study.folder)
        parts = path.relative_to(study.folder).parts if inside else ("library", path.name)
        name = re.sub(r"[^a-z0-9-]+", "-", "-".join(parts).rsplit(".", 1)[0].lower()) + ".txt"
        text = path.read_text(encoding="utf-8")
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
        lines.append(f"{name:<32} {'/'.join(parts)}")
    lines += [f"{'derivations.txt':<32} every variable in words: its records, its entry, its method, what it reads"]
    (folder / "derivations.txt").write_text("\n".join(_list_derivations(study)), encoding="utf-8", newline="\n")
    (folder / "readme.txt").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def _list_derivations(study: Study) -> Iterator[str]:
    """Every variable of the study as the lineage has it, in lines."""
    for name, nodes in build_lineage(study, plan_study(study)).variables.items():
        for node in nodes:
            yield f"{name}  {node.label}".rstrip()
            yield f"  records: {node.source}"
            yield f"  mapping: {node.entry or node.derivation}"
            yield from (
                f"  {word}: {text}" for word, text in (("method", node.method), ("reads", _name_reads(node))) if text
            )
            yield ""


def _name_reads(node: LineageNode) -> str:
    return ", ".join(list_names(node.reads()))


def _check_names(stage: Path) -> Iterator[Problem]:
    for path in _list_files(stage):
        name = path.relative_to(stage).as_posix()
        place = Place(file=name)
        if not _NAME.fullmatch(path.name) or len(path.name) > LONGEST_NAME:
            hint = f"small letters, digits, hyphens, at most {LONGEST_NAME} characters"
            yield Problem("ECTD001", f"an eCTD cannot have a file called '{path.name}'", place=place, hint=hint)
        if len(name) > LONGEST_PATH:
            message = f"the path has {len(name)} characters, and an eCTD takes {LONGEST_PATH}"
            yield Problem("ECTD002", message, place=place, hint="shorten the name of the study or of the document")
        parted = path.parent.name != SPLIT and any((path.parent / SPLIT).glob(f"{path.stem}[0-9]*.xpt"))
        if path.suffix == ".xpt" and path.stat().st_size > MOST_BYTES and not parted:
            hint = "make the package again: a run splits it"
            yield Problem("ECTD003", "the dataset has more than 5 GB and is not split", place=place, hint=hint)


def _check_documents(base: Path) -> Iterator[Problem]:
    expected = {"sdtm": ("define.xml", "acrf.pdf", "csdrg.pdf"), "adam": ("define.xml", "adrg.pdf")}
    for family, names in expected.items():
        folder = base / KINDS[family]
        for name in names if folder.is_dir() else ():
            if not (folder / name).is_file():
                hint = "name it among the documents of 'define' in study.yaml" if name.endswith("pdf") else ""
                yield Problem("ECTD005", f"{name} of {family.upper()} is missing", Severity.WARNING, hint=hint)


def _check_links(base: Path) -> Iterator[Problem]:
    """ECTD004: what define.xml links to and is not there: stylesheet, datasets and documents."""
    for place in KINDS.values():
        define = base / place / "define.xml"
        if not define.is_file():
            continue
        for href in list_links(define):
            if not (define.parent / href).is_file():
                message = f"define.xml links to {href}, which is not there"
                yield Problem("ECTD004", message, place=Place(file=f"{place}/define.xml"), hint="add it to the package")


def _check_pdfs(base: Path) -> Iterator[Problem]:
    """ECTD008: links and bookmarks of PDFs that lead nowhere, and pages that define.xml names and a PDF lacks."""
    for path in _list_files(base):
        if path.suffix.lower() != ".pdf":
            continue
        found = read_links(path)
        if not found.pages and path.name not in EXPECTED_PDFS:
            continue  # a document of the sponsor's own that cannot be read says nothing of its links
        place = Place(file=path.relative_to(base).as_posix())
        missing = [name for name in found.files if not (path.parent / name).is_file()]
        dead = [*found.dead, *(f"a link leads to {name}, which is not there" for name in missing)]
        define = path.parent / "define.xml"
        beyond = [page for page in list_pages(define, path.name) if page > found.pages] if define.is_file() else []
        dead += [f"define.xml links to page {page}, and there are {found.pages}" for page in beyond]
        for one in dead:
            yield Problem("ECTD008", f"in {path.name} {one}", place=place, hint="make the document again")


def list_pages(define: Path, document: str) -> list[int]:
    """The pages of a document that a define.xml links to, each once."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.parse(str(define), parser).getroot()
    leaves = {
        one.get("ID")
        for one in root.iter("{*}leaf")
        if next((value for name, value in one.attrib.items() if str(name).endswith("}href")), "") == document
    }
    pages: dict[int, None] = {}
    for reference in root.iter("{*}DocumentRef"):
        if reference.get("leafID") in leaves:
            for page in reference.iter("{*}PDFPageRef"):
                numbers = re.findall(r"\d+", page.get("PageRefs") or "")
                edges = [page.get("FirstPage") or "", page.get("LastPage") or ""]
                pages.update(dict.fromkeys(int(one) for one in [*numbers, *edges] if one))
    return sorted(pages)


def list_links(define: Path) -> list[str]:
    """The files that a define.xml links to, each once; of other schemes none."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    tree = etree.parse(str(define), parser)
    found = [value for node in tree.iter() for name, value in node.attrib.items() if str(name).endswith("}href")]
    top = tree.getroot().getprevious()
    while top is not None:
        found += re.findall(r'href="([^"]+)"', top.text or "") if top.tag is etree.PI else []
        top = top.getprevious()
    return list(dict.fromkeys(str(one) for one in found if one and "://" not in str(one)))


def _list_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _describe(path: Path, folder: Path) -> tuple[str, int, str]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return path.relative_to(folder).as_posix(), path.stat().st_size, digest


def _write_manifest(stage: Path, package: Mapping[str, Any]) -> None:
    """The manifest that lets a later run replace this folder and nothing else, and says how text is encoded."""
    outputs: Iterable[Path] = _list_files(stage)
    said = {
        "tool": {"name": TOOL, "version": __version__},
        "study": str(package.get("study") or ""),
        **{key: package[key] for key in ("encoding", "transliterate") if key in package},
        "outputs": describe_files(outputs, stage),
    }
    (stage / MANIFEST).write_text(json.dumps(said, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
