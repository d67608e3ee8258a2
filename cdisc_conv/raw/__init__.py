"""Raw exports, in any format that there is a reader for: every value as text, with nothing guessed.

Reads files and reports what is wrong with them; knows nothing of studies, mappings or standards.

| code | what is wrong | severity |
|---|---|---|
| RAW001 | no such file (or folder) | error |
| RAW002 | the path leads out of the folder, or to something that is not a file | error |
| RAW003 | the file cannot be read | error |
| RAW004 | a column is missing | error |
| RAW005 | columns that nobody declared | note |
| RAW006 | the file is empty | error |
| RAW007 | a header and no rows | warning |
| RAW008 | the delimiter is another one | error |
| RAW009 | the encoding is another one, or unknown | error |
| RAW010 | rows with too few or too many fields | error |
| RAW011 | quotes that do not match | error |
| RAW012 | two columns of one name | error |
| RAW013 | a column without a name; an empty last one is none | error, warning when it holds nothing |
| RAW014 | rows with the same key | warning |
| RAW015 | NUL characters | error |
| RAW016 | subjects that are not in the home form | warning |
| RAW017 | rows without a subject | warning |
| RAW018 | byte order marks inside the data | warning |
| RAW019 | the file has no known format, or another one than declared | error |
| RAW020 | the file does not hold the form's table | error |
| RAW021 | the declared last line is missing, or the file announces more rows: it was cut short | error |
| RAW022 | parts of a transfer have other columns | error |
| RAW023 | rows of a long layout that name no item, or one that their record has already | error |
| RAW024 | rows of a long layout that differ where one value is kept | note |
| RAW025 | a zip archive with paths that lead out, links, a password, a zip inside, or a bomb | error |
| RAW026 | a database that cannot be reached or read | error |
| RAW027 | a table without a primary key, so the order of its rows is not certain | note |
| RAW028 | merged cells in a workbook | error |
| RAW029 | formulas without a value, or with an error | error |
| RAW030 | numbers of a workbook with more digits than are shown | note |
| RAW031 | the manifest of a transfer cannot be read, or names a file that is not there | error |
| RAW032 | another number of rows than the manifest says | error |
| RAW033 | another hash than the manifest says | error |
| RAW034 | a file that the manifest does not name | warning |
| RAW035 | fewer rows than in the package that is replaced | warning |
| RAW040 | rows of a file shared by several forms that belong to none of them | warning |
| RAW041 | ids of a source that its key form does not have | error |
| RAW042 | ids that a key form gives to several subjects | error |
| RAW043 | values that are not written in the informat of their column | error |
| RAW044 | dates that their informats read in several ways | error |
"""

from cdisc_conv.raw.checks import check_subjects
from cdisc_conv.raw.read import read_form, read_forms
from cdisc_conv.raw.registry import load_readers
from cdisc_conv.raw.source import FormSource, Long, RawForm

__all__ = ["FormSource", "Long", "RawForm", "check_subjects", "load_readers", "read_form", "read_forms"]
