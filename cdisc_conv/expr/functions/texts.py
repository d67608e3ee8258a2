"""Functions of texts."""

from __future__ import annotations

import re

from cdisc_conv.expr import library
from cdisc_conv.expr.functions.signature import (
    Function,
    apply_per_value,
    number_parameter,
    text_parameter,
    value_parameter,
)
from cdisc_conv.expr.nodes import Type

_WORDS = re.compile(r"[^\W\d_](?:[^\W\d_]|['’])*")


def make_title(text: str) -> str:
    """The text with the first letter of each word in capitals and the others small.

    >>> make_title("AE FOLLOW-UP 2")
    'Ae Follow-Up 2'
    """
    return _WORDS.sub(lambda word: word[0].capitalize(), text)


TEXT_FUNCTIONS = (
    Function(
        "upper",
        (text_parameter(),),
        Type.TEXT,
        "The text in capital letters.",
        apply_per_value(str.upper, Type.TEXT),
        "{0} in upper case",
        (('upper("mild")', "MILD"),),
    ),
    Function(
        "lower",
        (text_parameter(),),
        Type.TEXT,
        "The text in small letters.",
        apply_per_value(str.lower, Type.TEXT),
        "{0} in lower case",
        (('lower("MILD")', "mild"),),
    ),
    Function(
        "title",
        (text_parameter(),),
        Type.TEXT,
        "The text with the first letter of each word in capitals and the others small.",
        apply_per_value(make_title, Type.TEXT),
        "{0} in title case",
        (('title("UNSCHEDULED 1.1")', "Unscheduled 1.1"), ('title("patient\'s follow-up")', "Patient's Follow-Up")),
    ),
    Function(
        "trim",
        (text_parameter(),),
        Type.TEXT,
        "The text without blanks at its ends.",
        apply_per_value(str.strip, Type.TEXT),
        "{0} without leading and trailing blanks",
        (('trim("  10 mg ")', "10 mg"),),
    ),
    Function(
        "length",
        (text_parameter(),),
        Type.NUMBER,
        "How many characters the text has; 0 when it is missing.",
        apply_per_value(len, Type.NUMBER),
        "the number of characters of {0}",
        (('length("10 mg")', 5.0),),
    ),
    Function(
        "substr",
        (text_parameter(), number_parameter("start"), number_parameter("length", optional=True)),
        Type.TEXT,
        "Part of the text from character `start`, counted from 1, to the end or over `length` characters. Missing "
        "when `start` is missing or less than 1, or `length` is missing or negative.",
        apply_per_value(library.cut_text, Type.TEXT),
        "the part of {0} from character {1}{2:, of length {}}",
        (('substr("2022-03-01", 1, 4)', "2022"), ('substr("701-1015", 5)', "1015")),
    ),
    Function(
        "word",
        (text_parameter(), number_parameter("n")),
        Type.TEXT,
        "The n-th of the words that blanks separate; -1 is the last. Missing when there is none.",
        apply_per_value(library.pick_word, Type.TEXT),
        "word {1} of {0}",
        (('word("Mild Adverse Event", 1)', "Mild"), ('word("Mild Adverse Event", -1)', "Event")),
    ),
    Function(
        "concat",
        (value_parameter(repeats=True),),
        Type.TEXT,
        "The values joined without anything between them; a missing one adds nothing, a number is written like `text`.",
        library.join_texts,
        "{all} joined",
        (('concat("701", "-", "1015")', "701-1015"), ('concat("C", 2)', "C2")),
    ),
    Function(
        "replace",
        (text_parameter(), text_parameter("old"), text_parameter("new")),
        Type.TEXT,
        "The text with every `old` in it made `new`.",
        apply_per_value(library.replace_text, Type.TEXT),
        "{0} with {1} replaced by {2}",
        (('replace("10,5", ",", ".")', "10.5"),),
    ),
    Function(
        "starts_with",
        (text_parameter(), text_parameter("start")),
        Type.BOOLEAN,
        "Whether the text begins with `start`; false when either is missing.",
        apply_per_value(library.starts_with, Type.BOOLEAN),
        "{0} starts with {1}",
        (('starts_with("C1D1", "C1")', True),),
        "{0} does not start with {1}",
    ),
    Function(
        "ends_with",
        (text_parameter(), text_parameter("end")),
        Type.BOOLEAN,
        "Whether the text ends with `end`; false when either is missing.",
        apply_per_value(library.ends_with, Type.BOOLEAN),
        "{0} ends with {1}",
        (('ends_with("C1D1", "D1")', True),),
        "{0} does not end with {1}",
    ),
    Function(
        "contains",
        (text_parameter(), text_parameter("part")),
        Type.BOOLEAN,
        "Whether `part` stands anywhere in the text, letter case mattering; false when either is missing.",
        apply_per_value(library.contains, Type.BOOLEAN),
        "{0} contains {1}",
        (('contains("LIVER, LEFT", "LIVER")', True),),
        "{0} does not contain {1}",
    ),
    Function(
        "matches",
        (text_parameter(), text_parameter("pattern", literal=True)),
        Type.BOOLEAN,
        "Whether the whole text fits the pattern, in which `*` stands for any characters (or none), `?` for exactly "
        "one, and everything else for itself; false when the text is missing.",
        library.match_pattern,
        "{0} has the form {1}",
        (('matches("UN-MAR-2022", "UN-???-????")', True), ('matches("Mild Adverse Event", "Mild*")', True)),
        "{0} does not have the form {1}",
    ),
    Function(
        "match",
        (text_parameter(), text_parameter("pattern", literal=True, regex=True)),
        Type.BOOLEAN,
        "Whether some place of the text fits the regular expression (RE2); false when the text is missing.",
        library.find_regex,
        "{0} has a place that fits the regular expression {1}",
        (('match("took 2 tablets", "[0-9]+ tab")', True), ('match("Grade 3", "^[0-9]")', False)),
        "{0} has no place that fits the regular expression {1}",
    ),
    Function(
        "extract",
        (text_parameter(), text_parameter("pattern", literal=True, regex=True)),
        Type.TEXT,
        "What fits the regular expression (RE2) first: its first group in parentheses, or all of it where it has none. "
        "Missing where nothing fits.",
        library.extract_regex,
        "the part of {0} that fits the regular expression {1}",
        (('extract("10.5 mg daily", "[0-9.]+")', "10.5"), ('extract("10.5 mg daily", "[0-9.]+ *([a-z]+)")', "mg")),
    ),
    Function(
        "part",
        (text_parameter(), text_parameter("separator"), number_parameter("n")),
        Type.TEXT,
        "The n-th of the parts that `separator` parts, without blanks around it; -1 is the last. Blank parts do not "
        "count. Missing when there is none.",
        apply_per_value(library.pick_part, Type.TEXT),
        "part {2} of {0}, parted by {1}",
        (('part("Asian | White", "|", 2)', "White"), ('part("a;b;c", ";", -1)', "c")),
    ),
    Function(
        "parts",
        (text_parameter(), text_parameter("separator")),
        Type.NUMBER,
        "How many parts a text has that `separator` parts; blank parts do not count.",
        apply_per_value(library.count_parts, Type.NUMBER),
        "the number of parts of {0}, parted by {1}",
        (('parts("Asian | White", "|")', 2.0), ('parts("", "|")', 0.0)),
    ),
)
