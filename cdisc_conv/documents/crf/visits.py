"""Which forms belong to which visit, as the export has them: for the bookmarks by visit."""

from __future__ import annotations

from collections.abc import Mapping

from cdisc_conv.columns.stored import Frame
from cdisc_conv.columns.texts import fold
from cdisc_conv.spec.model import Form, Study


def list_visits(study: Study, frames: Mapping[str, Frame]) -> list[tuple[str, tuple[str, ...]]]:
    """The visits that forms.yaml lists under ``events``, in its order, each with the forms that have rows of it.

    A row belongs to a visit when a column that the EDC adds holds the visit's event or its external id. Visits without
    rows are left out.
    """
    said = study.settings.get("visits") or []
    events = [event for event in said if isinstance(event, dict)]
    names = {fold(str(value)) for event in events for value in (event.get("event"), event.get("eid")) if value}
    seen = {
        name: _find_events(study.forms[name], frame, names) for name, frame in frames.items() if name in study.forms
    }
    visits: dict[str, dict[str, None]] = {}
    for event in events:
        here = {fold(str(value)) for value in (event.get("event"), event.get("eid")) if value}
        forms = [name for name in study.forms if here & seen.get(name, set())]
        if forms:
            title = str(event.get("visit") or event.get("event"))
            visits.setdefault(title, {}).update(dict.fromkeys(forms))
    return [(title, tuple(forms)) for title, forms in visits.items()]


def _find_events(form: Form, frame: Frame, names: set[str]) -> set[str]:
    columns = [name for name, field in form.fields.items() if not field.item and name in frame.columns]
    found = [{fold(str(value)) for value in frame[name].unique()} & names for name in columns]
    return max(found, key=len, default=set())
