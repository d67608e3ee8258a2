"""The kinds of value that `simulation.yaml` holds: probabilities, ranges, weights, quantiles."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field


def _refuse_switches(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError(f"a number is expected, not {str(value).lower()}")
    return value


def _check_order(value: tuple[Any, Any]) -> tuple[Any, Any]:
    if value[0] > value[1]:
        raise ValueError(f"the lower end {value[0]} is above the upper end {value[1]}")
    return value


def _check_weights(value: dict[str, float]) -> dict[str, float]:
    if sum(value.values()) <= 0:
        raise ValueError("at least one weight must be above 0")
    return value


def _check_rising(value: tuple[float, ...]) -> tuple[float, ...]:
    if any(later < earlier for earlier, later in pairwise(value)):
        raise ValueError("quantiles must not fall")
    return value


Number = Annotated[float, BeforeValidator(_refuse_switches)]
Count = Annotated[int, BeforeValidator(_refuse_switches), Field(ge=0)]
Probability = Annotated[Number, Field(ge=0, le=1)]
Hazard = Annotated[Number, Field(ge=0, le=10)]
Positive = Annotated[Number, Field(gt=0)]
Weights = Annotated[dict[str, Annotated[Number, Field(ge=0)]], Field(min_length=1), AfterValidator(_check_weights)]
Range = Annotated[tuple[Number, Number], AfterValidator(_check_order)]
Days = Annotated[tuple[int, int], AfterValidator(_check_order)]
Words = Annotated[tuple[str, ...], Field(min_length=1)]
Quantiles = Annotated[tuple[Number, ...], Field(min_length=2), AfterValidator(_check_rising)]


class Section(BaseModel):
    """A part of the file: unknown keys are refused, nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, defer_build=True)


class Spread(Section):
    """Values at evenly spaced probabilities."""

    quantiles: Quantiles
