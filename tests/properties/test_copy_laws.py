"""What holds for the copy of every task sequence, for every target and policy."""

from __future__ import annotations

from hypothesis import event, given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.copies import check_outcome, nothing_drafted
from tests.made import cloned, known_package, request
from tests.made import hierarchy as made_hierarchy
from tests.properties.sequences import PACKAGES, TARGETS, examples, exports
from tsfix.conversion import Refused, Rewritten, Unchanged
from tsfix.export import Export
from tsfix.parse.export import read_export
from tsfix.request import CloneRequest

REQUESTS = st.builds(
    lambda to, policy, client, maps: request(to, policy=policy, client=client, maps=maps),
    st.sampled_from(TARGETS),
    st.sampled_from(("auto", "disable", "placeholder", "remove", "keep")),
    st.sampled_from((None, "LEG00042")),
    st.dictionaries(st.sampled_from(PACKAGES), st.sampled_from(("LEG00051", "LEG00052")), max_size=2),
)


@examples(40)
@given(exports())
def test_no_change_gives_the_same_bytes(found: Export) -> None:
    assert nothing_drafted(found)
    assert found.task_sequences == read_export(found.parts).task_sequences


@examples(60)
@given(exports(), REQUESTS)
def test_a_copy_holds_what_it_promises(found: Export, wanted: CloneRequest) -> None:
    """Only planned bytes differ, nothing blocking is left, a second clone changes nothing: see ``tests/copies.py``."""
    outcome = check_outcome(found, wanted)
    event(f"{type(outcome).__name__}, {wanted.new_steps}")
    if isinstance(outcome, Refused):
        assert outcome.reasons


@examples(15)
@given(exports(), st.sampled_from(TARGETS), st.permutations(PACKAGES))
def test_the_order_of_what_a_person_gives_does_not_matter(found: Export, to: str, order: list[str]) -> None:
    new = dict(zip(sorted(PACKAGES), ("LEG00051", "LEG00052", "LEG00053", "LEG00054"), strict=True))
    packages = tuple(known_package(package) for package in new.values())
    outcomes = [
        cloned(
            found,
            request(to, policy="disable", client="LEG00042", maps={old: new[old] for old in names}),
            made_hierarchy(*known),
        )
        for names, known in ((sorted(PACKAGES), packages), (order, packages[::-1]))
    ]
    assert type(outcomes[0]) is type(outcomes[1])
    if isinstance(outcomes[0], Rewritten) and isinstance(outcomes[1], Rewritten):
        assert dict(outcomes[0].copy.parts.parts) == dict(outcomes[1].copy.parts.parts)


@examples(15)
@given(exports(), REQUESTS)
def test_the_same_again_gives_the_same_bytes(found: Export, wanted: CloneRequest) -> None:
    first, second = cloned(found, wanted), cloned(read_export(found.parts), replace(wanted))
    assert type(first) is type(second)
    if isinstance(first, Rewritten) and isinstance(second, Rewritten):
        assert dict(first.copy.parts.parts) == dict(second.copy.parts.parts)
        assert first.changes == second.changes
    else:
        assert isinstance(first, Unchanged | Refused)
