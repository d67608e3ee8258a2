"""What an earlier run found in the same mapping is not looked for again."""

from __future__ import annotations

from studies import edit, write_tiny_study

from cdisc_conv.checks import lint_folder
from cdisc_conv.keeping import Room
from cdisc_conv.spec.lint import study as lint
from cdisc_conv.steps import Steps


def test_a_mapping_is_looked_at_again_when_it_changed(tmp_path, monkeypatch):
    folder = write_tiny_study(tmp_path)
    room = Room(tmp_path / "room")
    room.make()
    asked = []
    check = lint.check_study
    monkeypatch.setattr(lint, "check_study", lambda study: asked.append(study.name) or check(study))

    def find() -> list[str]:
        _, problems = lint_folder(folder, Steps(room, "version 1"))
        return [problem.code for problem in problems]

    assert [find(), find(), len(asked)] == [[], [], 1]
    edit(folder / "study.yaml", "ae.AEYN: says", "ae.AEYES: says")
    assert [find(), find(), len(asked)] == [["LINT103"], ["LINT103"], 2]
    edit(folder / "sdtm" / "ae.yaml", "variables:\n", "variables:\n  # a line more\n")
    assert [find(), find(), len(asked)] == [["LINT103"], ["LINT103"], 3]
