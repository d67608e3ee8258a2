"""What was given: levels, doses and intervals of the three drugs, and the changes that an adverse event explains."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from cdisc_conv.simulate.course.subjects import Cohort
from cdisc_conv.simulate.course.time import CYCLE_DAYS, CYCLES, STOP_AE, Course
from cdisc_conv.simulate.settings.dictionary import Dictionary
from cdisc_conv.simulate.settings.model import Settings
from cdisc_conv.simulate.tables.draws import NEVER, Bools, Draws, Floats, Ints
from cdisc_conv.simulate.tables.rows import Rows
from cdisc_conv.simulate.tables.words import (
    NO_DAY,
    Words,
    blank,
    choose,
    constant,
    dates,
    join,
    numbers,
    times,
    words_of,
    yes_no,
)

OXALIPLATIN, CAPECITABINE, THALIDOMIDE = range(3)
REACTION_MINUTES = (5, 60)
"""From the start of an infusion to a reaction."""
REDUCED, INTERRUPTED, WITHDRAWN = "REDUCED", "INTERRUPTED", "WITHDRAWN"
PROTOCOL_OXALIPLATIN = 0  # a drug's first level is the protocol's


@dataclass(frozen=True, slots=True)
class Triggers:
    """Changes of dosing that were made for an adverse event: whose, on which day, which drug, what was done."""

    subject: Ints
    day: Ints
    drug: Ints
    action: Words
    minute: Ints
    """Time of a reaction to an infusion, in minutes after midnight; -1 for all other events."""


@dataclass(frozen=True, slots=True)
class Dosing:
    """The three dosing forms and what follows from them."""

    rows: tuple[Rows, Rows, Rows]
    triggers: Triggers
    last_dose: Ints
    """Last day with a dose of any drug, `NO_DAY` for the untreated."""
    last_in_combination: Ints
    weight: Floats
    """Body weight in kg on day 1 of each cycle (axis 1)."""


@dataclass(frozen=True, slots=True)
class _Levels:
    """Dose level of each cycle (axis 1) and the reason of the latest reduction."""

    level: Ints
    lowered: Bools
    reason: Ints


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Intervals of constant dosing, flat: subject, cycle, first and last day, given or missed, number of the spell."""

    subject: Ints
    cycle: Ints
    start: Ints
    end: Ints
    given: Bools
    spell: Ints
    first: Bools
    """The first piece of its cycle."""


def simulate_dosing(settings: Settings, cohort: Cohort, course: Course, dictionary: Dictionary, draws: Draws) -> Dosing:
    """Dosing forms of the subjects."""
    n = len(cohort)
    noise = draws.fraction(-settings.demographics.weight_noise_kg, settings.demographics.weight_noise_kg, (n, CYCLES))
    weight = cohort.weigh(course.plan.start, noise)
    area = compute_body_surface(cohort.height[:, None], weight)
    ox_rows, ox_triggers, ox_last = _dose_oxaliplatin(settings, course, area, dictionary, draws)
    ca_rows, ca_triggers, ca_last = _dose_capecitabine(settings, course, area, dictionary, draws)
    th_rows, th_triggers, th_last, th_last_combined = _dose_thalidomide(settings, course, dictionary, draws)
    triggers = _join_triggers([ox_triggers, ca_triggers, th_triggers, *_list_stops(course)])
    in_combination = np.maximum.reduce([ox_last, ca_last, th_last_combined])
    return Dosing((ox_rows, ca_rows, th_rows), triggers, np.maximum(in_combination, th_last), in_combination, weight)


def compute_body_surface(height: Floats, weight: Floats) -> Floats:
    """Body surface area in m2 (Mosteller, N Engl J Med 317 (1987) 1098), to 0.01.

    >>> compute_body_surface(np.array([170.0]), np.array([65.0])).tolist()
    [1.75]
    """
    area: Floats = np.rint(np.sqrt(height * weight / 3600) * 100) / 100
    return area


def round_to_tablets(mg: Floats, tablets: tuple[int, ...]) -> Floats:
    """The nearest dose that whole tablets make (at most 4 of each smaller strength, the lower one of equals).

    >>> round_to_tablets(np.array([1750.0, 1280.0]), (500, 150)).tolist()
    [1800.0, 1300.0]
    """
    most = float(np.max(mg, initial=0))
    doses = {0}
    for tablet in tablets:
        limit = int(most // tablet) + 1 if tablet == max(tablets) else 4
        doses = {dose + tablet * count for dose in doses for count in range(limit + 1)}
    reachable = np.array(sorted(doses), dtype=np.float64)
    middles = (reachable[1:] + reachable[:-1]) / 2
    return reachable[np.searchsorted(middles, mg, side="left")]


def _draw_levels(reduced: float, levels: int, begun: Bools, reasons: Mapping[str, float], draws: Draws) -> _Levels:
    """Reductions from the second cycle on, only in cycles that were begun, down to the lowest level."""
    lowered = draws.chance(reduced, begun.shape) & begun
    lowered[:, 0] = False
    count = np.cumsum(lowered, axis=1)
    lowered &= count < levels
    level = np.minimum(count, levels - 1)
    drawn = draws.pick(reasons, begun.shape)
    at = np.maximum.accumulate(np.where(lowered, np.arange(begun.shape[1]), 0), axis=1)
    return _Levels(level, lowered, np.take_along_axis(drawn, at, axis=1))


def _list_events(dictionary: Dictionary, maintenance_cycles: int) -> Ints:
    combination = [dictionary.event(f"C{number}D1") for number in range(1, CYCLES + 1)]
    return np.array(combination + [dictionary.event(f"M{number:02d}") for number in range(1, maintenance_cycles + 1)])


def _adjustments(
    settings: Settings, course: Course, levels: _Levels, pieces: _Pieces, interrupted: Bools, delayed: bool = True
) -> dict[str, Words]:
    """Planned date of the cycle, delay, reduction, interruption and their reason, per row.

    Without `delayed` dosing goes on through a delay of the cycle (thalidomide): it is planned when the cycle begins.
    """
    exposure, length = settings.exposure, len(pieces.subject)
    row, cycle = pieces.subject, pieces.cycle
    delay = course.plan.delay if delayed else np.zeros_like(course.plan.delay)
    in_combination = cycle < CYCLES
    cycle_6 = np.minimum(cycle, CYCLES - 1)
    late = pieces.first & in_combination & (delay[row, cycle_6] > 0)
    lower = pieces.given & (levels.level[row, cycle] > 0)
    delay_words = words_of(course.plan.delay_reason[row, cycle_6], exposure.delay_reasons).where(late)
    lower_words = words_of(levels.reason[row, cycle], exposure.reduction_reasons).where(lower)
    planned = course.plan.start[row, cycle_6] - delay[row, cycle_6]
    in_maintenance = course.maintenance_start[row] + CYCLE_DAYS * (cycle - CYCLES)
    return {
        "EXPLDAT": dates(np.where(in_combination, planned, in_maintenance)),
        "EXDELAY": yes_no(late, pieces.first & in_combination),
        "EXREDUC": yes_no(lower, pieces.given),
        "EXINTER": yes_no(interrupted),
        "EXADJRS": lower_words.fill(delay_words) if length else blank(0),
    }


def _specify(settings: Settings, items: dict[str, Words], draws: Draws) -> Words:
    """What is written where the reason is OTHER."""
    reasons = [items[name] for name in ("EXREASND", "EXADJRS") if name in items]
    other = np.zeros(len(items["EXADJRS"]), dtype=bool)
    for reason in reasons:
        if "OTHER" in reason.words:
            other |= reason.codes == reason.words.index("OTHER")
    words = settings.exposure.other_reasons
    return words_of(draws.whole(0, len(words) - 1, len(other)), words).where(other)


def _list_pieces(begun: Bools, start: Ints, end: Ints, spells: list[tuple[Ints, Ints]]) -> _Pieces:
    """Cut the interval of each cycle (start, end; axis 1 = cycle) at its spells without doses.

    A spell is (first day, last day), empty when first > last; spells are in order and apart.
    """
    parts = []
    begin = start
    for number, (spell_start, spell_end) in enumerate(spells):
        real = (spell_start <= spell_end) & (spell_start <= end)
        stop = np.where(real, np.minimum(spell_end, end), begin - 1)
        parts.append((begin, np.where(real, spell_start - 1, begin - 1), True, -1))
        parts.append((np.where(real, spell_start, begin), stop, False, number))
        begin = np.where(real, stop + 1, begin)
    parts.append((begin, end, True, -1))
    starts = np.stack([part[0] for part in parts], axis=2)
    ends = np.stack([part[1] for part in parts], axis=2)
    subject, cycle, piece = np.nonzero(begun[:, :, None] & (starts <= ends))
    given = np.array([part[2] for part in parts])[piece]
    spell = np.array([part[3] for part in parts])[piece]
    first = (
        np.r_[True, (subject[1:] != subject[:-1]) | (cycle[1:] != cycle[:-1])] if len(subject) else np.empty(0, bool)
    )
    return _Pieces(subject, cycle, starts[subject, cycle, piece], ends[subject, cycle, piece], given, spell, first)


def _find_last(pieces: _Pieces, n: int, chosen: Bools | bool = True) -> Ints:
    """Last day of each subject with a dose, among the chosen pieces."""
    last, given = np.full(n, NO_DAY), pieces.given & chosen
    np.maximum.at(last, pieces.subject[given], pieces.end[given])
    return last


def _make_rows(form: str, pieces: _Pieces, visit_day: Ints, events: Ints, items: Mapping[str, Words]) -> Rows:
    common = {"EXOCCUR": yes_no(pieces.given), "EXSTDAT": dates(pieces.start), "EXENDAT": dates(pieces.end)}
    day = visit_day[pieces.subject, pieces.cycle]
    return Rows(form, pieces.subject, events[pieces.cycle], day, {**common, **items})


def _trigger(subject: Ints, day: Ints, drug: int, action: str, minute: Ints | None = None) -> Triggers:
    m = len(subject)
    return Triggers(subject, day, np.full(m, drug), constant(action, m), np.full(m, -1) if minute is None else minute)


def _list_level_triggers(
    settings: Settings, course: Course, levels: _Levels, drug: int, start: Ints, begun: Bools
) -> Iterator[Triggers]:
    """Reductions, and (for the first two drugs) delayed cycles, that were for an adverse event."""
    reasons = list(settings.exposure.reduction_reasons)
    if "AE" in reasons:
        subject, cycle = np.nonzero(levels.lowered & begun & (levels.reason == reasons.index("AE")))
        yield _trigger(subject, start[subject, cycle], drug, REDUCED)
    reasons = list(settings.exposure.delay_reasons)
    if "AE" in reasons and drug == CAPECITABINE:
        late = (course.plan.delay > 0) & (course.plan.delay_reason == reasons.index("AE")) & course.given
        subject, cycle = np.nonzero(late)
        planned = course.plan.start - course.plan.delay
        yield _trigger(subject, planned[subject, cycle], drug, INTERRUPTED)


def _list_stops(course: Course) -> Iterator[Triggers]:
    """Treatment stopped for an adverse event: all drugs that were being given."""
    in_combination = course.treated & ~course.combination_complete & (course.stop_reason == STOP_AE)
    in_maintenance = course.maintained & ~course.maintenance_complete & (course.stop_reason == STOP_AE)
    (subject,) = np.nonzero(in_combination)
    yield _trigger(subject, course.combination_end[subject], OXALIPLATIN, WITHDRAWN)
    (subject,) = np.nonzero(in_maintenance)
    yield _trigger(subject, course.maintenance_end[subject], THALIDOMIDE, WITHDRAWN)


def _join_triggers(parts: list[Triggers]) -> Triggers:
    return Triggers(
        np.concatenate([part.subject for part in parts]),
        np.concatenate([part.day for part in parts]),
        np.concatenate([part.drug for part in parts]),
        join([part.action for part in parts]),
        np.concatenate([part.minute for part in parts]),
    )


def _missed_triggers(pieces: _Pieces, reason: Words, drug: int) -> Triggers:
    """Doses missed or omitted for an adverse event."""
    code = reason.words.index("AE") if "AE" in reason.words else -2
    chosen = ~pieces.given & (reason.codes == code)
    return _trigger(pieces.subject[chosen], pieces.start[chosen], drug, INTERRUPTED)


def _dose_oxaliplatin(
    settings: Settings, course: Course, area: Floats, dictionary: Dictionary, draws: Draws
) -> tuple[Rows, Triggers, Ints]:
    about, exposure = settings.exposure.oxaliplatin, settings.exposure
    shape = course.given.shape
    levels = _draw_levels(about.reduced, len(about.levels_mg_m2), course.given, exposure.reduction_reasons, draws)
    omitted = draws.chance(about.omitted, shape) & (np.arange(CYCLES) >= 2)
    start = course.plan.start
    spell = (np.where(omitted, start, start + 1), start)
    pieces = _list_pieces(course.given, start, start, [spell])
    row, cycle, m = pieces.subject, pieces.cycle, len(pieces.subject)
    interrupted = draws.chance(about.interrupted, m) & pieces.given
    reason = words_of(draws.pick(exposure.omission_reasons, m), exposure.omission_reasons).where(~pieces.given)
    surface = area[row, cycle]
    level = np.array(about.levels_mg_m2)[levels.level[row, cycle]]
    begin = draws.whole(*about.start_minutes, m)
    pause = np.where(interrupted, draws.whole(*about.interruption_minutes, m), 0)
    finish = begin + draws.whole(*about.infusion_minutes, m) + pause
    reaction = begin + REACTION_MINUTES[0] + begin % (REACTION_MINUTES[1] - REACTION_MINUTES[0] + 1)
    items = _adjustments(settings, course, levels, pieces, interrupted)
    stopped = choose(m, (interrupted, "AE"))
    items |= {
        "EXREASND": reason,
        "EXADJRS": items["EXADJRS"].fill(stopped),
        "EXSTTIM": times(begin, pieces.given),
        "EXENTIM": times(finish, pieces.given),
        "EXPLLVL": numbers(np.full(m, about.levels_mg_m2[PROTOCOL_OXALIPLATIN]), 1),
        "EXPLDOSE": numbers(about.levels_mg_m2[PROTOCOL_OXALIPLATIN] * surface, 1),
        "EXDOSE": numbers(np.rint(level * surface / about.round_to_mg) * about.round_to_mg, 1, pieces.given),
        "EXDOSFRQ": choose(m, (pieces.given, "ONCE")),
    }
    items["EXREASSP"] = _specify(settings, items, draws)
    rows = _make_rows("exox", pieces, start, _list_events(dictionary, 0), items)
    triggers = _join_triggers(
        [
            *_list_level_triggers(settings, course, levels, OXALIPLATIN, start, course.given),
            _missed_triggers(pieces, reason, OXALIPLATIN),
            _trigger(row[interrupted], pieces.start[interrupted], OXALIPLATIN, INTERRUPTED, reaction[interrupted]),
        ]
    )
    return rows, triggers, _find_last(pieces, shape[0])


def _dose_capecitabine(
    settings: Settings, course: Course, area: Floats, dictionary: Dictionary, draws: Draws
) -> tuple[Rows, Triggers, Ints]:
    about, exposure = settings.exposure.capecitabine, settings.exposure
    shape = course.given.shape
    levels = _draw_levels(about.reduced, len(about.levels_mg_m2), course.given, exposure.reduction_reasons, draws)
    start = course.plan.start
    end = np.minimum(start + about.days - 1, course.combination_end[:, None] - 1)
    omitted = draws.chance(about.omitted, shape) & (np.arange(CYCLES) >= 1)
    paused = draws.chance(about.interrupted, shape) & ~omitted
    pause = start + draws.whole(*about.interruption_starts_on_day, shape) - 1
    pause_end = pause + draws.whole(*about.interruption_days, shape) - 1
    spell_start = np.select([omitted, paused], [start, pause], default=NEVER)
    spell_end = np.select([omitted, paused], [end, pause_end], default=0)
    pieces = _list_pieces(course.given, start, end, [(spell_start, spell_end)])
    row, cycle, m = pieces.subject, pieces.cycle, len(pieces.subject)
    whole_cycle = omitted[row, cycle]
    skipped = words_of(draws.pick(exposure.omission_reasons, m), exposure.omission_reasons)
    halted = words_of(draws.pick(exposure.interruption_reasons, m), exposure.interruption_reasons)
    reason = skipped.where(~pieces.given & whole_cycle).fill(halted.where(~pieces.given))
    surface = area[row, cycle]
    level = np.array(about.levels_mg_m2)[levels.level[row, cycle]]
    protocol = about.levels_mg_m2[0]
    items = _adjustments(settings, course, levels, pieces, ~pieces.given & ~whole_cycle)
    items |= {
        "EXREASND": reason,
        "EXPLLVL": numbers(np.full(m, protocol), 1),
        "EXPLDOSE": numbers(protocol * surface, 1),
        "EXDOSE": numbers(round_to_tablets(level * surface, about.tablets_mg), 1, pieces.given),
        "EXDOSFRQ": choose(m, (pieces.given, "BID")),
    }
    items["EXREASSP"] = _specify(settings, items, draws)
    rows = _make_rows("exca", pieces, start, _list_events(dictionary, 0), items)
    triggers = _join_triggers(
        [
            *_list_level_triggers(settings, course, levels, CAPECITABINE, start, course.given),
            _missed_triggers(pieces, reason, CAPECITABINE),
        ]
    )
    return rows, triggers, _find_last(pieces, shape[0])


def _dose_thalidomide(
    settings: Settings, course: Course, dictionary: Dictionary, draws: Draws
) -> tuple[Rows, Triggers, Ints, Ints]:
    """Every night through the combination (delays included) and through maintenance; a row per unbroken interval."""
    about, exposure = settings.exposure.thalidomide, settings.exposure
    most = settings.course.most_maintenance_cycles
    start, end, begun = _plan_nights(course, most)
    shape = begun.shape
    levels = _draw_levels(about.reduced, len(about.levels_mg), begun, exposure.reduction_reasons, draws)
    # A longer interruption lies within nights 3 to 16 of the cycle, forgotten evenings after it.
    halted = draws.chance(about.interrupted, shape)
    halt = np.where(halted, start + draws.whole(2, 7, shape), NEVER)
    halt_end = np.where(halted, halt + draws.whole(*about.interruption_nights, shape) - 1, 0)
    missed = draws.chance(about.missed, shape)
    miss = np.where(halted, halt_end + draws.whole(2, 4, shape), start + draws.whole(1, 18, shape))
    miss = np.where(missed, miss, NEVER)
    miss_end = np.where(missed, miss + draws.whole(*about.missed_nights, shape) - 1, 0)
    pieces = _list_pieces(begun, start, end, [(halt, halt_end), (miss, miss_end)])
    row, cycle, m = pieces.subject, pieces.cycle, len(pieces.subject)
    forgotten = words_of(draws.pick(about.missed_reasons, m), about.missed_reasons)
    reason = choose(m, (pieces.spell == 0, "AE")).fill(forgotten.where(pieces.spell == 1))
    dose = np.array(about.levels_mg)[levels.level[row, cycle]]
    items = _adjustments(settings, course, levels, pieces, pieces.spell == 0, delayed=False)
    items |= {
        "EXREASND": reason,
        "EXPLDOSE": numbers(np.full(m, about.levels_mg[0]), 1),
        "EXDOSE": numbers(dose, 1, pieces.given),
        "EXDOSFRQ": choose(m, (pieces.given, "QN")),
    }
    items["EXREASSP"] = _specify(settings, items, draws)
    rows = _make_rows("exth", pieces, start, _list_events(dictionary, most), items)
    triggers = _join_triggers(
        [
            *_list_level_triggers(settings, course, levels, THALIDOMIDE, start, begun),
            _missed_triggers(pieces, reason, THALIDOMIDE),
        ]
    )
    return rows, triggers, _find_last(pieces, shape[0]), _find_last(pieces, shape[0], cycle < CYCLES)


def _plan_nights(course: Course, most: int) -> tuple[Ints, Ints, Bools]:
    """First and last night of each cycle of both phases (axis 1), and which cycles were begun."""
    start = course.plan.start
    following = np.column_stack([np.where(course.given[:, 1:], start[:, 1:], NEVER), np.full(len(start), NEVER)])
    end = np.minimum(following, course.combination_end[:, None]) - 1
    m_start = course.maintenance_start[:, None] + CYCLE_DAYS * np.arange(most)
    m_end = np.minimum(m_start + CYCLE_DAYS, course.maintenance_end[:, None]) - 1
    m_begun = course.maintained[:, None] & (m_start < course.maintenance_end[:, None])
    return np.column_stack([start, m_start]), np.column_stack([end, m_end]), np.column_stack([course.given, m_begun])
