"""Best overall response, confirmed response and clinical benefit."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

import numpy as np
import pandas as pd
from pydantic import AfterValidator, Field, model_validator

from cdisc_conv.columns.rows import pick_or_blank, take_rows
from cdisc_conv.columns.texts import flag_column, text_column
from cdisc_conv.derivations.base import SUBJECT, Kind, Ref, Rows, Words
from cdisc_conv.derivations.endpoints.assessments import CR, NE, NON, PD, PR, RESPONSES, SD, Assessments
from cdisc_conv.derivations.endpoints.confirmation import ConfirmationRule
from cdisc_conv.derivations.evidence import Each, Parameters
from cdisc_conv.derivations.parameters import Names, Text, join_words
from cdisc_conv.derivations.records.subject_records import Chosen
from cdisc_conv.derivations.registry import register


def _check_responses(names: tuple[str, ...]) -> tuple[str, ...]:
    wrong = [name for name in names if name not in RESPONSES]
    if wrong:
        raise ValueError(f"'{wrong[0]}' is not an overall response of RECIST 1.1: {join_words(RESPONSES, 'or')}")
    if len(set(names)) < len(names):
        raise ValueError("names a response twice")
    return names


Responses = Annotated[Names, AfterValidator(_check_responses)]
"""Overall responses of RECIST 1.1, each once."""


def _check_confirmed(rule: ConfirmationRule, confirmed: bool) -> None:
    """Raises ValueError when there are settings of a confirmation that nobody asked for."""
    stray = [name for name in ConfirmationRule.__annotations__ if name in rule.model_fields_set]
    if stray and not confirmed:
        raise ValueError(f"'{stray[0]}' belongs to a confirmed response; add 'confirmed: true'")


def _report_no_start(rows: Rows, found: Assessments, rule: ConfirmationRule, what: str) -> None:
    """Subjects whose assessments cannot be dated from the start."""
    where = found.records.rows_of(_at(found, np.isnan(found.start)))
    if where.any():
        message = "{names.subjects} has responses but no {start}, so {what} is not known"
        hint = "add {start}, or leave such subjects out"
        parameters: Parameters = {"names": Each(rows[SUBJECT]), "start": str(rule.start), "what": what}
        rows.report("RESP006", message, where=where, hint=hint, parameters=parameters)


def _at(found: Assessments, mask: np.ndarray) -> np.ndarray:
    """A mask of the assessments as one of the records behind them."""
    result = np.zeros(len(found.records.subjects), dtype=bool)
    result[found.record[mask]] = True
    return result


@register
class BestResponse(ConfirmationRule):
    """The best overall response of a subject, with or without confirmation.

    The first category of `categories` that applies, and the record is the earliest that qualifies for it:

    - CR: any CR; with `confirmed` one that a later assessment confirms. PR likewise.
    - SD: a CR, PR or SD at least `sd_days` days after `start`. So an unconfirmed CR or PR becomes SD when it is late
      enough, unless `unconfirmed: NE` says that it does not.
    - NON-CR/NON-PD: such a response at least `sd_days` days after `start`.
    - PD: any PD. NE: any response but PD, such as an SD that is too early. MISSING: no assessment that counts.

    Responses after the first PD never count, nor do those without a date, before `start` or after `until`. Of several
    responses on one date the worst counts. A category that is left out of `categories` is never given. ADT comes along
    from the record that decides, and whatever `bring` names.

    Confirmation: a CR needs a later CR, a PR a later CR or PR, at least `interval` days after it (the first such record
    decides). Between them may stand only CR and NE for a CR, and CR, PR and NE for a PR, at most
    `not_evaluable_between` NE (and `stable_between` SD for a PR), and no PR after a CR. With `next_visit` nothing but
    NE may stand between them.

    | day after start | 01 | 02 | 03 |
    |---|---|---|---|
    | 21 | PR | SD | PR |
    | 42 | NE | PD | SD |
    | 63 | PR | | PD |
    | best response | PR | PD | PR |
    | confirmed best response | PR | PD | SD |

    ```yaml
    AVALC:
      best_response:
        from: self
        where: PARAMCD == "OVR" and ANL01FL == "Y" and ANL02FL == "Y"
        start: TRTSDT
        sd_days: 42
        confirmed: true
        interval: 28
        not_evaluable_between: 1
        bring: [VISIT, VISITNUM, RSSEQ]
    ```

    Source: RECIST 1.1 (Eisenhauer 2009), section 4.4.3 with table 3 (best overall response), sections 4.6.1
    (confirmation) and 4.6.3 (duration of stable disease).
    """

    name: ClassVar[str] = "best_response"
    kind: ClassVar[Kind] = Kind.TEXT

    start: Ref = Field(description="the start of treatment or randomisation; what is before does not count")
    sd_days: int = Field(42, ge=0, description="days after the start from which on SD and NON-CR/NON-PD count")
    confirmed: bool = Field(False, description="whether CR and PR must be confirmed")
    unconfirmed: Literal["SD", "NE"] = Field(
        "SD", description="what a CR or PR without its category is from `sd_days` on"
    )
    categories: Responses = Field(RESPONSES, description="the categories, the first that applies is taken")
    missing: Text = Field("MISSING", description="the value where no assessment counts")

    @model_validator(mode="after")
    def _check(self) -> Self:
        _check_confirmed(self, self.confirmed)
        return self

    def _judge(self, found: Assessments) -> tuple[np.ndarray, Chosen]:
        """The best category of each assessment (its place in `categories`), and the assessment that decides."""
        late = found.last_at_least(self.sd_days)
        response = found.are(CR, PR)
        counts = self.find_confirmed(found) if self.confirmed else response
        stable = found.are(SD) | (response & (self.unconfirmed == "SD"))
        applies = {
            CR: counts & found.are(CR),
            PR: counts & found.are(PR),
            SD: stable & late,
            NON: found.are(NON) & late,
            PD: found.are(PD),
            NE: ~found.are(PD),
        }
        best = np.full(len(late), len(self.categories))
        for place, category in reversed(list(enumerate(self.categories))):
            best[applies[category]] = place
        # The subject's best is the best of its assessments, and the earliest of these qualifies for nothing better.
        least = np.full(found.records.count, len(self.categories))
        np.minimum.at(least, found.subject, best)
        return best, found.pick_first((best == least[found.subject]) & (best < len(self.categories)))

    def choose(self, rows: Rows) -> Chosen:
        return self._judge(self.assess(rows))[1]

    def derive(self, rows: Rows) -> pd.Series:
        read = self.read(rows)
        self.report(rows, read)
        found = self.sort(read)
        if self.sd_days and set(self.categories) & {SD, NON}:
            _report_no_start(rows, found, self, "how long a disease was stable")
        best, chosen = self._judge(found)
        place = np.full(len(read.date), len(self.categories))
        place[found.record] = best
        words = text_column([*self.categories, self.missing])
        numbers = pick_or_blank(pd.Series(place.astype("float64")), chosen.position).fillna(len(self.categories))
        return take_rows(words, numbers.to_numpy(dtype=np.int64))

    def describe_choice(self, words: Words, main: str) -> str:
        return (
            f"the earliest record that qualifies for the category in {main}, by its method. Blank where there is none."
        )

    def method(self, words: Words) -> str:
        late = f"is dated at least {self.sd_days} days after {words(self.start)}"
        confirmed = " that is confirmed" if self.confirmed else ""
        stable = "a CR, PR or SD" if self.unconfirmed == "SD" else "an SD"
        rules = {
            CR: f"CR, if there is a CR{confirmed}",
            PR: f"PR, if there is a PR{confirmed}",
            SD: f"SD, if {stable} {late}",
            NON: f"NON-CR/NON-PD, if a NON-CR/NON-PD {late}",
            PD: "PD, if there is a PD",
            NE: "NE, if there is any response other than PD",
        }
        listed = "; ".join(f"({number}) {rules[each]}" for number, each in enumerate(self.categories, start=1))
        confirmation = f" {self.describe_confirmation()}" if self.confirmed else ""
        return (
            f"Best overall response of the subject: the first that applies of {listed}; otherwise "
            f"{self.missing}.{confirmation} {self.describe_assessments(words)}"
        )


class _YesNo(ConfirmationRule):
    """What `confirmed_response` and `clinical_benefit` share: Y at the earliest assessment that qualifies."""

    kind: ClassVar[Kind] = Kind.TEXT

    yes: Text = Field("Y", description="the value where an assessment qualifies")
    no: Text = Field("N", description="the value where none does")

    def find_qualified(self, found: Assessments) -> np.ndarray:
        """Which assessments qualify."""
        return self.find_confirmed(found)

    def choose(self, rows: Rows) -> Chosen:
        found = self.assess(rows)
        return found.pick_first(self.find_qualified(found))

    def derive(self, rows: Rows) -> pd.Series:
        read = self.read(rows)
        self.report(rows, read)
        found = self.sort(read)
        self.report_qualified(rows, found)
        chosen = found.pick_first(self.find_qualified(found))
        return flag_column(chosen.position >= 0, self.yes, self.no)

    def report_qualified(self, rows: Rows, found: Assessments) -> None:
        """Findings about assessments that count."""

    def describe_qualified(self, words: Words) -> str:
        """What qualifies, as the end of a sentence."""
        return "a CR or PR that is confirmed"

    def describe_rules(self, words: Words) -> str:
        """The rules behind it, as whole sentences."""
        return f"{self.describe_confirmation()} {self.describe_assessments(words)}"

    def describe_choice(self, words: Words, main: str) -> str:
        return f"the earliest record for which {main} is {self.yes}, by its method. Blank where there is none."

    def method(self, words: Words) -> str:
        none = f"otherwise {self.no}" if self.no else "otherwise blank"
        return f"{self.yes} if the subject has {self.describe_qualified(words)}; {none}. {self.describe_rules(words)}"


@register
class ConfirmedResponse(_YesNo):
    """Whether the subject has a confirmed response: Y with the date of the response that is confirmed, else N.

    A CR is confirmed by the first later CR, a PR by the first later CR or PR, at least `interval` days after it. What
    may stand between them is as for `best_response`, and so is which assessments count. ADT, which comes along, is the
    date of the earliest CR or PR that is confirmed, not of what confirms it.

    | ADT | AVALC | | AVALC | ADT |
    |---|---|---|---|---|
    | 2022-03-01 | PR | | Y | 2022-04-01 |
    | 2022-04-01 | PR | | | |
    | 2022-04-20 | NE | | | |
    | 2022-05-10 | CR | | | |

    With two NE between 2022-03-01 and 2022-04-01 in the table, the first PR would be confirmed by none.

    ```yaml
    AVALC:
      confirmed_response:
        from: self
        where: PARAMCD == "OVR" and ANL01FL == "Y" and ANL02FL == "Y"
        interval: 28
        bring: [VISIT, VISITNUM, RSSEQ]
    ```

    Source: RECIST 1.1 (Eisenhauer 2009), section 4.6.1 (confirmation).
    """

    name: ClassVar[str] = "confirmed_response"


@register
class ClinicalBenefit(_YesNo):
    """Whether the subject has clinical benefit (or disease control): Y with its date, else N.

    Y at the earliest of: a CR or PR on any date (with `confirmed` one that is confirmed), or a response of `lasting`
    dated at least `days` days after `start`, for it shows that the disease was under control until then. Which
    assessments count is as for `best_response`.

    | day after start | 01 | 02 | 03 |
    |---|---|---|---|
    | 21 | PR | SD | SD |
    | 42 | PD | SD | PD |
    | clinical benefit | Y on day 21 | Y on day 42 | N |

    ```yaml
    AVALC:
      clinical_benefit:
        from: self
        where: PARAMCD == "OVR" and ANL01FL == "Y" and ANL02FL == "Y"
        start: TRTSDT
        days: 42
    ```

    Source: RECIST 1.1 (Eisenhauer 2009), section 4.6.3 (duration of stable disease: the protocol defines the minimum
    interval), and FDA guidance "Clinical Trial Endpoints for the Approval of Cancer Drugs and Biologics" (2018).
    """

    name: ClassVar[str] = "clinical_benefit"

    start: Ref = Field(description="the start of treatment or randomisation; what is before does not count")
    days: int = Field(42, ge=0, description="days after the start from which on a lasting response counts")
    lasting: Responses = Field((CR, PR, SD, NON), description="responses that count from `days` on")
    confirmed: bool = Field(False, description="whether a CR or PR before `days` must be confirmed")

    @model_validator(mode="after")
    def _check(self) -> Self:
        _check_confirmed(self, self.confirmed)
        return self

    def find_qualified(self, found: Assessments) -> np.ndarray:
        response = self.find_confirmed(found) if self.confirmed else found.are(CR, PR)
        return np.asarray(response | (found.are(*self.lasting) & found.last_at_least(self.days)))

    def report_qualified(self, rows: Rows, found: Assessments) -> None:
        _report_no_start(rows, found, self, "how long a response lasted")

    def describe_qualified(self, words: Words) -> str:
        confirmed = " that is confirmed" if self.confirmed else ""
        late = f"dated at least {self.days} days after {words(self.start)}"
        return f"a CR or PR{confirmed} on any date, or a response of {join_words(self.lasting, 'or')} {late}"

    def describe_rules(self, words: Words) -> str:
        confirmation = f"{self.describe_confirmation()} " if self.confirmed else ""
        return f"{confirmation}{self.describe_assessments(words)}"
