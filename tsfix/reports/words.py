"""Wording that several renderers share: counts, shortened values, names of outcomes."""

from __future__ import annotations

from collections import Counter

from tsfix.changes import Change
from tsfix.findings import Finding
from tsfix.reports.matrix import MDT
from tsfix.reports.report import ExportReport, FindingGroup, Needs, PackageSummary, Report, TargetSummary

OUTCOME_WORDS = {
    "checked": "checked",
    "copied": "copy written",
    "planned": "copy planned (dry run, nothing written)",
    "present": "the same copy is there already; nothing was written",
    "unchanged": "no copy needed: nothing in it has to be changed for the target",
    "refused": "REFUSED: no copy was written",
    "unreadable": "could not be read",
}
SHORT_OUTCOMES = {
    "checked": "checked",
    "copied": "copied",
    "planned": "planned (dry run)",
    "present": "there already",
    "unchanged": "no copy needed",
    "refused": "REFUSED",
    "unreadable": "NOT READ",
}
FIX_WORDS = {
    "automatic": "tsfix clone changes this by itself; nothing is lost",
    "decision": "tsfix clone needs a decision",
    "advice": "nothing to rewrite",
}
KIND_WORDS = {"disabled": "disabled", "replaced": "replaced by a placeholder", "removed": "removed"}


_MOST_EVIDENCE = 3
CERTAINTY_WORDS = {"certain": "", "likely": "likely", "unknown": "not known"}
NOT_FOR_A_SITE = "not a site's task sequence: nothing to check for a site"


def is_for_no_site(export: ExportReport) -> bool:
    """Tell whether there is nothing but files of the Microsoft Deployment Toolkit in it."""
    return bool(export.task_sequences) and all(item.format == MDT for item in export.task_sequences)


def outcome_words(export: ExportReport) -> str:
    """The outcome in two or three words, for tables."""
    if export.outcome in ("checked", "unchanged") and is_for_no_site(export):
        return "not for a site"
    return SHORT_OUTCOMES[export.outcome]


def count(number: int, one: str, many: str = "") -> str:
    """A number with its noun."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def shorten(text: str, limit: int) -> str:
    """Shorten in the middle and say how much is left out; never silently."""
    if len(text) <= limit:
        return text
    # The number has as many digits as the length at most; the note never gets longer than this.
    longest_note = f" ... [{len(text):,} more characters] ... "
    keep = max(limit - len(longest_note), 20)
    if keep >= len(text):
        return text
    head = keep * 2 // 3
    return f"{text[:head]} ... [{len(text) - keep:,} more characters] ... {text[len(text) - (keep - head) :]}"


def shorten_name(text: str, limit: int) -> str:
    """Shorten a path for a narrow column: the end says most."""
    if len(text) <= limit:
        return text
    keep = max(limit - 3, 8)
    return f"{text[: keep // 4]}...{text[len(text) - (keep - keep // 4) :]}"


def printable(text: str) -> str:
    """Control characters and marks that reorder text, written out: a name must not be able to drive a terminal."""
    return text if text.isprintable() else "".join(map(_printable, text))


def _printable(char: str) -> str:
    return char if char.isprintable() else f"<U+{ord(char):04X}>"


def certainty_words(finding: Finding) -> str:
    """How sure a finding is, where it is not certain."""
    return CERTAINTY_WORDS[finding.certainty]


def change_words(change: Change) -> str:
    """What became of a step that was taken out of action."""
    return KIND_WORDS.get(change.kind, change.kind)


def out_of_action_words(change: Change) -> str:
    """What became of a step that was taken out of action, and why."""
    return f"{change_words(change)}; why: {'; '.join(reason.text for reason in change.reasons)}"


def needs_words(needs: Needs) -> str:
    """The lowest versions that a task sequence needs, in one sentence, with what forces them."""
    most = 3
    listed = ", ".join(needs.because[:most])
    more = f" and {count(len(needs.because) - most, 'other thing')}" if len(needs.because) > most else ""
    why = f" ({listed}{more})" if listed else ""
    same = needs.site == needs.client
    now = f"version {needs.site} or later"
    if not same:
        now = f"a site on {needs.site} or later and clients on {needs.client} or later"
    after = (
        f"; after tsfix clone {needs.after_copy} or later" if needs.after_copy not in (needs.site, needs.client) else ""
    )
    origin = f". Exported by a site on {needs.exported_by} or later" if needs.exported_by else ""
    return f"needs {now}{why}{after}{origin}"


def about_all_words(finding: Finding) -> str:
    """What holds for the whole, in one line: the title is enough, tsfix explain says the rest."""
    return f"{finding.title} ({finding.rule})"


def package_words(package: PackageSummary) -> str:
    """The verdict on a package in one line."""
    if package.verdict == "unknown":
        return f"{package.package_id}: client package; whether it is the default one is not known"
    sure = "" if package.certainty == "certain" else f" ({package.certainty})"
    return f"{package.package_id}: {package.verdict} client package{sure}"


def target_words(target: TargetSummary) -> str:
    """``site LEG, version 1706``, or only the version."""
    return (
        f"version {target.version}"
        if target.label == target.version
        else (f"site {target.label}, version {target.version}")
    )


def verdict(export: ExportReport) -> str:
    """The outcome in one line; for a scan, what it means."""
    words = OUTCOME_WORDS[export.outcome]
    if export.outcome in ("checked", "unchanged") and is_for_no_site(export):
        return NOT_FOR_A_SITE
    if export.outcome == "unchanged" and export.target is None:
        return "no copy needed: it uses none of the mapped IDs"
    if export.outcome != "checked":
        return words
    where = "there" if export.target is not None else "anywhere"
    if any(finding.severity == "error" for finding in export.findings):
        return f"{words}: do not deploy it {where} as it is"
    if any(finding.severity == "warning" for finding in export.findings):
        return f"{words}: no errors, but read the warnings first"
    if export.accepted:
        return f"{words}: nothing new; look at what is known or accepted"
    if export.target is None:
        return f"{words} for what is wrong everywhere; --to checks it for an older site"
    return f"{words}: nothing found that stands against it"


def decisions_words(export: ExportReport) -> str:
    """How many decisions of the person the copy, or the refusal, rests on; empty without any."""
    return f"{export.decisions:,} from your decisions file" if export.decisions else ""


def shown_evidence(group: FindingGroup) -> tuple[str, ...]:
    """What was seen, where it adds something: not for several places, nor what speaks for the identity of a package."""
    if len(group.places) > 1:
        return ()
    said = f"{group.finding.title} {group.finding.reason}".casefold()
    texts = [
        one.text
        for one in group.finding.evidence
        if not one.speaks_for and one.text.removeprefix("The setting ").rstrip(".").casefold() not in said
    ]
    return tuple(texts[:_MOST_EVIDENCE])


def severity_counts(export: ExportReport) -> str:
    """``2 errors, 1 warning, 3 remarks``; empty parts are left out."""
    words = []
    for severity, one in (("error", "error"), ("warning", "warning"), ("info", "remark")):
        number = sum(finding.severity == severity for finding in export.findings)
        if number:
            words.append(count(number, one))
    known = sum(one.decision.do == "known" for one in export.accepted)
    words += [f"{known:,} known"] * bool(known)
    if len(export.accepted) > known:
        words.append(f"{len(export.accepted) - known:,} accepted by your decisions")
    return ", ".join(words) or "nothing found"


def known_words(export: ExportReport) -> list[str]:
    """Known findings, those with one reason and day in one line: ``12 findings (R1, R15): reason (until 2027-03-31)``."""
    together: dict[tuple[str, str], list[str]] = {}
    for one in export.accepted:
        if one.decision.do == "known":
            together.setdefault((one.decision.reason, one.decision.until), []).append(one.finding.rule)
    lines = []
    for (reason, until), rules in together.items():
        names = ", ".join(sorted(set(rules), key=lambda rule: (len(rule), rule)))
        lines.append(f"{count(len(rules), 'finding')} ({names}): {reason}{f' (until {until})' if until else ''}")
    return lines


def fix_words(finding: Finding) -> str:
    """What tsfix clone does about a finding, and what that costs."""
    if finding.replaced_by:
        puts = f"tsfix clone puts {finding.replaced_by} in its place, as the hierarchy file says"
        return f"{puts}. Trade-off: {finding.trade_off}" if finding.trade_off else puts
    if finding.fix == "automatic" and finding.trade_off:
        return f"tsfix clone changes this by itself. Trade-off: {finding.trade_off}"
    return FIX_WORDS[finding.fix]


def clone_words(export: ExportReport) -> str:
    """What tsfix clone would do about the findings of a scan; empty where there is nothing to do."""
    fixes = [finding.fix for finding in export.findings]
    words = []
    if "automatic" in fixes:
        costs = sum(bool(finding.trade_off) for finding in export.findings if finding.fix == "automatic")
        loss = f", {costs} of them with a trade-off" if costs else " without a loss"
        words.append(f"mends {count(fixes.count('automatic'), 'finding')} by itself{loss}")
    if "decision" in fixes:
        words.append(f"needs your decision on {fixes.count('decision')}")
    return ", and ".join(words)


def summary_words(report: Report) -> str:
    """The counts over all inputs in one line."""
    summary = report.summary
    outcomes = _outcomes(report)
    if report.notices:
        outcomes.append(f"{len(report.notices)} NOT DONE")
    found: tuple[str, ...] = (
        count(summary.errors, "error"),
        count(summary.warnings, "warning"),
        count(summary.infos, "remark"),
    )
    read = count(summary.exports, "input")
    targets = {line.target.label for line in report.lines if line.target is not None}
    if len(targets) > 1:
        done = [f"{len(report.notices)} NOT DONE"] * bool(report.notices)
        read_words = ", ".join(
            (count(summary.exports, "export"), f"checked for {count(len(targets), 'target')}", *done)
        )
    else:
        read_words = f"{read}: {', '.join(outcomes)}" if outcomes else read
    if not report.exports:
        return f"{read_words}."
    if summary.known:
        found = (*found, f"{summary.known:,} known")
    return f"{read_words}. {count(summary.task_sequences, 'task sequence')}. Found: {', '.join(found)}."


def _outcomes(report: Report) -> list[str]:
    """How often each outcome is, in words; those that are for no site apart."""
    words = Counter(line.outcome_words for line in sorted(report.lines, key=lambda line: line.outcome))
    return [f"{number} {word}" for word, number in words.items()]


def mapping_rows(report: Report) -> list[tuple[str, str, str, str]]:
    """One row for each mapping of a relink: the mapping, task sequences, places, free text; what matched nothing says so."""
    rows = []
    for use in report.mappings:
        places = f"{use.places:,}" if use.places else "matched nothing"
        rows.append((f"{use.old} = {use.new}", f"{use.task_sequences:,}", places, f"{use.mentions:,}"))
    return rows


def is_overview_needed(report: Report) -> bool:
    """Tell whether there is more than one thing to list."""
    return len(report.exports) + len(report.notices) > 1


def overview(report: Report) -> list[tuple[str, str, str, str, str]]:
    """One row for each export and target: errors, warnings, outcome, target, file. What was not done comes last."""
    rows = [
        (
            _number(line.errors),
            _number(line.warnings),
            line.outcome_words,
            line.target.label if line.target else "",
            line.file,
        )
        for line in report.lines
    ]
    return rows + [("", "", "NOT DONE", "", notice.file or notice.place) for notice in report.notices]


def _number(number: int) -> str:
    return f"{number:,}" if number else "-"
