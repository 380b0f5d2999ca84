"""Makes the pictures of the reports: ``python docs/screenshots.py``. Needs Pillow, and Chromium, Chrome or Edge.

The browser is the one that ``TSFIX_BROWSER`` names, or the first that is found. It runs without a window and loads only
the reports, which the script makes from the fixtures in a temporary folder.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from msgspec import Struct

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge", "microsoft-edge")
DEPLOY = "Contoso Deploy Windows 11.zip"
COPY = "Contoso Deploy Windows 11 (for LEG).zip"
FLAGS = (
    *("--headless", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-quic", "--force-device-scale-factor=1"),
)


class Picture(Struct, frozen=True, kw_only=True):
    """One picture: a part of a page."""

    name: str
    page: str
    """The file of the report."""
    place: str = ""
    """The anchor that is scrolled to; empty for the top."""
    width: int = 1100
    height: int = 780
    cut: int = 0
    """What is cut off at the top: the row with the search, which covers the page."""


PICTURES = (
    Picture(name="clone-report", page="clone.html", height=800),
    Picture(name="clone-steps", page="clone.html", place="e1-t1-1-3-5", height=860),
    Picture(name="one-change", page="clone.html", place="e1-t1-1-3-6", height=476, cut=140),
    Picture(name="scan-sites", page="scan.html", height=760),
    Picture(name="diff", page="diff.html", height=820),
)

FRAME = (
    '<body style="margin:0"><iframe src="{picture.page}#{picture.place}" '
    'style="border:0;width:{picture.width}px;height:{picture.height}px"></iframe>'
)

DECISIONS = """\
[[decisions]]
task_sequence = "Deploy Windows 11*"
step = "1.1.3"
rule = "R26"
do = "disable"
reason = "The depot sets the firmware key of the computers of LEG."

[[decisions]]
task_sequence = "Deploy Windows 11*"
step = "1.1.4"
rule = "R26"
do = "disable"
reason = "LEG staff check the network cable by hand until March."

[[decisions]]
task_sequence = "Deploy Windows 11*"
step = "1.1.5"
rule = "R26"
do = "disable"
reason = "The collection variables of LEG set ContosoModel."

[[decisions]]
task_sequence = "Deploy Windows 11*"
step = "1.4.1"
rule = "R26"
do = "disable"
reason = "The Windows image of LEG has the log folder."
"""


def main() -> int:
    """Make the reports and take a picture of each. Returns the exit code."""
    browser = os.environ.get("TSFIX_BROWSER") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        print(f"No browser found. Set TSFIX_BROWSER, or install one of: {', '.join(BROWSERS)}.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_reports(folder)
        for picture in PICTURES:
            take(picture, browser, folder)
    return 0


def make_reports(folder: Path) -> None:
    """The reports of the tutorial, and a scan of a few exports for every site."""
    exports = ROOT / "fixtures" / "exports"
    shutil.copy(exports / DEPLOY, folder)
    shutil.copy(ROOT / "fixtures" / "hierarchy" / "contoso.toml", folder)
    (folder / "exports").mkdir()
    for export in exports.glob("Contoso [DKR]*.zip"):
        shutil.copy(export, folder / "exports")
    (folder / "tsfix.toml").write_text(DECISIONS, encoding="utf-8")
    run(
        folder,
        "clone",
        DEPLOY,
        "--to",
        "LEG",
        "--hierarchy",
        "contoso.toml",
        "-o",
        "copies",
        "--output",
        "html=clone.html",
    )
    run(folder, "diff", DEPLOY, f"copies/{COPY}", "--output", "html=diff.html")
    (folder / "tsfix.toml").unlink()
    run(folder, "scan", "exports", "--hierarchy", "contoso.toml", "--output", "html=scan.html")


def run(folder: Path, *arguments: str) -> None:
    """Run tsfix there. Findings are expected; without a report the script ends."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tsfix", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, check=False)
    report = folder / arguments[-1].partition("=")[2]
    if done.returncode > 1 or not report.is_file():
        raise SystemExit(f"tsfix {arguments[0]} ended with {done.returncode} and wrote no report.")


def take(picture: Picture, browser: str, folder: Path) -> None:
    """Take one picture and put it under docs/images."""
    IMAGES.mkdir(exist_ok=True)
    page = folder / picture.page
    if picture.place:
        # A picture of a page that was scrolled comes out empty; one of a frame that was scrolled does not.
        page = folder / f"{picture.name}-frame.html"
        page.write_text(FRAME.format(picture=picture), encoding="utf-8")
    sandbox = ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                *(browser, *FLAGS, *sandbox, f"--user-data-dir={profile}"),
                f"--window-size={picture.width},{picture.height}",
                f"--screenshot={IMAGES / picture.name}.png",
                page.as_uri(),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
            timeout=120,
        )
    shrink(IMAGES / f"{picture.name}.png", picture.cut)
    print(f"docs/images/{picture.name}.png")


def shrink(path: Path, cut: int) -> None:
    """Cut the top off, and keep 128 colours: a report has few, and the file gets less than half as large."""
    from PIL import Image

    with Image.open(path) as image:
        small = image.convert("RGB").crop((0, cut, *image.size)).quantize(128)
    small.save(path, optimize=True)


if __name__ == "__main__":
    sys.exit(main())
