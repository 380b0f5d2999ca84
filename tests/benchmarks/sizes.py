"""How much is measured: all of it, a quick look, or next to nothing to try whether the command works."""

from __future__ import annotations

from msgspec import Struct


class Sizes(Struct, frozen=True, kw_only=True):
    """The sizes of the inputs and the number of rounds."""

    name: str
    rounds: int
    start_rounds: int
    """Rounds of whole processes, which vary more."""
    budget: float
    """Seconds after which a slow candidate gets no more rounds."""
    limit: float
    """Seconds after which a single run of another tool is ended."""
    goal_limit: float
    """The same for a tool that a goal is about, at the size of the goal."""
    check_steps: tuple[int, int]
    """Of the growth of reading and checking."""
    diff_steps: tuple[int, ...]
    """Of the comparison; the last two give the growth."""
    goal_steps: int
    """The size at which other tools are compared with."""
    exports: int
    """How many exports the batches hold."""
    clones: int
    many: tuple[int, int]
    """Numbers of exports between which memory and time should not grow more than in step."""
    large_steps: int
    """The steps of the one large file whose memory is looked at."""
    memory_rounds: int


FULL = Sizes(
    name="full",
    rounds=9,
    start_rounds=15,
    budget=12,
    limit=20,
    goal_limit=150,
    check_steps=(228, 1_140),
    diff_steps=(57, 228, 1_140, 11_628),
    goal_steps=1_140,
    exports=96,
    clones=16,
    many=(30, 120),
    large_steps=11_628,
    memory_rounds=2,
)
QUICK = Sizes(
    name="quick",
    rounds=7,
    start_rounds=7,
    budget=1.5,
    limit=8,
    goal_limit=150,
    check_steps=(228, 1_140),
    diff_steps=(57, 228, 1_140),
    goal_steps=1_140,
    exports=40,
    clones=6,
    many=(20, 40),
    large_steps=2_280,
    memory_rounds=1,
)
TINY = Sizes(
    name="tiny",
    rounds=1,
    start_rounds=1,
    budget=1,
    limit=1,
    goal_limit=1,
    check_steps=(57, 114),
    diff_steps=(57, 114),
    goal_steps=57,
    exports=1,
    clones=1,
    many=(1, 1),
    large_steps=57,
    memory_rounds=1,
)
"""For the test of the command; its figures mean nothing."""
