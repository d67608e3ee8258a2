"""Coding dictionaries in the layouts of their releases, with a handful of terms."""

from __future__ import annotations

import zipfile
from pathlib import Path

LLT = """\
10028813$Nausea$10028813$$$$$$$Y$$
10016384$Feeling sick$10028813$$$$$$$Y$$
10019211$Headache$10019211$$$$$$$Y$$
10019230$Headache NOS$10019211$$$$$$$N$$
"""
MDHIER = (
    "10028813$10028817$10018012$10017947$Nausea$Nausea and vomiting symptoms$Gastrointestinal signs and symptoms"
    "$Gastrointestinal disorders$Gastr$$10017947$Y$\n"
    "10028813$10047714$10028399$10029205$Nausea$Vertigo HLT$Neuro HLGT$Nervous system disorders$Nerv$$10017947$N$\n"
    "10019211$10019231$10019233$10029205$Headache$Headaches NEC$Headaches$Nervous system disorders$Nerv$$10029205$Y$\n"
)


def write_meddra(folder: Path) -> Path:
    """MedDRA 27.1 as a folder."""
    path = folder / "meddra" / "MedAscii"
    path.mkdir(parents=True)
    (path / "llt.asc").write_text(LLT, encoding="utf-8")
    (path / "mdhier.asc").write_text(MDHIER, encoding="utf-8")
    (path / "meddra_release.asc").write_text("27.1$English$$$$\n", encoding="utf-8")
    return path.parent


def write_whodrug(folder: Path) -> Path:
    """WHODrug of March 2025 in B3 format, as a zip archive."""
    names = [
        ("00020001001", "PARACETAMOL"), ("00020001002", "TYLENOL"), ("00020002001", "PARACETAMOL SODIUM"),
        ("00002701001", "ACETYLSALICYLIC ACID"), ("00002701002", "ASPIRIN"),
    ]  # fmt: skip
    classes = [("00020001001", "N02BE"), ("00002701001", "B01AC"), ("00002701001", "N02BA")]
    texts = [("N02BE", "4", "ANILIDES"), ("B01AC", "4", "PLATELET INHIBITORS"), ("N02BA", "4", "SALICYLIC ACID")]
    path = folder / "whodrug.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("B3/DD.txt", "".join(f"{code:<30}{name}\n" for code, name in names))
        archive.writestr("B3/DDA.txt", "".join(f"{code:<12}{atc:<7}\n" for code, atc in classes))
        archive.writestr("B3/INA.txt", "".join(f"{atc:<7}{level}{text}\n" for atc, level, text in texts))
        archive.writestr("B3/version.txt", "WHODrug Global B3 March 1, 2025\n")
    return path
