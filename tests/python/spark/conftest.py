"""A limit of time round every test: a query that hangs is a failure."""

import signal

import pytest
from spark_session import session

# Seconds. A session that has to start is in it.
LIMIT = 240


@pytest.fixture(autouse=True)
def limited():
    def stop(*_):
        raise TimeoutError(f"the test took more than {LIMIT} seconds")

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(LIMIT)
    yield
    signal.alarm(0)


@pytest.fixture(scope="session")
def spark():
    started = session()
    started.sparkContext.setLogLevel("ERROR")
    yield started
    started.stop()
