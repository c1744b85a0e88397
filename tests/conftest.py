"""Fixtures shared by all tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("greenzone", deadline=None)  # kernels compile on their first example
settings.load_profile("greenzone")

PROJECT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def project() -> Path:
    """Root of the checkout."""
    return PROJECT


@pytest.fixture(scope="session")
def coarse(project: Path) -> Any:
    """The quick scenario: the whole zone at 5 km."""
    import greenzone as gz

    return gz.run(gz.read_config(project / "configs" / "quick.yaml"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of third-party reference data beside the checkout; tests that need it skip where it is absent."""
    folder = PROJECT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the reference data of ../shared/data are not here")
    return folder
