"""Confirmation of a complete or partial response by a later assessment."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from cdisc_conv.derivations.endpoints.assessments import CR, NE, NON, PD, PR, SD, AssessmentRule, Assessments
from cdisc_conv.derivations.records.joining import find_last_before


class ConfirmationRule(AssessmentRule):
    """Base of the derivations that may ask for a confirmed response: the settings of the confirmation."""

    interval: int = Field(28, ge=0, description="days that the confirming assessment is later, at least")
    max_interval: int | None = Field(None, ge=1, description="days that it is later, at most; no limit when left out")
    not_evaluable_between: int = Field(1, ge=0, description="how many NE may stand between the two")
    stable_between: int = Field(0, ge=0, description="how many SD may stand between a PR and what confirms it")
    next_visit: bool = Field(False, description="whether nothing but NE may stand between the two")

    def find_confirmed(self, found: Assessments) -> np.ndarray:
        """Which assessments are a CR or PR that a later one confirms.

        A CR is confirmed by the first later CR, a PR by the first later CR or PR, at least `interval` days after it;
        what stands between is counted with running sums.
        """
        count, here = len(found.date), np.arange(len(found.date))
        complete, partial = found.are(CR), found.are(PR)
        before = find_last_before(found.subject, found.date, found.subject, found.date + (self.interval - 0.5))
        earliest = np.maximum(before, here) + 1
        by = np.where(complete, _find_next(complete)[earliest], _find_next(complete | partial)[earliest])
        inside = np.minimum(by, count - 1)
        confirmed = (complete | partial) & (by < count) & (found.subject[inside] == found.subject)
        if self.max_interval is not None:
            confirmed &= found.date[inside] - found.date <= self.max_interval
        between = {each: _count_between(found.are(each), here, inside) for each in (CR, PR, SD, NON, PD, NE)}
        confirmed &= (between[NE] <= self.not_evaluable_between) & (between[NON] + between[PD] == 0)
        confirmed &= np.where(complete, between[PR] + between[SD] == 0, between[SD] <= self.stable_between)
        # No PR after a CR: the first CR after the PR is not followed by a PR up to what confirms it.
        next_complete = np.minimum(_find_next(complete)[here + 1], inside)
        confirmed &= (
            complete
            | (_count_between(partial, next_complete, inside) + partial[inside] == 0)
            | (~complete[next_complete])
        )
        if self.next_visit:
            confirmed &= sum(between[each] for each in (CR, PR, SD)) == 0
        return np.asarray(confirmed)

    def describe_confirmation(self) -> str:
        """The rule of confirmation as whole sentences."""
        most = f", and at most {_count_days(self.max_interval)}," if self.max_interval is not None else ""
        text = (
            f"A CR is confirmed by the first later CR that is at least {_count_days(self.interval)}{most} after it, a "
            f"PR by the first later CR or PR that is at least {_count_days(self.interval)}{most} after it. "
        )
        evaluable = f"at most {self.not_evaluable_between} NE" if self.not_evaluable_between else "no NE"
        if self.next_visit:
            between = evaluable.replace("at most", "nothing but at most") if self.not_evaluable_between else "nothing"
            return f"{text}Between the two may stand {between}."
        stable = f", at most {self.stable_between} SD" if self.stable_between else ""
        return (
            f"{text}Between a CR and what confirms it may stand only CR and {evaluable}; between a PR and what "
            f"confirms it only CR, PR{stable} and {evaluable}, and no PR may follow a CR up to and including the "
            "confirming assessment."
        )


def _find_next(mask: np.ndarray) -> np.ndarray:
    """For each place, and one behind the last, the first place from there on where the mask is true; else the length.

    >>> _find_next(np.array([False, True, False])).tolist()
    [1, 1, 3, 3]
    """
    count = len(mask)
    places = np.append(np.where(mask, np.arange(count), count), count)
    return np.asarray(np.minimum.accumulate(places[::-1])[::-1])


def _count_between(mask: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """How often the mask is true after `start` and before `end`.

    >>> _count_between(np.array([True, True, False, True]), np.array([0, 1]), np.array([3, 1])).tolist()
    [1, 0]
    """
    total = np.append(0, np.cumsum(mask))
    return np.asarray(np.maximum(total[end] - total[np.minimum(start + 1, len(mask))], 0))


def _count_days(days: int) -> str:
    return f"{days} day{'s' if days != 1 else ''}"
