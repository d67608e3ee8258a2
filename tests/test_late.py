"""Loaded when used: libraries and names that nobody waits for."""

from __future__ import annotations

import subprocess
import sys

import pytest
from studies import write_tiny_study

from cdisc_conv.late import load_from, load_when_used

LIBRARY = "colorsys"
"""A small module that nothing of ours imports."""


@pytest.fixture
def library(monkeypatch):
    monkeypatch.delitem(sys.modules, LIBRARY, raising=False)
    load_when_used([LIBRARY])
    yield sys.modules[LIBRARY]
    sys.modules.pop(LIBRARY, None)


def test_a_library_waits_until_something_of_it_is_used(library):
    import colorsys

    assert colorsys is library
    assert "rgb_to_hsv" not in vars(library)
    assert colorsys.rgb_to_hsv(1, 0, 0) == (0.0, 1.0, 1)
    assert sys.modules[LIBRARY] is not library
    assert vars(library)["rgb_to_hsv"] is sys.modules[LIBRARY].rgb_to_hsv


def test_later_imports_are_of_the_library_itself(library):
    assert library.ONE_THIRD == 1 / 3
    from colorsys import rgb_to_hls

    assert library.rgb_to_hls is rgb_to_hls


def test_what_a_library_lacks(library):
    with pytest.raises(AttributeError, match="module 'colorsys' has no attribute 'rgb'"):
        _ = library.rgb


def test_what_is_loaded_stays(library):
    real = library.hsv_to_rgb
    load_when_used([LIBRARY])
    assert sys.modules[LIBRARY].hsv_to_rgb is real


def test_a_library_that_is_not_there():
    load_when_used(["no_such_library"])
    import no_such_library  # type: ignore[import-not-found]

    with pytest.raises(ModuleNotFoundError, match="No module named 'no_such_library'"):
        _ = no_such_library.anything


def test_a_name_that_a_package_lacks():
    with pytest.raises(AttributeError, match="module 'cdisc_conv' has no attribute 'Plaice'"):
        load_from("cdisc_conv", {"Place": "problems"})("Plaice")


def test_lint_loads_no_pandas(tmp_path):
    write_tiny_study(tmp_path)
    code = (
        "import sys\n"
        "from cdisc_conv.cli import main\n"
        f"sys.argv = ['cdisc-conv', 'lint', {str(tmp_path / 'tiny')!r}]\n"
        "try:\n    main()\nexcept SystemExit:\n    print('pandas.core.frame' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False"
