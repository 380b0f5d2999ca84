"""Every choice that a refusal offers is one that the command takes, and it answers what it is offered for."""

from __future__ import annotations

import importlib
import re
import shlex
import tomllib
from collections.abc import Iterator
from functools import cache

import pytest
from msgspec import Struct
from msgspec.structs import replace

from tests.checks import estate_files as estates
from tests.checks import estates as made_estates
from tests.checks.scenes import Scene
from tests.made import cloned, export_parts, knowledge, read_parts
from tsfix.configuration.targets import accepted_rules, find_target, mappings
from tsfix.conversion import Refused
from tsfix.decisions import Decision
from tsfix.export import Export
from tsfix.findings import Finding
from tsfix.hierarchy import Hierarchy
from tsfix.reports.choices import choices
from tsfix.reports.decision_block import decision_block
from tsfix.request import CloneRequest, PackageMapping
from tsfix.values import PackageId

POLICIES = ("disable", "placeholder", "remove", "keep")


class Case(Struct, frozen=True, kw_only=True):
    """A refused export, and what was asked for."""

    name: str
    export: Export
    request: CloneRequest
    hierarchy: Hierarchy
    refusal: Refused

    def offered(self) -> tuple[str, ...]:
        return choices(self.refusal.reasons, self.refusal.findings, self.request.new_steps)

    def left(self, **others: object) -> list[Finding]:
        """What still stands in the way with another request."""
        outcome = cloned(self.export, replace(self.request, **others), self.hierarchy)  # type: ignore[arg-type]
        return list(outcome.reasons) if isinstance(outcome, Refused) else []


@cache
def cases() -> tuple[Case, ...]:
    return tuple(_cases())


def _cases() -> Iterator[Case]:
    """Everything that the estates refuse: as it comes, with a policy, and with a client package.

    The file of Adatum has replacements of its own for the client package.
    """
    for name, export, target, known in _exports():
        plain = CloneRequest(target=find_target(target, knowledge(), known))
        for how, request in {
            "": plain,
            " disable": replace(plain, new_steps="disable"),
            **({} if name.startswith("adatum") else {" client": replace(plain, client_package=PackageId("ZZZ00001"))}),
        }.items():
            outcome = cloned(export, request, known)
            if isinstance(outcome, Refused):
                title = f"{name} {target}{how}"
                yield Case(name=title, export=export, request=request, hierarchy=known, refusal=outcome)


def _exports() -> Iterator[tuple[str, Export, str, Hierarchy]]:
    for name in estates.NAMES:
        for file, content in importlib.import_module(f"builder.estates.{name}").exports().items():
            if file == "large.zip":  # nothing in it is refused, and it is slow
                continue
            export = read_parts(export_parts(content), file)
            for target in estates.expected(name):
                yield f"{name}/{file}", export, target, estates.hierarchy(name)
    scenes: dict[str, Scene] = {
        "northwind": made_estates.northwind(),
        "litware": made_estates.litware(),
        "woodgrove": made_estates.woodgrove(),
    }
    for name, scene in scenes.items():
        yield name, scene.export, str(scene.to), scene.hierarchy


def key(reason: Finding) -> tuple[str, str, tuple[int, ...]]:
    return (reason.rule, reason.location.task_sequence, reason.location.position)


def options(sentence: str) -> list[str]:
    """The options that a sentence names, with their values."""
    return re.findall(r"--[a-z-]+ [^,:;.() ]+", sentence)


def test_there_are_refusals_of_many_kinds() -> None:
    rules = {reason.rule for case in cases() for reason in case.refusal.reasons}
    assert {"R1", "R13", "R15", "R21", "R24", "R26", "R28", "R32", "R33", "R34", "R35", "R44", "R47"} <= rules


@pytest.mark.parametrize("policy", POLICIES)
def test_a_policy_is_offered_only_where_it_answers_something(policy: str) -> None:
    for case in cases():
        if any("--new-steps disable (" in sentence for sentence in case.offered()):
            before = {key(reason) for reason in case.refusal.reasons}
            after = {key(reason) for reason in case.left(new_steps=policy)}
            steps = {found for found in before if found[0] in ("R24", "R25", "R26", "R28", "R34", "R44") and found[2]}
            assert steps, case.name
            assert not steps & after, case.name


def test_what_can_be_accepted_is_taken_and_answers_its_rules() -> None:
    said = 0
    for case in cases():
        wanted = [
            one.split()[1] for sentence in case.offered() for one in options(sentence) if one.startswith("--accept")
        ]
        if wanted:
            said += 1
            accepted = accepted_rules(wanted, knowledge())
            after = {reason.rule for reason in case.left(accepted_rules=accepted)}
            assert not after & set(wanted), case.name
    assert 5 < said


def test_a_client_package_is_offered_only_where_it_answers_something() -> None:
    said = 0
    for case in cases():
        if any("--client-package ID" in sentence for sentence in case.offered()):
            said += 1
            after = {reason.rule for reason in case.left(client_package=PackageId("ZZZ00001"))}
            assert not after & {"R1", "R4"}, case.name
    assert 5 < said


def test_a_mapping_is_offered_only_where_it_answers_something() -> None:
    said = 0
    for case in cases():
        texts = [one.split()[1] for sentence in case.offered() for one in options(sentence) if one.startswith("--map")]
        if texts:
            said += 1
            new = f"{case.hierarchy.sites[-1].code}0BEEF"
            asked = mappings([text.replace("=NEW", f"={new}") for text in texts], "--map")
            assert all(isinstance(one, PackageMapping) for one in asked)
            after = case.left(mappings=asked)
            assert not {one.old for one in asked} & {reason.subject for reason in after}, case.name
    assert 2 < said


def test_nothing_is_offered_that_cannot_help() -> None:
    """Each refusal has a choice for every reason; no refusal has one for a rule that gave no reason."""
    for case in cases():
        offered, found = case.offered(), case.refusal
        assert offered, case.name
        rules = {reason.rule for reason in found.reasons}
        for option in (one for sentence in offered for one in options(sentence)):
            name, value = option.split()
            assert name in ("--accept", "--map", "--new-steps", "--client-package"), option
            assert name != "--accept" or value in rules, case.name


def decisions(case: Case) -> list[tuple[dict[str, str], tuple[str, ...]]]:
    """The entries of the block for tsfix.toml, each with the answers that it names."""
    found = case.refusal
    block = decision_block(found.reasons, case.export, found.findings)
    answers = re.findall(r'^do = ""  # (.+)$', block, flags=re.MULTILINE)
    entries = tomllib.loads(block)["decisions"]
    assert len(answers) == len(entries)
    return [(entry, tuple(re.split(", | or ", one))) for entry, one in zip(entries, answers, strict=True)]


def test_every_answer_of_the_block_answers_its_reason() -> None:
    """Each by itself: whatever else stands in the way may still do so."""
    tried = 0
    for case in cases():
        for entry, answers in decisions(case) if case.request.new_steps == "auto" else ():
            for answer in answers:
                said = {**entry, "do": answer, "reason": "because"}
                after = {key(reason) for reason in case.left(decisions=(Decision(**said),))}  # type: ignore[arg-type]
                about = {one for one in after if one[0] == entry["rule"] and _same_place(one, entry, case)}
                assert not about, f"{case.name}: {shlex.join([entry['rule'], answer])}"
                tried += 1
    assert 100 < tried


def _same_place(found: tuple[str, str, tuple[int, ...]], entry: dict[str, str], case: Case) -> bool:
    ids = {item.task_sequence.name: item.task_sequence.package_id for item in case.export.task_sequences}
    if entry["task_sequence"] not in (found[1], ids[found[1]]):
        return False
    reasons = [one for one in case.refusal.reasons if key(one) == found]
    return any(" > ".join(one.location.path) == entry.get("step", "") for one in reasons)
