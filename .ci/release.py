"""Makes the files of a release in dist/: ``python .ci/release.py``. Uploads nothing.

- the wheel and the source distribution, each built twice in different folders and compared;
- one file for each Python version of Windows and Linux that holds tsfix and everything it needs;
- the pinned dependencies with their hashes, for those who install the wheel;
- the bill of materials (CycloneDX) of what these files hold;
- SHA256SUMS.

Needs the programs of .ci/requirements/release.txt and a package index. The same sources give the same bytes, as long as
these programs and the index's files are the same.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DIST = ROOT / "dist"
RUNTIME = ROOT / ".ci" / "requirements" / "runtime.txt"
SYSTEMS = {"windows": "x86_64-pc-windows-msvc", "linux": "x86_64-manylinux_2_28"}
SYS_PLATFORM = {"windows": "win32", "linux": "linux"}
PYTHONS = ("3.11", "3.12", "3.13")
CHECK = """\
import sys

if sys.version_info[:2] != {version} or sys.platform != "{platform}" or sys.maxsize < 2**32:
    found = f"{{sys.version_info[0]}}.{{sys.version_info[1]}} on {{sys.platform}}"
    sys.exit(f"tsfix: this file is for 64-bit Python {python} on {platform}, and this is Python {{found}}.")
"""
"""What a single file looks at first: its parsers are made for one version of Python on one system."""


def main() -> int:
    """Make everything. Returns 0, or 1 when two builds differ."""
    shutil.rmtree(DIST, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="tsfix-release-") as name:
        folder = Path(name)
        built = [build(folder / side) for side in ("first", "second, elsewhere")]
        if [digest(path) for path in built[0]] != [digest(path) for path in built[1]]:
            print("The two builds differ: the build is not reproducible here.", file=sys.stderr)
            return 1
        DIST.mkdir()
        for path in built[0]:
            shutil.copy(path, DIST)
        wheel = next(DIST.glob("*.whl"))
        shutil.copyfile(RUNTIME, DIST / f"tsfix-{wheel.name.split('-')[1]}-requirements.txt")
        bill_of_materials(wheel, folder)
        for system, platform in SYSTEMS.items():
            for python in PYTHONS:
                single_file(wheel, folder / f"{system}-{python}", system, platform, python)
    sums = "".join(f"{digest(path)}  {path.name}\n" for path in sorted(DIST.iterdir()))
    (DIST / "SHA256SUMS").write_text(sums, encoding="ascii", newline="\n")
    print(sums, end="")
    return 0


def build(folder: Path) -> list[Path]:
    """Source distribution and wheel of a copy of what git tracks, so that nothing else can get in."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    source = folder / "source"
    for file in filter(None, listed.decode("utf-8").split("\0")):
        target = source / file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / file, target)
    run("uv", "build", "--quiet", "--no-build-isolation", "--python", sys.executable, "-o", folder / "dist", source)
    return sorted((folder / "dist").glob("tsfix*"))


def install(wheel: Path, folder: Path, *platform: str) -> None:
    """The wheel and its pinned dependencies in a folder. What is not pinned by its hash is refused."""
    target = ("--quiet", "--no-compile-bytecode", "--target", folder, *platform)
    run("uv", "pip", "install", *target, "--only-binary", ":all:", "--require-hashes", "-r", RUNTIME)
    # By its name: from a path, a note of that path would be left behind.
    run("uv", "pip", "install", *target, "--no-deps", "--no-index", "--find-links", wheel.parent, requirement(wheel))


def single_file(wheel: Path, folder: Path, system: str, platform: str, python: str) -> None:
    """One file that any Python of that version runs. Markers are those of the target system, not of this one."""
    install(wheel, folder, "--python-platform", platform, "--python-version", python)
    shutil.rmtree(folder / "bin", ignore_errors=True)  # programs with this machine's path in them
    shutil.rmtree(folder / "Scripts", ignore_errors=True)
    wanted = {"python": python, "version": tuple(map(int, python.split("."))), "platform": SYS_PLATFORM[system]}
    check = folder.parent / f"check-{system}-{python}.py"
    check.write_text(CHECK.format(**wanted), encoding="utf-8", newline="\n")
    target = DIST / f"tsfix-{wheel.name.split('-')[1]}-{system}-py{python.replace('.', '')}.pyz"
    made = ("--reproducible", "--compressed", "--preamble", check, "--site-packages", folder, "-o", target)
    run("shiv", *made, "-e", "tsfix.cli:main")


def bill_of_materials(wheel: Path, folder: Path) -> None:
    """Names, versions, licences and addresses of the project pages of all that a release holds, without any time."""
    environment = folder / "environment"
    run("uv", "venv", "--quiet", "--python", sys.executable, environment)
    python = environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    run("uv", "pip", "install", "--quiet", "--python", python, "--require-hashes", "-r", RUNTIME)
    given = ("--quiet", "--python", python, "--no-deps", "--no-index", "--find-links", wheel.parent)
    run("uv", "pip", "install", *given, requirement(wheel))
    target = DIST / f"tsfix-{wheel.name.split('-')[1]}.cdx.json"
    made = ("--pyproject", ROOT / "pyproject.toml", "--output-reproducible", "-o", target)
    run("cyclonedx-py", "environment", *made, python)
    # Where the wheel lay on this machine is nobody's business.
    text = target.read_text(encoding="utf-8")
    if re.search(r"file:/+", text):
        raise SystemExit("The bill of materials names a path of this machine.")


def requirement(wheel: Path) -> str:
    """The wheel by name and version."""
    name, version = wheel.name.split("-")[:2]
    return f"{name}=={version}"


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def run(*command: object) -> None:
    """Run a program to its end; its failure ends this one."""
    subprocess.run([str(word) for word in command], cwd=ROOT, check=True)


if __name__ == "__main__":
    sys.exit(main())
