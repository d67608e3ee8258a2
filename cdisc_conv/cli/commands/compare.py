"""cdisc-conv compare."""

from __future__ import annotations

from cdisc_conv.cli.options.compare import (
    Base,
    BlankIsMissing,
    Encoding,
    Html,
    Ignore,
    IgnoreCase,
    Json,
    Keys,
    Most,
    Only,
    Order,
    Other,
    Relative,
    Tolerance,
    Transliterate,
    Trim,
    ValuesOnly,
    Where,
    Xlsx,
)
from cdisc_conv.cli.options.shared import split_names


def compare(
    base: Base,
    other: Other,
    keys: Keys = "",
    tolerance: Tolerance = None,
    relative: Relative = None,
    only: Only = "",
    ignore: Ignore = "",
    where: Where = "",
    trim: Trim = True,
    ignore_case: IgnoreCase = False,
    blank_is_missing: BlankIsMissing = False,
    order: Order = False,
    values_only: ValuesOnly = False,
    encoding: Encoding = "",
    transliterate: Transliterate = False,
    most: Most = 20,
    html: Html = None,
    json: Json = None,
    xlsx: Xlsx = None,
) -> int:
    """Compare two datasets or two packages: records, values and metadata.

    Reads SAS transport files (version 5 and 8), SAS7BDAT, CSV, Parquet and Dataset-JSON, in any mix. Exit code 0 when
    equal, 1 when different, 2 when it could not be done.

    \b
    Example:
      cdisc-conv compare prod/ae.xpt qc/ae.sas7bdat --tolerance 1e-9
      cdisc-conv compare package_1 package_2 --html differences.html
    """
    from cdisc_conv.cli.printing.compare import print_comparison
    from cdisc_conv.cli.printing.progress import show_progress
    from cdisc_conv.compare.packages.run import Options, compare_paths
    from cdisc_conv.compare.report.write import check_targets, write_reports
    from cdisc_conv.compare.rules import Rules, parse_tolerances

    rules = Rules(
        parse_tolerances(tolerance or []),
        parse_tolerances(relative or [], "--relative"),
        trim,
        ignore_case,
        blank_is_missing,
        order,
        not values_only,
    )
    options = Options(
        rules, split_names(keys), split_names(only), split_names(ignore), where, encoding or None, transliterate
    )
    check_targets((html, json, xlsx))
    with show_progress() as progress:
        found = compare_paths(base, other, options, progress)
        write_reports(found, {".html": html, ".json": json, ".xlsx": xlsx}, progress)
    print_comparison(found, most)
    return int(not found.equal)
