"""Where the files that travel with the package are: in a checkout, or inside an installed wheel."""

from __future__ import annotations

from pathlib import Path

KINDS = ("mappings", "define")
"""The folders that are shipped: the mapping specs and the define.xml stylesheet."""
LABEL_FILE = "SYNTHETIC.txt"
"""The file that says of an export that it is simulated."""


def shipped(kind: str) -> Path:
    """The folder of shipped files of one kind.

    kind: ``mappings`` or ``define``. An installed wheel carries them as ``cdisc_conv/_shipped/KIND``; in a checkout
    they stand beside the package. ValueError for another kind, FileNotFoundError when the installation is incomplete.

    >>> (shipped("define") / "define2-1.xsl").is_file()
    True
    """
    if kind not in KINDS:
        raise ValueError(f"no shipped files of kind {kind!r}; the kinds are {', '.join(KINDS)}")
    package = Path(__file__).resolve().parent
    places = (package / "_shipped" / kind, package.parent / kind)
    for place in places:
        if place.is_dir():
            return place
    looked = " and ".join(str(place) for place in places)
    raise FileNotFoundError(f"the shipped folder {kind!r} is missing (looked in {looked}); install cdisc-conv again")
