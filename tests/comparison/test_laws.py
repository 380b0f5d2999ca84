"""Laws of the small parts: increasing runs, common subsequences, keys and nested changes."""

from __future__ import annotations

from itertools import combinations
from unittest import mock

from hypothesis import given
from hypothesis import strategies as st

from tsfix.comparison import nested
from tsfix.comparison.alignment import common_subsequence, longest_increasing
from tsfix.comparison.keys import common_keys, numbered_names, other_order
from tsfix.comparison.nested import changes

NUMBERS = st.lists(st.integers(0, 4), max_size=9)
NAMES = st.text(alphabet="ab\"'[]\\_.é", max_size=3)
ENTRIES = st.lists(st.tuples(st.sampled_from(["", "a", "b"]), st.integers(0, 2)), max_size=7)
TREES = st.recursive(
    st.text(alphabet="xy\n\\", max_size=3),
    lambda inner: st.dictionaries(st.one_of(NAMES, NAMES.map("__".__add__)), inner, max_size=4),
    max_leaves=12,
).filter(lambda tree: isinstance(tree, dict))


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 3)), max_size=9, unique_by=lambda pair: pair[0]))
def test_no_better_increasing_run_exists(pairs: list[tuple[int, int]]) -> None:
    numbers, sizes = [number for number, _ in pairs], [size for _, size in pairs]
    chosen = longest_increasing(numbers, sizes)
    picked = [pairs[index] for index in chosen]
    assert picked == sorted(picked)
    assert chosen == sorted(set(chosen))
    best = max(
        (count, sum(size for _, size in found))
        for count in range(len(pairs) + 1)
        for found in combinations(pairs, count)
        if list(found) == sorted(found)
    )
    assert best == (len(picked), sum(size for _, size in picked))
    assert len(picked) == len(longest_increasing(numbers))


@given(NUMBERS, NUMBERS)
def test_no_longer_common_subsequence_exists(left: list[int], right: list[int]) -> None:
    pairs = common_subsequence(left, right, 10_000)
    assert all(left[one] == right[other] for one, other in pairs)
    assert [one for one, _ in pairs] == sorted({one for one, _ in pairs})
    assert [other for _, other in pairs] == sorted({other for _, other in pairs})
    lengths = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for one in range(len(left)):
        for other in range(len(right)):
            lengths[one + 1][other + 1] = (
                lengths[one][other] + 1
                if left[one] == right[other]
                else max(lengths[one][other + 1], lengths[one + 1][other])
            )
    assert lengths[-1][-1] == len(pairs)


def test_a_table_that_would_be_too_large_leaves_the_middle_alone() -> None:
    assert [(0, 0), (3, 3)] == common_subsequence([1, 2, 3, 4], [1, 3, 2, 4], 3)
    assert [(0, 0), (2, 1), (3, 3)] == common_subsequence([1, 2, 3, 4], [1, 3, 2, 4], 4)


@given(ENTRIES, ENTRIES)
def test_keys_are_unique_and_equal_entries_meet(before: list[tuple[str, int]], after: list[tuple[str, int]]) -> None:
    before_keys, after_keys = common_keys(before, after)
    assert numbered_names(name for name, _ in before) == before_keys
    assert len(set(after_keys)) == len(after_keys) == len(after)
    old, new = dict(zip(before_keys, before, strict=True)), dict(zip(after_keys, after, strict=True))
    common = old.keys() & new.keys()
    assert all(old[key][0] == new[key][0] for key in common), "a key never changes its name"
    for entry in set(before):
        equal = sum(old[key] == new[key] == entry for key in common)
        assert min(before.count(entry), after.count(entry)) == equal
    for name in {name for name, _ in before}:
        met = sum(1 for key in common if old[key][0] == name)
        assert min(sum(n == name for n, _ in before), sum(n == name for n, _ in after)) == met


@given(st.permutations(["a", "b", "c", "d"]))
def test_another_order_is_told_for_common_keys_alone(order: list[str]) -> None:
    assert (other_order(["a", "x", "b", "c"], [*order, "y"]) is None) == (
        [key for key in order if key in "abc"] == ["a", "b", "c"]
    )


@given(TREES, TREES)
def test_changes_lead_from_one_tree_to_the_other(before: dict, after: dict) -> None:
    """Whatever deepdiff leaves out by default, applying all changes to the first tree gives the second."""
    found = changes(before, after)
    assert bool(found) == (before != after)
    result = copied(before)
    for change in found:
        *way, last = change.path
        at = result
        for name in way:
            at = at[name]
        if change.kind == "removed":
            assert at.pop(last) == change.before
        else:
            assert (last in at) == (change.kind == "changed")
            at[last] = copied(change.after)
    assert after == result


@given(TREES, TREES)
def test_large_trees_have_the_same_changes_as_small_ones(before: dict, after: dict) -> None:
    """deepdiff is too slow for large ones."""
    with mock.patch.object(nested, "_LARGE", 0):
        found = changes(before, after)
    assert changes(before, after) == found


def copied(tree: object) -> dict:
    return {name: copied(inner) for name, inner in tree.items()} if isinstance(tree, dict) else tree  # type: ignore[return-value]
