"""What differs between the pages in the repository and those of the site."""

import posixpath
import re
from pathlib import Path

from mkdocs.structure.files import File

ROOT = Path(__file__).resolve().parents[2]
# Pages beside docs that pages of the manual lead to.
BESIDE = ["CHANGELOG.md", "CONTRIBUTING.md", "THIRD-PARTY.md"]
LINK = re.compile(r"(?<!!)\[([^\]\[]*)\]\(([^)\s:]+)\)")


def on_files(files, config):
    for name in BESIDE:
        files.append(File.generated(config, f"beside/{name}", content=(ROOT / name).read_text()))
    return files


def on_page_markdown(markdown, page, **_):
    # The second word of a fence says how the tests run the block.
    markdown = re.sub(r"^```([a-z]+) [a-z].*$", r"```\1", markdown, flags=re.M)
    source = page.file.src_uri
    return LINK.sub(lambda link: target(link, source), markdown)


def target(link, source):
    """A link within the site, else the words alone: what leads out of the manual is in the repository only."""
    words, path = link.groups()
    path, mark, anchor = path.partition("#")
    if not path:
        return link.group()
    folder = posixpath.dirname(source)
    if source.startswith("beside/"):
        place = posixpath.normpath(path)
        if place == "README.md":
            return words
        found = place[5:] if place.startswith("docs/") else None
    else:
        place = posixpath.normpath(posixpath.join("docs", folder, path))
        found = place[5:] if place.startswith("docs/") else None
    if place in BESIDE:
        found = f"beside/{place}"
    elif found is None or not (ROOT / "docs" / found).is_file():
        index = f"{found}/README.md" if found else ""
        if not index or not (ROOT / "docs" / index).is_file():
            return words
        found = index
    return f"[{words}]({posixpath.relpath(found, folder or '.')}{mark}{anchor})"
