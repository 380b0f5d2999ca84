"""Finds deployments, known from the hierarchy file, that bring a client or a step to computers that cannot take it."""

from __future__ import annotations

from collections.abc import Iterator

from tsfix.checks.client_package import ClientReference, client_references
from tsfix.checks.minimum_version import minimum_version
from tsfix.checks.subject import Subject
from tsfix.checks.surroundings import build_of, newest_site_version, version_of
from tsfix.findings import Finding
from tsfix.hierarchy import Deployment, Members
from tsfix.knowledge.facts import Version
from tsfix.values import Severity

_REFUSED = "That site refuses a newer client, and the computers stay unmanaged."
_OLDER = "These computers get a client older than their site, which has to upgrade it at once."


def check(subject: Subject) -> Iterator[Finding]:
    """Rule 40 for clients of the wrong version, 41 for clients that get nothing, 24 for clients that are too old.

    A deployment is what it is for every target, so with a site as the target only its own members count.
    """
    own = subject.task_sequence.package_id
    found = [
        one for one in subject.hierarchy.deployments if own is not None and one.task_sequence.upper() == own.upper()
    ]
    for deployment in found:
        members = [one for one in deployment.members if one.count and _counts(subject, one)]
        served: list[Members] = []
        for one in members:
            yield from _client(subject, deployment, one)
            nothing = tuple(_gets_nothing(subject, deployment, one))
            yield from nothing
            served += [one] * (not nothing)
        yield from _too_old(subject, deployment, served)


def _counts(subject: Subject, members: Members) -> bool:
    site = subject.target.site if subject.target is not None else None
    return site is None or members.site.upper() == site.upper()


def _site_version(subject: Subject, members: Members) -> Version | None:
    site = subject.hierarchy.site(members.site) if members.site else None
    return version_of(subject.knowledge, site.version) if site is not None else None


def _where(deployment: Deployment) -> str:
    return f'"{deployment.collection_name}"' if deployment.collection_name else deployment.collection


def _finding(
    subject: Subject,
    rule_id: str,
    severity: Severity,
    deployment: Deployment,
    title: str,
    reason: str,
    why: str = "",
    remedy: str = "",
) -> Finding:
    """``why`` and ``remedy`` stand in for those of the rule."""
    rule = subject.knowledge.rule(rule_id)
    return subject.finding(
        rule.id,
        severity,
        subject=deployment.id or deployment.collection,
        title=title,
        reason=f"{reason}. {why or rule.reason}",
        remedy=remedy or rule.remedy,
        sources=(rule.source,),
        blocking=False,
    )


def _installed(subject: Subject, reference: ClientReference) -> int | None:
    """The build of the client that a step installs; the default package follows the newest site."""
    known = subject.hierarchy.package(reference.package_id)
    build = build_of(known.client_version) if known is not None else None
    newest = newest_site_version(subject.hierarchy, subject.knowledge)
    if reference.identity.verdict == "default" and newest is not None:
        return max(build or 0, newest.build)
    return build


def _before_promotion(subject: Subject, reference: ClientReference) -> int | None:
    """The build that the default package still holds, while pre-production mode keeps the newer client back."""
    known, mode = subject.hierarchy.package(reference.package_id), subject.hierarchy.pre_production
    if mode is None or not mode.enabled or known is None or reference.identity.verdict != "default":
        return None
    return build_of(known.client_version)


def _client(subject: Subject, deployment: Deployment, members: Members) -> Iterator[Finding]:
    """A newer client is refused by the members' site; an older one needs to be upgraded there at once."""
    version = _site_version(subject, members)
    if version is None:
        return
    for reference in client_references(subject):
        build = _installed(subject, reference)
        if build is None or build == version.build or not reference.step.runs or reference.pre_production:
            continue
        newer = build > version.build
        kind = "the default client package" if reference.identity.verdict == "default" else "a client package"
        today = _before_promotion(subject, reference)
        if today is not None and today <= version.build:
            yield _finding(
                subject,
                "R40",
                "warning",
                deployment,
                f"Deployed to {members.count} computers of {members.site} ({_where(deployment)}), and will install {kind} "
                "with a newer client from the day on which the client in pre-production is promoted",
                f"client build {today} <= site {members.site} {version.id} (build {version.build}) today, "
                f"{build} after the promotion",
                _REFUSED,
            )
            return
        yield _finding(
            subject,
            "R40",
            "error" if newer else "warning",
            deployment,
            f"Deployed to {members.count} computers of {members.site} ({_where(deployment)}), and installs {kind} with "
            f"{'a newer' if newer else 'an older'} client",
            f"client build {build} {'>' if newer else '<'} site {members.site} {version.id} (build {version.build})",
            _REFUSED if newer else _OLDER,
        )
        return


def _gets_nothing(subject: Subject, deployment: Deployment, members: Members) -> Iterator[Finding]:
    """Clients so old that a newer site sends them nothing."""
    limit = subject.knowledge.signs.limit("lowest-client-build")
    newest = newest_site_version(subject.hierarchy, subject.knowledge)
    lowest = build_of(members.lowest_client)
    if newest is None or limit.since is None or limit.value is None or lowest is None or lowest > limit.value:
        return
    if newest.order >= subject.knowledge.version(limit.since).order:
        yield _finding(
            subject,
            "R41",
            subject.knowledge.rule("R41").severity,
            deployment,
            f"Computers of {members.site or 'no site'} in {_where(deployment)} have clients that get no task sequence",
            f"client {members.lowest_client} <= build {limit.value}, and the newest site has {newest.id}",
        )


def _too_old(subject: Subject, deployment: Deployment, members: list[Members]) -> Iterator[Finding]:
    """Clients older than what the task sequence needs."""
    lowest = [(build, one) for one in members if (build := build_of(one.lowest_client)) is not None]
    if not lowest:
        return
    needed = minimum_version(subject)
    for build, one in lowest:
        if build < needed.client.build:
            forces = [force for force in needed.forces if "client" in force.sides and force.version.build > build]
            what = ", ".join(force.what for force in forces[:3])
            of_steps = any(force.what.startswith("step type ") for force in forces)
            yield _finding(
                subject,
                "R24",
                "warning",
                deployment,
                f"Deployed to computers of {one.site or 'no site'} ({_where(deployment)}) whose client is too old for it",
                f"lowest client {one.lowest_client} < needs {needed.client.id}: {what}",
                "" if of_steps else "The older client knows the steps, but not everything that they use.",
                "Upgrade these clients first, or deploy a copy for their version to them.",
            )
