"""``tsfix explain`` and ``tsfix list``: show what tsfix knows."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from tsfix.commands.options import FactsOption
from tsfix.commands.shared import show_facts


def explain(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="A rule (R24), step type, display name, feature, variable, property, version or build.",
            show_default=False,
        ),
    ],
    facts: FactsOption = None,
    format: Annotated[Literal["text", "json"], typer.Option("--format", help="The form of the answer.")] = "text",
) -> None:
    """Explain a rule, step type, feature, variable or version: since when, how sure, the source, what tsfix does.

    Example: tsfix explain "Run PowerShell Script"
    """
    from tsfix.configuration.facts_file import load_with
    from tsfix.knowledge.explain import explain as explain_fact

    show_facts(explain_fact(load_with(facts), name), format)


def list_facts(
    kind: Annotated[
        Literal["versions", "steps", "features", "variables", "rules"],
        typer.Argument(metavar="KIND", help="versions, steps, features, variables or rules.", show_default=False),
    ],
    since: Annotated[
        str | None, typer.Option("--since", metavar="VERSION", help="New in this version or later.", show_default=False)
    ] = None,
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="VERSION", help="New in this version or before.", show_default=False),
    ] = None,
    facts: FactsOption = None,
    format: Annotated[Literal["text", "json"], typer.Option("--format", help="The form of the answer.")] = "text",
) -> None:
    """List what tsfix knows: versions, step types, features, variables or rules.

    Example: tsfix list features --since 1806 --until 2103
    """
    from tsfix.configuration.facts_file import load_with
    from tsfix.knowledge.listing import listing

    show_facts(listing(load_with(facts), kind, since, until), format)
