"""Formats that are loaded once for all tests."""

import pytest
import weir
from material import ACCESS, GATE, SAMPLE


@pytest.fixture(scope="session")
def access():
    return weir.load(ACCESS)


@pytest.fixture(scope="session")
def sample():
    return SAMPLE.read_text().splitlines()


@pytest.fixture(scope="session")
def gate():
    return weir.Format(GATE)
