"""The options of cdisc-conv run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Out = Annotated[
    str,
    typer.Option(
        "--out",
        metavar="DIR",
        help="Folder to write, or its URL on shared storage; an earlier package there is replaced as a whole.",
    ),
]
Raw = Annotated[
    Path | None,
    typer.Option(
        "--raw",
        metavar="DIR",
        help="Folder of the raw export, or the one file that it is (zip, XLSX, ODM-XML); without it only ADaM is "
        "made, from --sdtm.",
    ),
]
Datasets = Annotated[
    str,
    typer.Option("--datasets", metavar="NAMES", help="Only these datasets, separated by commas.", show_default="all"),
]
Sdtm = Annotated[
    Path | None,
    typer.Option(
        "--sdtm",
        metavar="DIR",
        help="Folder of SDTM datasets that are given, not made (XPT or CSV).",
        show_default="the raw folder",
    ),
]
Formats = Annotated[
    str,
    typer.Option(
        "--formats",
        metavar="NAMES",
        help="Dataset-JSON beside the transport files: json, ndjson, dsjc, separated by commas.",
        show_default="as study.yaml says",
    ),
]
Encoding = Annotated[
    str,
    typer.Option(
        "--encoding",
        metavar="NAME",
        help="Encoding of the transport files: ASCII, UTF-8, GB18030 or CP932.",
        show_default="as study.yaml says",
    ),
]
Ranges = Annotated[
    int | None,
    typer.Option(
        "--ranges",
        metavar="N",
        min=1,
        help="Make the subjects in N ranges, one after the other: the same files.",
        show_default="by the size of the raw files",
    ),
]
Workers = Annotated[
    int | None,
    typer.Option(
        "--workers",
        metavar="N",
        min=1,
        help="Make ranges side by side in N processes; at least N ranges then. With 1, all is made in one process.",
        show_default="one, and a second for parts of the work",
    ),
]
Scheduler = Annotated[
    str,
    typer.Option(
        "--scheduler",
        metavar="ADDRESS",
        help="Make ranges on the Dask cluster of the scheduler at tcp://HOST:PORT (needs cdisc-conv[cluster]).",
        show_default="",
    ),
]
Scratch = Annotated[
    str,
    typer.Option(
        "--scratch",
        metavar="DIR",
        help="Folder for what would fill the memory; with --scheduler a folder or URL that its workers reach.",
        show_default="beside the output",
    ),
]
SplitSize = Annotated[
    str,
    typer.Option(
        "--split-size",
        metavar="SIZE",
        help="Datasets whose files are larger are written in parts as well, into the folder split; such as 500MB.",
        show_default="5GB, as the FDA asks",
    ),
]
Watch = Annotated[
    bool, typer.Option("--watch", help="Run again whenever the mapping or the data are saved; Ctrl-C ends.")
]
Fresh = Annotated[
    bool, typer.Option("--fresh", help="Make everything again, whatever earlier runs kept: the same files.")
]
