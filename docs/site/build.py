"""Build the documentation site: `python3 dev.py docs`, or `python docs/site/build.py FOLDER`.

The pages are the project's own Markdown as it lies in the repository, a page for every command and the reference of
`forecast`'s functions, both made here from the program. Whatever Sphinx warns of, a broken link above all, fails.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

SITE = Path(__file__).resolve().parent
ROOT = SITE.parent.parent
SPOKEN_OF = ("LICENSE", "models")
"""What pages link to beside each other."""

NAVIGATION = {
    "Start": ["README", "docs/tutorial"],
    "Analysts": [
        *("docs/starting", "docs/coding", "docs/team", "docs/analysts", "docs/report", "docs/asking", "docs/explain"),
        *("docs/markets", "docs/track-record"),
    ],
    "Statisticians": ["docs/model", "docs/proof", "docs/update", "docs/agreement", "docs/backtest"],
    "Developers": ["docs/developing", "docs/speed", "CONTRIBUTING"],
    "Reference": ["commands/index", "api", "CHANGELOG"],
}
"""The order of the pages. One that is not there is left out; one that is not named ends the reference."""
TITLES = {"README": "What it is, and setting it up", "CHANGELOG": "What changed"}

API = """# From Python

What `from forecast import ...` offers. Each function answers what the command of the same name prints, as a tidy pandas
table. How they are used together stands in [Asking a saved run](docs/asking.md), what
lies beneath in [Developing](docs/developing.md).
"""


def main(words: list[str]) -> int:
    """Build into the folder that is named, else into `docs/_site`; 0 if nothing was wrong."""
    output = Path(words[0]).resolve() if words else ROOT / "docs" / "_site"
    source = output / "source"
    shutil.rmtree(output, ignore_errors=True)
    lay_out(source)
    failed = sphinx(source, output)
    print("the site has faults: see above" if failed else output / "html" / "index.html")
    return failed


def sphinx(source: Path, output: Path) -> int:
    """Run Sphinx, for which any warning is a fault; 0 if there was none."""
    from sphinx.cmd.build import build_main

    strict = ["--fail-on-warning", "--keep-going", "--quiet"]
    return int(
        build_main([*strict, "-c", str(SITE), "-d", str(output / "doctrees"), str(source), str(output / "html")])
    )


def lay_out(source: Path) -> None:
    """Put every page where its links expect it: as in the repository, with what is made beside."""
    from command_pages import write_pages

    shutil.copytree(ROOT / "docs", source / "docs", ignore=shutil.ignore_patterns("_site", "site", "schema"))
    for page in ROOT.glob("*.md"):
        shutil.copy(page, source)
    for name in SPOKEN_OF:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, source / name)
    for page in source.rglob("*.md"):
        page.write_text(_captioned(page.read_text(encoding="utf-8")), encoding="utf-8")
    write_pages(source / "commands")
    (source / "api.md").write_text(API + "\n".join(_reference()), encoding="utf-8")
    index = (SITE / "index.md").read_text(encoding="utf-8")
    (source / "index.md").write_text(index + "".join(_navigation(source)), encoding="utf-8")


def _captioned(text: str) -> str:
    """A block that names its file, as in "```yaml ida.yaml", under that name."""
    return re.sub(r"^```(\w+) ([\w./-]+)$", r"```{code-block} \1\n:caption: \2", text, flags=re.MULTILINE)


def _reference() -> list[str]:
    """A block for everything that `forecast` offers, in its own order."""
    import forecast

    blocks = []
    for name in forecast._HOME:
        kind = "autoclass" if name[0].isupper() else "autofunction"
        members = "   :members:\n" if kind == "autoclass" else ""
        blocks.append(f"\n```{{eval-rst}}\n.. {kind}:: forecast.{name}\n{members}```\n")
    return blocks


def _navigation(source: Path) -> list[str]:
    there = {path.relative_to(source).with_suffix("").as_posix() for path in source.rglob("*.md")}
    named = {page for pages in NAVIGATION.values() for page in pages}
    rest = sorted(page for page in there - named - {"index"} if not page.startswith("commands/"))
    blocks = []
    for caption, pages in NAVIGATION.items():
        kept = [page for page in pages if page in there] + (rest if caption == "Reference" else [])
        lines = [f"{TITLES[page]} <{page}>" if page in TITLES else page for page in kept]
        blocks.append(f"\n```{{toctree}}\n:hidden:\n:caption: {caption}\n\n" + "\n".join(lines) + "\n```\n")
    return blocks


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
