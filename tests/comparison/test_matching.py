"""Groups and steps are found again after any edits, and every edit is one entry."""

from __future__ import annotations

import copy
import time
from random import Random

import pytest
from lxml import etree

from tests.comparison.builders import (
    EDITS,
    Element,
    client,
    command,
    compare_sequences,
    edit_variable,
    group,
    items,
    remove_group,
    restart,
    script,
    sequence,
    set_variable,
    some_sequence,
    step,
    variable_condition,
    with_condition,
)
from tsfix.comparison.differences import Comparison, Counts
from tsfix.comparison.matching import Matching, match
from tsfix.task_sequence import Group, Step


class _Any:
    """Equal to everything: for fields that a test does not look at."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0


ANY = _Any()


def example() -> Element:
    """Two phases with a few groups; "Restart Computer" occurs four times, "Install" is a group and a step."""
    root = etree.Element("sequence", version="3.10")
    root.append(
        group(
            "Prepare",
            with_condition(restart(), variable_condition("_SMSTSInWinPE", "equals", "false")),
            group("Disk", command("Clean", "diskpart /s clean.txt"), command("Format", "format.com /q")),
            set_variable("Set variable", "A", "1"),
            set_variable("Set variable", "B", "2"),
        )
    )
    root.append(
        group(
            "Install",
            client("Setup Windows and ConfigMgr", "CHQ00002"),
            restart(),
            group(
                "Drivers",
                command("HP", "hp.exe /s"),
                command("Dell", "dell.exe /s"),
                command("Lenovo", "lenovo.exe /s"),
            ),
            restart(),
            script("Run script", "exit 0"),
            group(
                "Apps", command("Install", "setup.exe /quiet", "CHQ00010"), restart(), script("Run script", "exit 1")
            ),
        )
    )
    return root


def named(root: Element, name: str) -> Element:
    return next(found for found in items(root) if found.get("name") == name)


def compared(before: Element, after: Element) -> Comparison:
    return compare_sequences(sequence(before), sequence(after))


def entries(comparison: Comparison) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Kind, what, name and fields of each difference."""
    return [
        (found.kind, found.what, found.name, tuple(detail.field for detail in found.details))
        for found in comparison.differences
    ]


def test_seven_edits_are_seven_entries() -> None:
    before = example()
    after = copy.deepcopy(before)
    named(after, "Dell").set("disable", "true")
    named(after, "Setup Windows and ConfigMgr").find("defaultVarList")[1].text = "LEG00007"
    removed = named(after, "Format")
    removed.getparent().remove(removed)
    named(after, "Apps").append(command("Tidy up", "cleanup.cmd /all"))
    named(after, "Drivers").set("name", "Device drivers")
    drivers = named(after, "Device drivers")
    drivers.append(named(after, "HP"))
    named(after, "Prepare").append(
        named(after, "Install").find("step[@type='SMS_TaskSequence_RunPowerShellScriptAction']")
    )

    found = compared(before, after)

    assert [
        ("removed", "step", "Format", ANY),
        ("moved", "step", "Run script", ()),
        ("changed", "step", "Setup Windows and ConfigMgr", ("variable:_SMSClientPackageID",)),
        ("changed", "group", "Device drivers", ("attribute:name",)),
        ("changed", "step", "Dell", ("attribute:disable",)),
        ("moved", "step", "HP", ()),
        ("added", "step", "Tidy up", ANY),
    ] == entries(found)
    assert Counts(changed=3, moved=2, added=1, removed=1) == found.counts


def test_positions_and_paths_tell_both_places() -> None:
    before = example()
    after = copy.deepcopy(before)
    named(after, "Prepare").append(named(after, "Lenovo"))
    (found,) = compared(before, after).differences
    assert ("Install", "Drivers", "Lenovo") == found.before_path
    assert ("Prepare", "Lenovo") == found.after_path
    assert ((1, 2, 2), (0, 4)) == (found.before_position, found.after_position)
    assert "SMS_TaskSequence_RunCommandLineAction" == found.type


def test_moved_and_changed_is_one_entry() -> None:
    before = example()
    after = copy.deepcopy(before)
    lenovo = named(after, "Lenovo")
    lenovo.set("continueOnError", "true")
    named(after, "Prepare").append(lenovo)
    assert [("moved-and-changed", "step", "Lenovo", ("attribute:continueOnError",))] == entries(compared(before, after))


def test_a_moved_group_takes_its_steps_along() -> None:
    before = example()
    after = copy.deepcopy(before)
    named(after, "Prepare").append(named(after, "Drivers"))
    assert [("moved", "group", "Drivers", ())] == entries(compared(before, after))


def test_what_was_removed_is_read_where_it_stood() -> None:
    before = example()
    after = copy.deepcopy(before)
    for name in ("Dell", "Disk"):
        removed = named(after, name)
        removed.getparent().remove(removed)
    named(after, "HP").set("timeout", "900")
    named(after, "Lenovo").set("timeout", "900")
    assert [
        "Disk",
        "Clean",
        "Format",
        "HP",
        "Dell",
        "Lenovo",
    ] == [found.name for found in compared(before, after).differences]


def test_what_was_removed_is_read_after_the_group_before_it_and_not_after_what_left() -> None:
    before = example()
    after = copy.deepcopy(before)
    for name in ("HP", "Run script"):
        removed = named(named(after, "Install"), name)
        removed.getparent().remove(removed)
    named(after, "Lenovo").set("timeout", "900")
    inner = named(after, "Install")
    inner.append(inner[3])
    found = [(entry.kind, entry.name) for entry in compared(before, after).differences]
    assert [
        ("removed", "HP"),
        ("changed", "Lenovo"),
        ("removed", "Run script"),
        ("moved", "Restart Computer"),
    ] == found


def test_swapped_steps_of_one_name_are_one_move() -> None:
    before = example()
    after = copy.deepcopy(before)
    first, second = [found for found in items(after) if found.get("name") == "Set variable"]
    second.addnext(first)
    (found,) = compared(before, after).differences
    assert "moved" == found.kind
    assert found.before_position != found.after_position


def test_one_of_many_identical_steps_removed_is_one_entry() -> None:
    before = etree.Element("sequence")
    before.append(group("All the same", *(restart() for _ in range(40))))
    after = copy.deepcopy(before)
    after[0].remove(after[0][17])
    assert Counts(removed=1) == compared(before, after).counts
    assert Counts(added=1) == compared(after, before).counts


def test_an_identical_step_moved_past_its_twins_is_one_move() -> None:
    before = etree.Element("sequence")
    before.append(group("One", restart(), command("A", "a.exe")))
    before.append(group("Two", restart()))
    before.append(group("Three", command("B", "b.exe")))
    after = copy.deepcopy(before)
    after[2].append(after[0][0])
    assert Counts(moved=1) == compared(before, after).counts


def test_two_groups_that_swap_names_are_two_renamings() -> None:
    before = example()
    after = copy.deepcopy(before)
    named(after, "Drivers").set("name", "Other")
    named(after, "Disk").set("name", "Drivers")
    named(after, "Other").set("name", "Disk")
    assert [
        ("changed", "group", "Drivers", ("attribute:name",)),
        ("changed", "group", "Disk", ("attribute:name",)),
    ] == entries(compared(before, after))


def test_a_group_put_around_steps_is_one_addition_and_the_moves() -> None:
    before = example()
    after = copy.deepcopy(before)
    drivers = named(after, "Drivers")
    wrapped = group("Only HP")
    drivers.insert(0, wrapped)
    wrapped.append(named(after, "HP"))
    assert [("added", "group", "Only HP", ANY), ("moved", "step", "HP", ())] == entries(compared(before, after))


def test_two_steps_that_swap_names_are_two_renamings() -> None:
    before = example()
    after = copy.deepcopy(before)
    one, other = named(after, "Clean"), named(after, "HP")
    one.set("name", "HP")
    other.set("name", "Clean")
    assert [
        ("changed", "step", "HP", ("attribute:name",)),
        ("changed", "step", "Clean", ("attribute:name",)),
    ] == entries(compared(before, after))


def test_a_renamed_group_is_known_by_its_changed_steps() -> None:
    before = example()
    after = copy.deepcopy(before)
    named(after, "Drivers").set("name", "Device drivers")
    for name in ("HP", "Dell", "Lenovo"):
        variables = named(after, name).find("defaultVarList")
        for variable in variables:
            variable.text = "another value"
    assert Counts(changed=4) == compared(before, after).counts


def test_a_renamed_group_is_known_by_steps_that_stand_elsewhere_too() -> None:
    before = etree.Element("sequence")
    for name in ("One", "Two", "Three"):
        before.append(group(name, restart(), set_variable("Set", "A", "1")))
    after = copy.deepcopy(before)
    after[1].set("name", "Another")
    after[1].set("disable", "true")
    assert [("changed", "group", "Another", ("attribute:name", "attribute:disable"))] == entries(
        compared(before, after)
    )


def test_of_two_groups_with_one_name_the_right_one_is_removed() -> None:
    before = etree.Element("sequence")
    before.append(group("Twice", restart(), restart(), restart()))
    before.append(group("Twice", set_variable("Set", "A", "1"), set_variable("Set", "A", "1")))
    after = copy.deepcopy(before)
    after.remove(after[0])
    after[0].set("description", "The only one.")
    assert [
        ("removed", "group", "Twice", ANY),
        *[("removed", "step", "Restart Computer", ANY)] * 3,
        ("changed", "group", "Twice", ("attribute:description",)),
    ] == entries(compared(before, after))


def test_of_two_groups_with_one_name_and_changed_steps_the_right_one_is_removed() -> None:
    before = etree.Element("sequence")
    before.append(group("Twice", command("A", "a.exe /s"), command("B", "b.exe /s")))
    before.append(group("Twice", command("C", "c.exe /s"), command("D", "d.exe /s")))
    after = copy.deepcopy(before)
    after.remove(after[0])
    for item in after[0]:
        item.set("timeout", "900")
    assert [
        ("removed", "group", "Twice", ANY),
        ("removed", "step", "A", ANY),
        ("removed", "step", "B", ANY),
        ("changed", "step", "C", ("attribute:timeout",)),
        ("changed", "step", "D", ("attribute:timeout",)),
    ] == entries(compared(before, after))


def test_an_empty_group_can_be_renamed() -> None:
    before = sequence('<group name="A" description=""/><group name="B" description=""/>')
    after = sequence('<group name="A" description=""/><group name="C" description=""/>')
    assert Counts(changed=1) == compare_sequences(before, after).counts


def test_a_bare_step_can_be_renamed() -> None:
    before, after = sequence('<step name="A"/>'), sequence('<step name="B"/>')
    assert Counts(changed=1) == compare_sequences(before, after).counts


def test_a_group_whose_steps_all_changed_keeps_its_name_against_one_stray_step() -> None:
    before = etree.Element("sequence")
    before.append(
        group("Phase", *(script("Run script", f"exit {number}") for number in range(4)), command("A", "a.exe /s"))
    )
    after = copy.deepcopy(before)
    stray = group("New", after[0][-1])
    for number, item in enumerate(after[0]):
        item.find("defaultVarList")[1].text = (
            script(f"Run {number}", f"exit {number + 10}").find("defaultVarList")[1].text
        )
    after.append(stray)
    assert Counts(changed=4, moved=1, added=1) == compared(before, after).counts


def test_a_step_moved_past_identical_ones_is_one_move() -> None:
    before = etree.Element("sequence")
    before.append(group("G", client("Setup", "CHQ00002"), command("Copy", "copy.cmd"), *(restart() for _ in range(4))))
    after = copy.deepcopy(before)
    after[0].insert(4, after[0][1])
    assert [("moved", "step", "Copy", ())] == entries(compared(before, after))


def test_a_renamed_and_slightly_changed_step_in_its_place_stays_itself() -> None:
    before = example()
    after = copy.deepcopy(before)
    changed = named(after, "Setup Windows and ConfigMgr")
    changed.set("name", "Client for the old site")
    changed.find("defaultVarList")[1].text = "LEG00007"
    assert [
        ("changed", "step", "Client for the old site", ("attribute:name", "variable:_SMSClientPackageID"))
    ] == entries(compared(before, after))


def test_a_step_of_short_values_that_was_renamed_and_changed_stays_itself() -> None:
    def encrypt(name: str, mode: str) -> Element:
        values = {"OSDBitLockerMode": ("Mode", mode), "OSDBitLockerWait": ("Wait", "false"), "Key": ("Key", "AD")}
        return step(name, "EnableBitLockerAction", f"OSDBitLocker.exe /enable /mode:{mode}", values)

    before, after = etree.Element("sequence"), etree.Element("sequence")
    before.append(group("G", restart(), encrypt("Enable BitLocker", "TPM")))
    after.append(group("G", restart(), encrypt("Encrypt the disk", "PIN")))
    assert Counts(changed=1) == compared(before, after).counts


def test_a_step_whose_name_was_extended_stays_itself() -> None:
    before = etree.Element("sequence")
    before.append(group("G", script("Find package", "Invoke-Old -Server here")))
    after = etree.Element("sequence")
    after.append(group("G", script("Find package - intranet", "Invoke-New -Url there -Everything -Else -Is -Other")))
    assert Counts(changed=1) == compared(before, after).counts


def test_a_step_that_was_disabled_and_renamed_stays_itself() -> None:
    before = example()
    after = copy.deepcopy(before)
    changed = named(after, "Install").findall("step")[1]
    changed.set("name", "Restart Computer (not for LEG)")
    changed.set("disable", "true")
    changed.set("description", "Taken out.")
    assert [
        (
            "changed",
            "step",
            "Restart Computer (not for LEG)",
            ("attribute:name", "attribute:description", "attribute:disable"),
        )
    ] == entries(compared(before, after))


def test_another_type_under_the_same_name_in_the_same_place_is_a_change() -> None:
    before = example()
    after = copy.deepcopy(before)
    old = named(after, "Dell")
    old.getparent().replace(old, script("Dell", "exit 0"))
    (found,) = compared(before, after).differences
    assert ("changed", "Dell") == (found.kind, found.name)
    assert "attribute:type" == found.details[0].field


def test_an_unrelated_step_is_not_taken_for_a_changed_one() -> None:
    """Both are command line steps with the usual settings, in two groups, and have nothing else in common."""
    before = example()
    after = copy.deepcopy(before)
    removed = named(after, "Clean")
    removed.getparent().remove(removed)
    named(after, "Apps").append(command("Copy logs", "xcopy %_SMSTSLogPath% \\\\server\\logs /s /y"))
    assert Counts(added=1, removed=1) == compared(before, after).counts


def test_group_and_step_of_the_same_name_are_kept_apart() -> None:
    before = sequence('<group name="Install" description=""/>')
    after = sequence('<step type="SMS_TaskSequence_RebootAction" name="Install" description=""/>')
    assert Counts(added=1, removed=1) == compare_sequences(before, after).counts


@pytest.mark.parametrize(
    "inner", ["", '<group name="" description=""/>', "<step/>", "<step/><step/><group/>", "<group><step/></group>"]
)
def test_bare_models_are_compared(inner: str) -> None:
    full, empty = sequence(inner), sequence("")
    assert compare_sequences(full, full).identical
    assert Counts(added=len(list(full.walk()))) == compare_sequences(empty, full).counts
    assert Counts(removed=len(list(full.walk()))) == compare_sequences(full, empty).counts


def test_indentation_and_attribute_order_are_no_difference() -> None:
    before = example()
    after = copy.deepcopy(before)
    etree.indent(after)
    for item in items(after):
        attributes = sorted(item.attrib.items(), reverse=True)
        item.attrib.clear()
        item.attrib.update(attributes)
    assert compared(before, after).identical


def scripted(seed: int) -> tuple[Element, Element, int]:
    """A sequence, the same after random edits, and how many groups and steps these touched."""
    rng = Random(seed)
    before = some_sequence(rng, rng.choice([6, 20, 57]))
    after = copy.deepcopy(before)
    touched = 0
    for _ in range(rng.choice([0, 1, 2, 3, 5, 8, 15])):
        edit = rng.choice(EDITS)
        if edit is remove_group and rng.random() < 0.6:
            edit = edit_variable
        if items(after, "step") and items(after, "group"):
            touched += edit(after, rng)
    return before, after, touched


@pytest.mark.parametrize("start", range(0, 200, 20))
def test_random_edits_never_give_more_entries_than_edits(start: int) -> None:
    for seed in range(start, start + 20):
        before, after, touched = scripted(seed)
        found = compared(before, after)
        assert found.counts.total <= touched, f"seed {seed}"
        assert found.counts.total == len(found.differences)
        assert compared(before, before).identical


@pytest.mark.parametrize("start", range(1000, 1100, 20))
def test_a_matching_accounts_for_everything_and_can_be_followed(start: int) -> None:
    for seed in range(start, start + 20):
        before, after, _ = scripted(seed)
        first, second = sequence(before), sequence(after)
        found = match(first, second)
        pairs = found.pairs
        assert positions(first.walk()) == positions([*(pair.before for pair in pairs), *found.removed])
        assert positions(second.walk()) == positions([*(pair.after for pair in pairs), *found.added])
        check_that_the_rest_stayed(found)
        for difference in compare_sequences(first, second).differences:
            assert bool(difference.details) == (difference.kind != "moved"), f"seed {seed}"


def positions(found: object) -> list[tuple[int, ...]]:
    return sorted(item.position for item in found)  # type: ignore[attr-defined]


def check_that_the_rest_stayed(found: Matching) -> None:
    """What is not called moved has the same group around it, and the order of its neighbours."""
    homes = {pair.before.position: pair.after.position for pair in found.pairs} | {(): ()}
    stayed = [pair for pair in found.pairs if not pair.moved]
    places: dict[tuple[int, ...], list[int]] = {}
    for pair in stayed:
        assert homes[pair.before.position[:-1]] == pair.after.position[:-1]
        places.setdefault(pair.after.position[:-1], []).append(pair.before.position[-1])
    assert all(order == sorted(order) for order in places.values())


def test_a_large_sequence_is_compared_quickly() -> None:
    """Thousands of steps, in the four ways that break comparisons which look at every pair of steps.

    Two thousand steps take about a tenth of a second; ten seconds leave room for a slow machine, not for a square.
    """
    rng = Random(7)
    before = some_sequence(rng, 2000)
    changed, shuffled = copy.deepcopy(before), copy.deepcopy(before)
    for item in items(changed, "step"):
        item.find("defaultVarList")[0].text += "!"
    for holder in items(shuffled, "group"):
        inner = [child for child in holder if child.tag in ("group", "step", "subtasksequence")]
        rng.shuffle(inner)
        holder.extend(inner)
    same = etree.Element("sequence")
    same.append(group("All the same", *(restart() for _ in range(2000))))
    fewer = copy.deepcopy(same)
    fewer[0].remove(fewer[0][1000])
    unlike = copy.deepcopy(same)
    for number, item in enumerate(items(unlike, "step")):
        item.set("name", f"Step {number}")
        item.find("defaultVarList")[0].text = str(number)

    pairs = [(before, changed), (before, shuffled), (same, fewer), (same, unlike), (before, same)]
    models = [(sequence(one), sequence(other)) for one, other in pairs]
    start = time.perf_counter()
    counts = [match_counts(match(*both)) for both in models]
    assert time.perf_counter() - start < 10
    steps = len(items(before, "step"))
    assert (0, 0) == counts[0], "every step is found again"
    assert (0, 0) == counts[1]
    assert (1, 0) == counts[2]
    assert steps > 1500


def match_counts(found: Matching) -> tuple[int, int]:
    return len(found.removed), len(found.added)


def test_pairs_say_whether_anything_changed() -> None:
    before = example()
    after = copy.deepcopy(before)
    named(after, "Drivers").set("name", "Device drivers")
    found = match(sequence(before), sequence(after))
    (changed,) = [pair for pair in found.pairs if not pair.same]
    assert isinstance(changed.before, Group)
    assert ("Drivers", "Device drivers") == (changed.before.name, changed.after.name)
    assert all(pair.before.name == pair.after.name for pair in found.pairs if isinstance(pair.after, Step))
