"""What is built: the wheel works away from the repository, holds what it must and nothing else, and is always the same."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Callable
from email.parser import Parser
from pathlib import Path

import pytest

import tsfix
from tests.cli.running import ROOT
from tsfix.api_reference import EXAMPLE

pytest.importorskip("hatchling", reason="hatchling, which builds the wheel, is not installed")

EPOCH = "1700000000"
Run = Callable[..., str]


def build(target: str, folder: Path, **env: str) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120, env={**os.environ, **env})
    (found,) = folder.iterdir()
    return found


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", tmp_path_factory.mktemp("wheel"), SOURCE_DATE_EPOCH=EPOCH)


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("sdist", tmp_path_factory.mktemp("sdist"), SOURCE_DATE_EPOCH=EPOCH)


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    return set(zipfile.ZipFile(wheel).namelist())


@pytest.fixture
def installed(wheel: Path, tmp_path: Path) -> Run:
    """Runs Python far from the repository, with tsfix from the wheel. The dependencies are those of these tests."""
    packages, elsewhere = tmp_path / "packages", tmp_path / "elsewhere"
    zipfile.ZipFile(wheel).extractall(packages)
    elsewhere.mkdir()

    def run(*arguments: str) -> str:
        env = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
        ran = subprocess.run(
            [sys.executable, *arguments],
            cwd=elsewhere,
            env={**env, "PYTHONPATH": str(packages), "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            check=False,
            timeout=120,
        )
        assert 0 == ran.returncode, ran.stderr.decode("utf-8")
        return ran.stdout.decode("utf-8")

    return run


def test_wheel_holds_every_file_of_the_package_and_nothing_else(names: set[str]) -> None:
    package = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "tsfix").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    demo = {"tsfix/demo_data/Contoso Deploy Windows 11.zip", "tsfix/demo_data/contoso.toml"}
    info = f"tsfix-{tsfix.__version__}.dist-info/"
    about = {info + name for name in ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE")}
    assert sorted(package | demo | about) == sorted(names)


def test_wheel_holds_what_tsfix_cannot_do_without(names: set[str]) -> None:
    needed = {
        "tsfix/py.typed",
        "tsfix/knowledge/data/knowledge.json",
        "tsfix/reports/templates/report.html.j2",
        "tsfix/scripts/templates/inventory.ps1",
    }
    assert set() == needed - names


def test_version_stands_in_one_place(wheel: Path) -> None:
    info = f"tsfix-{tsfix.__version__}.dist-info/METADATA"
    metadata = Parser().parsestr(zipfile.ZipFile(wheel).read(info).decode("utf-8"))
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert (tsfix.__version__, 'dynamic = ["version"]' in project) == (metadata["Version"], True)
    assert f"tsfix-{tsfix.__version__}-py3-none-any.whl" == wheel.name


def test_same_sources_give_the_same_bytes(wheel: Path, sdist: Path, tmp_path: Path) -> None:
    again = {"SOURCE_DATE_EPOCH": EPOCH, "TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7"}
    assert wheel.read_bytes() == build("wheel", tmp_path / "wheel", **again).read_bytes()
    assert sdist.read_bytes() == build("sdist", tmp_path / "sdist", **again).read_bytes()


def test_source_distribution_holds_what_its_tests_look_at(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        found = {name.split("/", 2)[1] for name in archive.getnames()}
    wanted = {"tsfix", "tests", "fixtures", "docs", "pyproject.toml"}
    wanted |= {".ci", ".github", ".mkdocs.yml", ".pre-commit-hooks.yaml"}
    pages = {"README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"}
    assert sorted(wanted | pages | {"PKG-INFO", ".gitignore"}) == sorted(found)


def test_commands_work_away_from_the_repository(installed: Run) -> None:
    assert f"tsfix {tsfix.__version__}\n" == installed("-m", "tsfix", "--version").replace("\r\n", "\n")
    assert "packages" in installed("-c", "import tsfix; print(tsfix.__file__)")
    assert "1 copied" in installed("-m", "tsfix", "demo", "-o", "copies")
    copy = "copies/Contoso Deploy Windows 11 (for LEG).zip"
    assert "<!doctype html>" in installed("-m", "tsfix", "scan", copy, "--to", "1706", "--format", "html", "-q")
    assert "Register-ArgumentCompleter" in installed("-m", "tsfix", "--show-completion", "powershell")
    assert "[CmdletBinding" in installed("-m", "tsfix", "script", "inventory")


def test_a_typed_script_passes_against_the_installed_wheel(wheel: Path, tmp_path: Path) -> None:
    pytest.importorskip("mypy", reason="mypy is not installed")
    venv.create(tmp_path / "environment")
    python = tmp_path / "environment" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    where = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], capture_output=True, check=True
    )
    zipfile.ZipFile(wheel).extractall(where.stdout.decode().strip())
    script = tmp_path / "script.py"
    text = EXAMPLE.read_text(encoding="utf-8")
    script.write_text(text + "\nreveal_type(api.diff('a', 'b').report.equal)\n", encoding="utf-8")
    ran = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            "--python-executable",
            python,
            "--cache-dir",
            tmp_path / "cache",
            script,
        ],
        cwd=tmp_path,
        capture_output=True,
        env={key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "MYPY"))},
        check=False,
        timeout=300,
    )
    lines = ran.stdout.decode("utf-8").splitlines()
    assert (0, 'Revealed type is "bool"') == (
        ran.returncode,
        lines[0].partition("note: ")[2].replace("builtins.", ""),
    ), lines
