"""Options of the test run, how far Hypothesis goes, and golden files: expected outputs that are accepted with an option."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

GOLDEN = Path(__file__).parents[1] / "fixtures" / "reports"

SLOW = (
    HealthCheck.too_slow,
    HealthCheck.data_too_large,
    HealthCheck.filter_too_much,
    HealthCheck.function_scoped_fixture,
)
settings.register_profile("quick", derandomize=True, deadline=None, max_examples=100, suppress_health_check=SLOW)
settings.register_profile("long", deadline=None, max_examples=2000, suppress_health_check=SLOW, print_blob=True)
settings.load_profile(os.environ.get("TSFIX_PROPERTIES", "quick"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="Accept what is rendered now as fixtures/reports/.")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with the golden file of that name; with ``--update-golden`` make it the golden file."""

    def check(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode("utf-8"))
        assert path.is_file(), f"{name} is missing: run pytest --update-golden and look at what it wrote"
        assert path.read_bytes().decode("utf-8") == text

    return check
