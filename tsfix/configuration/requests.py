"""Turns what a person asked for into requests: the same for the command line and for the Python API."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tsfix.configuration.facts_file import load_with
from tsfix.configuration.targets import accepted_rules, find_target, mappings, name_template, package_id
from tsfix.decisions import Decision
from tsfix.errors import UsageError
from tsfix.hierarchy import Hierarchy
from tsfix.knowledge.base import KnowledgeBase
from tsfix.request import (
    DEFAULT_NAME_TEMPLATE,
    RELINK_NAME_TEMPLATE,
    CloneRequest,
    NewSteps,
    RelinkRequest,
    Target,
)


def context(hierarchy: Path | None, facts: Path | None) -> tuple[KnowledgeBase, Hierarchy | None]:
    """The knowledge base (with a person's own facts) and the hierarchy, where a file names one.

    Raises UsageError for a fault in one of the files.
    """
    knowledge = load_with(facts)
    if hierarchy is None:
        return knowledge, None
    from tsfix.configuration.hierarchy_file import read_hierarchy

    return knowledge, read_hierarchy(hierarchy, knowledge)


def decisions_of(path: Path | None, knowledge: KnowledgeBase) -> tuple[Decision, ...]:
    """The decisions of a file, known findings among them; none without a file. Raises UsageError for a fault in it."""
    if path is None:
        return ()
    from tsfix.configuration.decisions_file import read_decisions

    return read_decisions(path, knowledge)


def scan_targets(to: Iterable[str], knowledge: KnowledgeBase, hierarchy: Hierarchy | None) -> list[Target]:
    """The targets that were named; without one every primary site of the hierarchy. Raises UsageError as ``find_target``."""
    wanted = list(to)
    if not wanted and hierarchy is not None:
        wanted = [site.code for site in hierarchy.client_sites]
    return [find_target(text, knowledge, hierarchy) for text in wanted]


def clone_request(
    knowledge: KnowledgeBase,
    hierarchy: Hierarchy | None,
    *,
    to: str,
    client_package: str | None,
    map: Iterable[str],
    new_steps: NewSteps,
    name: str | None,
    new_id: Iterable[str],
    accept: Iterable[str],
    decisions: tuple[Decision, ...],
) -> CloneRequest:
    """What ``clone`` is to do. ``map`` and ``new_id`` are ``OLD=NEW`` texts.

    Raises UsageError for a wrong target, ID, rule or template, in the words of the options.
    """
    return CloneRequest(
        target=find_target(to, knowledge, hierarchy),
        client_package=None if client_package is None else package_id(client_package, "--client-package"),
        mappings=mappings(map, "--map", hierarchy),
        new_steps=new_steps,
        name_template=DEFAULT_NAME_TEMPLATE if name is None else name_template(name),
        new_package_ids=mappings(new_id, "--new-id"),
        accepted_rules=accepted_rules(accept, knowledge),
        reserved_ids=frozenset(hierarchy.ids()) if hierarchy is not None else frozenset(),
        decisions=decisions,
    )


def relink_request(
    knowledge: KnowledgeBase,
    hierarchy: Hierarchy,
    *,
    map: Iterable[str],
    map_file: Iterable[Path],
    allow_chains: bool,
    name: str | None,
    keep_identity: bool,
) -> RelinkRequest:
    """What ``relink`` is to do. ``map`` are ``OLD=NEW`` texts.

    Raises UsageError for mappings that are wrong or missing, for a wrong template, and for a name beside
    ``keep_identity``, in the words of the options.
    """
    if keep_identity and name is not None:
        raise UsageError("--keep-identity keeps the name, so --name has no use.", remedy="Leave one of them out.")
    from tsfix.configuration.mapping_file import relink_mappings

    return RelinkRequest(
        mappings=relink_mappings(map, map_file, knowledge, hierarchy, allow_chains=allow_chains),
        name_template=RELINK_NAME_TEMPLATE if name is None else name_template(name, ("name", "id")),
        keep_identity=keep_identity,
        reserved_ids=frozenset(hierarchy.ids()),
    )
