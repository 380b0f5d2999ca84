"""The page that maps Microsoft's guidance to rules, and every rule to the module and the test that keep it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

from tests.checks.cases import Case
from tests.made import knowledge
from tsfix.knowledge.facts import Rule

GUIDANCE = (
    "https://learn.microsoft.com/intune/configmgr/osd/plan-design/"
    "planning-for-operating-system-deployment-interoperability"
)
RULE_PAGE = "knowledge/rules.md"
CASES_TEST = "tests/checks/test_rules.py"
BATCH = "../how-to/batch-fix-client-package-references.md"
REVIEW = "../how-to/review-a-diff-before-import.md"
CLONE = "../how-to/from-a-mid-update-hierarchy-to-a-signed-off-copy.md"


class Statement(Struct, frozen=True, kw_only=True):
    """One statement of the guidance, or one thing that the tool is for."""

    row: str
    text: str
    rules: tuple[int, ...] = ()
    tests: tuple[str, ...] = ()
    """Tests beside those of the rules."""
    page: str = ""
    """A page that shows it."""
    estates: tuple[str, ...] = ()
    """Invented estates of ``fixtures/estates`` in which it is planted."""


def _range(*parts: int | tuple[int, int]) -> tuple[int, ...]:
    return tuple(
        number for part in parts for number in ([part] if isinstance(part, int) else range(part[0], part[1] + 1))
    )


STATEMENTS = (
    Statement(
        row="S1",
        text="The default client package's source follows the newest site version, on every distribution point, older sites included",
        rules=_range(1, 5),
        estates=("tailspin", "fabrikam"),
    ),
    Statement(
        row="S2",
        text="A newer client cannot be assigned to an older site; it is refused and left unmanaged",
        rules=_range(1, 10, 40),
        estates=("adatum", "fabrikam"),
    ),
    Statement(
        row="S3",
        text="Default boot images follow the newest version and the installed ADK",
        rules=_range(15, (18, 21)),
        estates=("adatum", "proseware", "wingtip"),
    ),
    Statement(
        row="S4",
        text="Custom boot images are not updated and must be handled by hand",
        rules=_range((16, 17)),
        estates=("proseware",),
    ),
    Statement(
        row="S5",
        text="No dynamic media while versions are mixed; site-based media instead",
        rules=_range(38),
        estates=("adatum", "wide_world"),
    ),
    Statement(
        row="S6",
        text="Check the newest boot images for the wanted customisation, then update distribution points",
        rules=_range(17, 22),
        estates=("proseware", "adatum"),
    ),
    Statement(
        row="S7",
        text="The default USMT package follows the newest version, custom ones do not",
        rules=_range((11, 14)),
        estates=("tailspin", "proseware"),
    ),
    Statement(
        row="S8",
        text="A step newer than the client makes the task sequence fail there: check the clients of the target collection first",
        rules=_range((24, 36)),
        tests=("tests/checks/test_rules_deployments_and_sites.py", "tests/checks/test_rules_guards.py"),
        estates=("trey", "lucerne", "wingtip"),
    ),
    Statement(
        row="S9",
        text="All media (bootable, capture, prestaged, stand-alone) must carry the new client package after an update",
        rules=_range(37, 39),
        estates=("adatum",),
    ),
    Statement(
        row="S10",
        text="Third-party extensions may have trouble when versions are mixed",
        rules=_range((44, 45)),
        estates=("coho",),
    ),
    Statement(
        row="S11",
        text="On the newer side, a task sequence with a custom client package must be pointed at the newest client, or the package updated",
        rules=_range((2, 3)),
        estates=("adatum", "fabrikam"),
    ),
    Statement(
        row="S12",
        text="Never deploy a task sequence with the newest client to clients of an older site",
        rules=_range(1, (40, 41)),
        tests=("tests/checks/test_rules_deployments_and_sites.py",),
        estates=("adatum", "fabrikam", "wide_world"),
    ),
    Statement(
        row="S13",
        text=(
            "For older sites: copy the task sequence, point the copy at a custom package with the older client; "
            "make that package if there is none"
        ),
        rules=_range(1, (4, 8), (46, 48)),
        tests=("tests/rewrites", "tests/scripts"),
        estates=("fourth_coffee",),
    ),
    Statement(
        row="C1",
        text="Parse exported task sequence XML, in every form people have it",
        rules=_range(57),
        tests=("tests/parse", "tests/containers", "tests/xml_bytes"),
    ),
    Statement(
        row="C2",
        text="Tell default from custom client packages",
        rules=_range((1, 4)),
        tests=("tests/test_identity.py",),
        page="../explanation/default-and-custom.md",
        estates=("tailspin",),
    ),
    Statement(
        row="C3",
        text="Tell steps (and properties, variables, conditions) newer than the target",
        rules=_range((24, 36)),
        tests=("tests/knowledge", "tests/checks/test_rules_variables_everywhere.py"),
        page="knowledge/index.md",
        estates=("trey", "lucerne", "humongous"),
    ),
    Statement(
        row="C4",
        text="Write modified copies for older sites",
        rules=_range((46, 48), 54),
        tests=("tests/rewrites", "tests/test_verification.py"),
        page="../explanation/how-bytes-are-preserved.md",
    ),
    Statement(row="C5", text="Produce a diff report", tests=("tests/comparison", "tests/reports"), page=REVIEW),
    Statement(row="U1", text="Used for cloning task sequences for older sites", tests=("tests/rewrites",), page=CLONE),
    Statement(
        row="U2", text="Used for batch-fixing custom client package references", tests=("tests/relink",), page=BATCH
    ),
    Statement(row="U3", text="Used for reviewing diffs before import", tests=("tests/comparison",), page=REVIEW),
)


def page(cases: Mapping[str, Case], by_rewrite: Mapping[str, str]) -> str:
    """The whole page as Markdown."""
    return (
        "<!-- Made by: pytest tests/checks/test_rules_map.py --update-golden -->\n\n"
        "# The guidance, the rules and the tests\n\n"
        f"Microsoft's page on [planning for mixed versions]({GUIDANCE}) says what can go wrong while the sites of a\n"
        "hierarchy run different versions. The first table has each of its statements (S) in our words, what tsfix\n"
        "must be able to do (C) and what it is used for (U), with the [rules](knowledge/rules.md) that answer it. The second table\n"
        "has every rule, the module that keeps it, and how.\n\n"
        "- **check**: found in a task sequence, an export or the hierarchy file. What only an inventory can tell is found\n"
        "  where the hierarchy file tells it.\n"
        "- **advice**: no file shows it. It is a remark that is said once for a report, where it applies.\n"
        "- **copy**: nothing in an export breaks it, only a copy could. tsfix makes the copy so, and verifies it.\n\n"
        f"`{CASES_TEST}` holds for each rule a situation in which it must speak, and one that looks like it in which it\n"
        "must not. An estate is an invented hierarchy with its exports, and a list of everything that must be found there;\n"
        "[test_estates.py](../../tests/checks/test_estates.py) holds it.\n\n"
        "## Statements\n\n"
        f"{_table(('Row', 'Statement', 'Rules', 'Shown by'), map(_statement, STATEMENTS))}\n"
        "## Rules\n\n"
        f"{_table(('Rule', 'What it says', 'Kept by', 'How'), (_rule(rule, cases, by_rewrite) for rule in knowledge().rules))}"
    )


def _table(columns: tuple[str, ...], rows: object) -> str:
    lines = [columns, ("---",) * len(columns), *rows]  # type: ignore[misc]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _statement(found: Statement) -> tuple[str, ...]:
    rules = ", ".join(_link(knowledge().rule(f"R{number}")) for number in found.rules)
    shown = [_test(CASES_TEST)] * bool(found.rules) + [_test(test) for test in found.tests]
    for name in found.estates:
        shown.append(f"estate [{name.replace('_', ' ')}](../../fixtures/estates/{name}/expected.txt)")
    if found.page:
        shown.append(f"[{found.page.rsplit('/', 1)[-1].removesuffix('.md').replace('-', ' ')}]({found.page})")
    return found.row, found.text, rules or "-", ", ".join(shown)


def _test(path: str) -> str:
    return f"[`{path}`](../../{path})"


def _link(rule: Rule) -> str:
    return f"[{rule.id}]({RULE_PAGE}#{anchor(f'{rule.id}: {rule.title}')})"


def anchor(heading: str) -> str:
    """The anchor that Markdown gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _rule(rule: Rule, cases: Mapping[str, Case], by_rewrite: Mapping[str, str]) -> tuple[str, ...]:
    case = cases.get(rule.id)
    if case is None:
        return _link(rule), rule.title, f"`{by_rewrite[rule.id]}`", "copy"
    return _link(rule), rule.title, f"`tsfix/checks/{case.where}.py`", case.how
