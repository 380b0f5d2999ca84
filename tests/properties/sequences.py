"""Task sequences for Hypothesis: steps of every type the knowledge base has, newer and older ones, in groups with conditions."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.made import Element, Group, Known, Step, export, knowledge, on, osd_steps, own_step
from tests.made import sequence as made_sequence
from tests.made import state_steps as state
from tests.made import steps as basic
from tsfix.export import Export

TARGETS = ("1606", "1702", "1706", "1802", "1902", "2002", "2107", "2309")
PACKAGES = ("CHQ00002", "CHQ00003", "CHQ00016", "CHQ00017")


def examples(number: int) -> settings:
    """Settings for a test whose examples are dear: that many in a quick run, and in a long one in proportion."""
    return settings(max_examples=max(1, number * settings.default.max_examples // 100))


NAMES = st.one_of(
    st.sampled_from(("Install", "Copy it", "Client – Zürich", "a & b < c", "%Name%", "x" * 60)),
    st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=20),
)
VALUES = st.sampled_from(("", "true", "false", "0", "1", "text", "%Var%", "a & b", "CHQ00016", "C:\\x y"))
OPERATORS = ("equals", "notEquals", "exists", "greater", "like", "notLike")


@st.composite
def conditions(draw: st.DrawFn) -> Element | None:
    """No condition, or a few tests, some under an operator."""
    if draw(st.booleans()):
        return None
    tests = [
        draw(
            st.one_of(
                st.builds(
                    on.variable, st.sampled_from(("Model", "_SMSTSInWinPE", "X")), st.sampled_from(OPERATORS), VALUES
                ),
                st.just(on.wmi("SELECT * FROM Win32_TPM")),
                st.just(on.file("C:\\x.txt")),
                st.just(on.folder("C:\\x")),
            )
        )
        for _ in range(draw(st.integers(1, 3)))
    ]
    if draw(st.booleans()):
        tests = [draw(st.sampled_from((on.all_of, on.any_of, on.none_of)))(*tests)]
    return on.when(*tests)


@st.composite
def typical_steps(draw: st.DrawFn) -> Step:
    """Steps as the console writes them, with settings that came and went over the versions."""
    name, site = draw(NAMES), draw(st.sampled_from((1706, 1806, 1902, 2309)))
    package = draw(st.sampled_from(PACKAGES))
    hidden = draw(st.booleans())
    make = draw(
        st.sampled_from(
            (
                lambda: osd_steps.setup_windows(name, package, "SMSMP=srv"),
                lambda: basic.run_command_line(name, "cmd /c x", package_id=package if hidden else ""),
                lambda: basic.run_powershell_script(name, lines=("Write-Host 1",), site=site),
                lambda: basic.run_powershell_script(name, package_id=package, script="x.ps1", output_variable="Y"),
                lambda: basic.set_variable(name, "Var", "value", hidden=hidden, site=site),
                lambda: basic.restart(name),
                lambda: basic.install_package(name, package, "Install"),
                lambda: basic.install_updates(name, site=site),
                lambda: basic.connect_network_folder(name, "Z:", "\\\\srv\\x", "contoso\\me"),
                lambda: basic.restart(name, seconds=5),
                lambda: osd_steps.enable_bitlocker(name, site=site),
                lambda: osd_steps.disable_bitlocker(name, site=site),
                lambda: osd_steps.pre_provision_bitlocker(name, site=site),
                lambda: osd_steps.check_readiness(name, memory=2048, disk=20),
                lambda: state.request_state_store(name, "Capture"),
                lambda: state.release_state_store(name),
                lambda: state.capture_user_state(name, package),
                lambda: state.prepare_windows(name, site=site),
            )
        )
    )
    return make()


@st.composite
def known_steps(draw: st.DrawFn) -> Step:
    """A step of any type that the knowledge base has, with some of the variables that it may have."""
    fact = draw(st.sampled_from(knowledge().step_types()))
    pairs = [pair for pair in fact.base_properties if "#" not in "".join(pair)]
    rows = [
        (variable, prop, draw(VALUES))
        for prop, variable in draw(st.lists(st.sampled_from(pairs), max_size=4, unique=True) if pairs else st.just([]))
    ]
    action = draw(st.sampled_from(fact.actions)) if fact.actions else "x.exe"
    return own_step(fact.type, draw(NAMES), action, *rows)


@st.composite
def steps(draw: st.DrawFn) -> Step:
    """Any step, perhaps disabled, perhaps with a condition."""
    found = draw(st.one_of(typical_steps(), typical_steps(), known_steps()))
    return replace(
        found,
        condition=draw(conditions()),
        disable=draw(st.sampled_from((False, False, False, True))),
        description=draw(st.sampled_from(("", "", "says something", "d" * 250))),
    )


def items(depth: int = 2) -> st.SearchStrategy[list[Group | Step]]:
    """Groups and steps."""
    if not depth:
        return st.lists(steps(), max_size=3)
    groups = st.builds(
        lambda name, condition, disable, children: Group(
            name=name, condition=condition, disable=disable, children=tuple(children)
        ),
        NAMES,
        conditions(),
        st.sampled_from((False, False, True)),
        items(depth - 1),
    )
    return st.lists(st.one_of(steps(), steps(), groups), min_size=1, max_size=4)


def exports() -> st.SearchStrategy[Export]:
    """An export with one task sequence."""
    known = tuple(Known(id=package, name=f"Package {package}") for package in PACKAGES)
    return items().map(lambda found: export(made_sequence("CHQ00050", "Generated", *found), known=known))
