"""The notebooks run from the first cell to the last, and say what they are stored with."""

import nbformat
import pytest
from material import ROOT
from nbclient import NotebookClient

NOTEBOOKS = sorted((ROOT / "docs/notebooks").glob("*.ipynb"))


def texts(notebook):
    """What the cells print and show, but for pictures, which other fonts draw otherwise."""
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    return [output.get("text") or output["data"].get("text/plain") for output in outputs if "image/png" not in output.get("data", {})]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_says_what_it_says(path):
    stored, ran = (nbformat.read(path, as_version=4) for _ in range(2))
    NotebookClient(ran, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(ROOT)}}).execute()
    assert texts(ran) == texts(stored)
    pictures = [output for cell in ran.cells for output in cell.get("outputs", []) if "image/png" in output.get("data", {})]
    assert pictures, "it draws nothing"


def test_there_is_one():
    assert NOTEBOOKS
