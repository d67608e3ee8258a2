"""Functions of ISO 8601 dates."""

from __future__ import annotations

from cdisc_conv.expr import library
from cdisc_conv.expr.functions.signature import Function, number_parameter, text_parameter
from cdisc_conv.expr.nodes import Type

DATE_FUNCTIONS = (
    Function(
        "date",
        (text_parameter("iso"),),
        Type.TEXT,
        "The date of an ISO 8601 date and time, with the precision it has; of an interval, what its two ends share. "
        "Missing when nothing of the date is known, and for a text that is no date.",
        library.cut_dates,
        "the date part of {0}",
        (('date("2022-03-01T10:30")', "2022-03-01"), ('date("2022-03")', "2022-03")),
    ),
    Function(
        "year",
        (text_parameter("iso"),),
        Type.NUMBER,
        "The year of an ISO 8601 date, which may be partial; missing when unknown.",
        library.read_years,
        "the year of {0}",
        (('year("2022-03")', 2022.0),),
    ),
    Function(
        "month",
        (text_parameter("iso"),),
        Type.NUMBER,
        "The month, 1 to 12, of an ISO 8601 date, which may be partial; missing when unknown.",
        library.read_months,
        "the month of {0}",
        (('month("2022-03")', 3.0),),
    ),
    Function(
        "days_between",
        (text_parameter("start"), text_parameter("end")),
        Type.NUMBER,
        "How many days the date of `end` is after the date of `start`: 0 for the same day, negative when it is "
        "earlier. Times of day are left out; missing unless both dates are complete.",
        library.count_days,
        "the number of days from {0} to {1}",
        (('days_between("2022-02-28", "2022-03-01T08:00")', 1.0),),
    ),
    Function(
        "add_days",
        (text_parameter("iso"), number_parameter("days")),
        Type.TEXT,
        "The date so many days after an ISO 8601 date, or before it when `days` is negative. A time of day is left "
        "out; missing unless the date is complete and `days` a whole number.",
        library.move_dates,
        "the date {1} days after {0}",
        (('add_days("2022-02-28", 1)', "2022-03-01"), ('add_days("2022-03-01T08:00", -1)', "2022-02-28")),
    ),
)
