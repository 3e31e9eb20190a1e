"""What the manual shows of Python runs."""

import pages


def test_the_page_about_python_runs(tmp_path):
    assert pages.run("python.md", {"scratch": str(tmp_path)}) >= 9
