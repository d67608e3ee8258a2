"""cdisc-conv run."""

from __future__ import annotations

from cdisc_conv.cli.arguments import Out, Study, split_names
from cdisc_conv.cli.run_options import Datasets, Encoding, Formats, Ranges, Raw, Sdtm, SplitSize, Workers


def run(
    study: Study,
    out: Out,
    raw: Raw = None,
    datasets: Datasets = "",
    sdtm: Sdtm = None,
    formats: Formats = "",
    encoding: Encoding = "",
    ranges: Ranges = 1,
    workers: Workers = 1,
    split_size: SplitSize = "",
) -> int:
    """Turn a raw export into SDTM and ADaM datasets, define.xml and reports.

    ADaM datasets read the SDTM datasets of the same run; without --raw those in --sdtm, and only they are made.

    The mapping is checked first; errors in it stop the run before any data is read. Findings about the data do not
    stop it: they are in the report. The output folder is replaced as a whole at the very end, so that a run that fails
    or is interrupted changes nothing.

    \b
    Example:
      cdisc-conv run mappings/hope2021_thal_agc --raw raw --out package
      cdisc-conv run hope2021_thal_agc --raw raw --out dm_ae --datasets DM,AE
      cdisc-conv run hope2021_thal_agc --sdtm package/sdtm --out adam
      cdisc-conv run hope2021_thal_agc --raw raw --out package --formats json,dsjc
    """
    from cdisc_conv.cli.progress import show_progress
    from cdisc_conv.cli.summary import print_package
    from cdisc_conv.engine.ranges.range import Division
    from cdisc_conv.package.run import run_study

    wanted = split_names(datasets)
    with show_progress() as progress:
        package = run_study(
            study,
            raw,
            out,
            wanted or None,
            progress,
            sdtm,
            split_names(formats) or None,
            encoding,
            Division(ranges, workers),
            split_size,
        )
    return print_package(package)
