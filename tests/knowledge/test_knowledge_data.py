"""The data files: compiled and published forms are current, and no fact stands alone."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from tsfix.errors import UsageError
from tsfix.knowledge import compile as compiler
from tsfix.knowledge import publish, validation
from tsfix.knowledge.base import KnowledgeBase
from tsfix.knowledge.facts import Feature, Introduced
from tsfix.knowledge.load import load
from tsfix.knowledge.pages import pages
from tsfix.knowledge.sections import Sections
from tsfix.knowledge.sense_data import Data


@pytest.fixture(scope="module")
def data() -> Data:
    return validation.read()


def features() -> list[Feature]:
    base = load()
    return [*base.sequence_features(), *(one for fact in base.step_types() for one in fact.features)]


def test_what_is_made_of_the_data_is_current(data: Data) -> None:
    """When this fails: python -m tsfix.knowledge.compile"""
    assert [] == [path.name for path, _ in compiler.stale(compiler.outputs(data))]


def test_the_reference_pages_are_current(data: Data) -> None:
    """When this fails: python -m tsfix.knowledge.publish"""
    made = publish.outputs(KnowledgeBase(compiler.content(data)))
    assert [] == [path.name for path, _ in compiler.stale(made)]


def test_every_table_of_the_pages_has_as_many_cells_as_columns() -> None:
    for name, text in pages(load()).items():
        width = 0
        for line in text.splitlines():
            cells = line.replace("\\|", "").count("|") if line.startswith("|") else 0
            assert not cells or not width or cells == width, (name, line)
            width = cells


def test_compiling_twice_gives_the_same_text(data: Data) -> None:
    assert compiler.compiled(data) == compiler.compiled(validation.read())


def test_every_file_fits_the_published_schema() -> None:
    import tomllib

    schemas = {name: json.loads(text) for name, text in compiler.schemas().items()}
    files = {
        "versions.schema.json": [validation.DATA / "versions.toml"],
        "sequence_features.schema.json": [validation.DATA / "sequence_features.toml"],
        "step.schema.json": sorted((validation.DATA / "steps").glob("*.toml")),
    }
    for name, paths in files.items():
        validator = jsonschema.Draft202012Validator(schemas[name])
        for path in paths:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
            assert [] == [f"{path.name}: {error.message}" for error in validator.iter_errors(content)]


def test_no_fact_got_lost() -> None:
    """Facts are added, hardly ever taken away: the numbers are those of the first release."""
    base = load()
    counts = (base.versions, base.step_types(), features(), base.variables, base.rules, base.conditions, base.vendors)
    for least, found in zip((37, 58, 168, 215, 65, 11, 11), map(len, counts), strict=True):
        assert least <= found


def test_the_example_of_the_how_to_works(tmp_path: Path) -> None:
    page = compiler.SCHEMAS.parents[1] / "how-to" / "add-a-step-type.md"
    example = page.read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0]
    copy = tmp_path / "data"
    shutil.copytree(validation.DATA, copy)
    (copy / "steps" / "SMS_TaskSequence_ContosoPingAction.toml").write_text(example, encoding="utf-8")
    added = KnowledgeBase(compiler.content(validation.read(copy))).step("SMS_TaskSequence_ContosoPingAction")
    assert added is not None
    assert ("Ping Server", ["ping-server-retry"]) == (added.name, [feature.id for feature in added.features])


def test_versions_rise() -> None:
    versions = load().versions
    orders = [version.order for version in versions]
    assert sorted(set(orders)) == orders
    current = [int(version.id) for version in versions if version.family == "current-branch"]
    assert sorted(current) == current


def test_every_fact_has_a_source() -> None:
    base = load()
    assert [] == [fact.type for fact in base.step_types() if not fact.source.page]
    assert [] == [fact.id for fact in features() if not fact.source.page]
    assert [] == [version.id for version in base.versions if not version.sources]
    assert [] == [one.build for one in base.windows_releases if not one.source.url]


def test_the_builds_of_windows() -> None:
    """Whole values: a build that is wrong by a digit judges every image by it wrongly."""
    found = {windows: list(releases.items()) for windows, releases in load().first_builds.items()}
    ten = "1507 1511 1607 1703 1709 1803 1809 1903 1909 2004 20h2 21h1 21h2 22h2"
    builds = (10240, 10586, 14393, 15063, 16299, 17134, 17763, 18362, 18363, 19041, 19042, 19043, 19044, 19045)
    eleven = (22000, 22621, 22631, 26100, 26200, 26300, 28000)
    assert {
        "10": list(zip(ten.split(), builds, strict=True)),
        "11": list(zip(["21h2", "22h2", "23h2", "24h2", "25h2", "26h2", "26h1"], eleven, strict=True)),
        "Server 2016": [("", 14393)],
        "Server 2019": [("", 17763)],
        "Server 2022": [("", 20348)],
        "Server 2025": [("", 26100)],
    } == found


def test_what_a_missing_variable_passes() -> None:
    passes = load().without_value
    assert {"notexists", "notequals", "notlike"} == {operator for operator, passed in passes.items() if passed}
    assert {"exists", "equals", "like"} == {operator for operator, passed in passes.items() if not passed}


def test_what_is_new_in_a_step_is_not_older_than_the_step() -> None:
    base = load()
    order = {version.id: version.order for version in base.versions}

    def place(introduced: Introduced) -> int:
        return 0 if introduced.version is None else order[introduced.version]

    assert [] == [
        one.id
        for fact in base.step_types()
        for one in fact.features
        if place(one.introduced) < place(fact.introduced) and not one.behaviour_only
    ]


def test_loading_needs_no_heavy_module() -> None:
    script = (
        "import sys; from tsfix.knowledge.load import load; import tsfix.knowledge.matching; load().versions;"
        "print([name for name in ('pydantic', 'tomllib', 'yaml', 'lxml') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "[]" == run.stdout.strip()


def broken(folder: Path, file: str, old: str, new: str) -> str:
    """Copy the data, spoil one file, and return what the compiler says."""
    copy = folder / "data"
    shutil.copytree(validation.DATA, copy, dirs_exist_ok=True)
    text = (copy / file).read_text(encoding="utf-8")
    assert old in text
    (copy / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        validation.read(copy)
    return str(caught.value)


DRIVERS = "steps/SMS_TaskSequence_ApplyDriverPackageAction.toml"


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        (
            DRIVERS,
            'severity = "error"',
            'severity = "bad"',
            "features.apply-driver-package-recurse.severity: found 'bad'",
        ),
        (
            DRIVERS,
            'cmdlet = "',
            'comandlet = "',
            "comandlet: found 'New-CMTSStepApplyDriverPackage', expected no such key",
        ),
        (DRIVERS, 'confidence = "documented"\n', "", "confidence: found nothing, expected this key"),
        (DRIVERS, '{ version = "1706" }', '{ version = "1707" }', "expected a version of versions.toml (did you mean "),
        (DRIVERS, '{ version = "1706" }', '{ bound = "exact" }', "expected a version, or bound unknown without one"),
        (DRIVERS, 'name = "Apply Driver Package"', "name = Apply", "found Invalid value"),
        (DRIVERS, r"cut = '\s/recurse:\S*'", r"cut = '\s/recurse:(\S*'", "expected a regular expression"),
        (DRIVERS, r"cut = '\s/recurse:\S*'", "", "expected what to cut, for automatic always"),
        (DRIVERS, 'neutral = ["false", ""]\n', "", "expected a feature with neutral values"),
        (DRIVERS, 'UnsignedDriver = "OSDAllowUnsignedDriver"', 'Recurse = "OSDRecurse"', "is among base_properties"),
        (DRIVERS, 'type = "SMS_', 'type = "XMS_', "expected the name of the file"),
        ("versions.toml", "order = 2\n", "order = 1\n", "versions.2007-sp1.order: found 1, expected > 1"),
        ("versions.toml", 'sources = ["builds", "common"]', 'sources = ["nowhere"]', "expected a key of [sources]"),
        ("versions.toml", '"2012 SP1"', '"2012 R2"', "expected a name of one version"),
        ("sequence_features.toml", 'scope = "sequence"\n', "", "features.sequence-schema-version.scope"),
        (
            "versions.toml",
            "build = 22621\n",
            "build = 21999\n",
            "windows_releases.11 22h2.build: found 21999, expected > 22000",
        ),
        ("versions.toml", 'release = "22h2"', 'release = "21h2"', "versions.toml: windows_releases"),
        ("versions.toml", 'source = "windows-10-list"', 'source = "nowhere"', "expected a key of [sources]"),
        ("versions.toml", 'release = "20h2"', 'release = "20H2"', "windows_releases"),
        ("conditions.toml", "notlike = true", "notlike = false", "without_value.passes.like: found False"),
        ("conditions.toml", "notlike = true", "notLike = true", "without_value.passes.notLike"),
        ("conditions.toml", 'confidence = "inferred"\ntext', 'confidence = "sure"\ntext', "without_value.confidence"),
    ],
)
def test_a_mistake_is_named_with_file_and_key(tmp_path: Path, file: str, old: str, new: str, told: str) -> None:
    message = broken(tmp_path, file, old, new)
    assert file in message
    assert told in message


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    copy = tmp_path / "data"
    shutil.copytree(validation.DATA, copy)
    for name in ("RebootAction", "PrepareOSAction"):
        path = copy / "steps" / f"SMS_TaskSequence_{name}.toml"
        path.write_text(
            path.read_text(encoding="utf-8").replace('element = "step"', 'element = "stop"'), encoding="utf-8"
        )
    with pytest.raises(UsageError) as caught:
        validation.read(copy)
    assert "2 mistakes to mend" in str(caught.value)
    assert "SMS_TaskSequence_RebootAction.toml" in str(caught.value)
    assert "SMS_TaskSequence_PrepareOSAction.toml" in str(caught.value)


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_the_lazy_reader_finds_what_a_plain_parser_finds(line_end: str) -> None:
    """Also where git has changed the ends of lines."""
    text = compiler.COMPILED.read_text(encoding="utf-8").replace("\n", line_end)
    lazy = Sections(text.rstrip().encode(), deep=frozenset({"steps"}))
    plain = json.loads(text)
    assert list(plain) == list(lazy)
    assert plain["steps"] == dict(lazy["steps"])
    assert {key: value for key, value in plain.items() if key != "steps"} == {
        key: value for key, value in lazy.items() if key != "steps"
    }
