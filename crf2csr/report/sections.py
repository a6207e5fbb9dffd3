"""What stands around the displays: cover, assumptions, data queries, checks, independent programming, provenance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from crf2csr.report.appendix import DEMONSTRATION, SEVERITIES, Appendix, Assumption, Stamp
from crf2csr.report.blocks import paragraph, plain_table, section, subheading
from crf2csr.report.columns import Payload, Style
from crf2csr.report.layout import name

#: So many queries of one severity are printed; where there are more, the first `QUERIES_SHOWN`. Errors are all printed.
MOST_QUERIES = 400
QUERIES_SHOWN = 50

_DEMONSTRATION_NOTE = (
    "No data of trial participants are in this document. Every record was made by a simulator; no number in it says "
    "anything about the results of the trial or the effect of a treatment."
)
_ASSUMPTIONS_INTRO = (
    "The protocol and the registry entry leave the values below open. Each was chosen for this analysis, is kept as "
    "configuration with its reason, and is repeated in the footnotes of every display that uses it."
)
_NO_ASSUMPTION = "No assumption is in force: no value of this study was assumed."
_QC_INTRO = "Second programs compute the results by another route, in code of their own; results are compared by key."

_ASSUMPTION_HEADS = ("Key", "Value in force", "Source", "Why", "Displays that depend on it")
_QUERY_HEADS = ("Subject", "Form", "File", "Row", "Field", "Value as recorded", "Rule", "Message")
_QUERY_KEYS = ("subject", "form", "RAWFILE", "RAWROW", "field", "value", "rule", "message")
_CHECK_HEADS = ("Rule", "What it finds", "Forms", "Records tested", "Failures", "Not run, because")
_CHECK_SHARES: Sequence[float] = (0.8, 4, 2, 1, 0.9, 2)
_QUERY_SHARES = (1.15, 0.75, 1.15, 0.5, 0.95, 1.5, 0.65, 3.6)


def cover(stamp: Stamp, style: Style) -> Payload:
    """Return the title page: sponsor, study title, and the lines that identify study, cut, data and status."""
    identity = [
        ("Sponsor study number", stamp.sponsor_number),
        *stamp.identifiers,
        ("Data cut", stamp.cut),
        ("Data cutoff", stamp.cutoff),
        ("Snapshot", stamp.snapshot),
        ("Status", stamp.status),
    ]
    return {
        "sponsor": style.wide(stamp.sponsor),
        "study": style.wide(stamp.study_title),
        "identity": [[style.wide(label), style.wide(value)] for label, value in identity if value],
        "warning": [DEMONSTRATION, _DEMONSTRATION_NOTE] if stamp.demonstration else [],
    }


def assumptions_section(appendix: Appendix, style: Style) -> Payload:
    """Return the assumptions in force, in the order given, each with the displays that depend on it."""
    title = "Assumptions in force"
    if not appendix.assumptions:
        return section("assumptions", title, [paragraph(_NO_ASSUMPTION, style)])
    known = {display.id: name(display) for display in appendix.displays}
    rows = [(a.key, a.value, a.source, a.note, "") for a in appendix.assumptions]
    table = plain_table((1.9, 1.6, 0.8, 3.0, 2.7), _ASSUMPTION_HEADS, rows, style)
    for row, assumption in zip(table["rows"], appendix.assumptions, strict=True):
        row["cells"][-1] = _display_links(assumption, known, style)
    return section("assumptions", title, [paragraph(_ASSUMPTIONS_INTRO, style), table])


def _display_links(assumption: Assumption, known: Mapping[str, str], style: Style) -> Any:
    """Return the names of the displays as links; one that is not part of this document is named without a link."""
    links: list[Any] = []
    for display in assumption.displays:
        links += [", "] if links else []
        links.append({"to": display, "text": known[display]} if display in known else style.plain(display))
    return links or "none in this document"


def queries_section(appendix: Appendix, style: Style) -> Payload:
    """Return the data queries: counts by rule first, then one table a severity, errors first."""
    if not appendix.queries:
        return section("queries", "Data queries", [paragraph("No query was raised on these data.", style)])
    severities = Counter(query["severity"] for query in appendix.queries)
    totals = ", ".join(f"{severities[severity]:,} {severity}" for severity in SEVERITIES)
    intro = paragraph(f"{len(appendix.queries):,} queries were raised: {totals}.", style)
    tables = [block for severity in SEVERITIES for block in _queries_of(appendix, severity, style)]
    return section(
        "queries", "Data queries", [intro, subheading("Counts by rule", style), _counts(appendix, style), *tables]
    )


def _counts(appendix: Appendix, style: Style) -> Payload:
    """Return the number of queries by severity and rule, with what the rule finds and the forms it was raised on."""
    counts = Counter((query["severity"], query["rule"]) for query in appendix.queries)
    order = sorted(counts, key=lambda key: (list(SEVERITIES).index(key[0]), key[1]))
    finds = {check.rule: check.finds for check in appendix.checks}
    rows = [(*key, finds.get(key[1], ""), ", ".join(_forms(appendix, key)), f"{counts[key]:,}") for key in order]
    heads = ("Severity", "Rule", "What it finds", "Forms", "Queries")
    return plain_table((0.8, 0.8, 5, 2.4, 1), heads, rows, style)


def _forms(appendix: Appendix, key: tuple[str, str]) -> list[str]:
    return sorted({query["form"] for query in appendix.queries if (query["severity"], query["rule"]) == key})


def _queries_of(appendix: Appendix, severity: str, style: Style) -> list[Payload]:
    queries = [query for query in appendix.queries if query["severity"] == severity]
    if not queries:
        return []
    shown = queries if severity == "E" or len(queries) <= MOST_QUERIES else queries[:QUERIES_SHOWN]
    rows = [[*(str(query[key]) for key in _QUERY_KEYS[:-1]), _without_place(query)] for query in shown]
    blocks = [subheading(f"{severity}. {SEVERITIES[severity]}", style)]
    if len(shown) < len(queries):
        count = f"The first {len(shown):,} of {len(queries):,} queries are printed"
        blocks.append(paragraph(f"{count}; all are in {appendix.queries_file}, delivered with this document.", style))
    return [*blocks, plain_table(_QUERY_SHARES, _QUERY_HEADS, rows, style)]


def _without_place(query: Mapping[str, str]) -> str:
    """Return the message without rule, place and value before it, which the other columns of the row show."""
    start, found, text = query["message"].partition("': ")
    return text if found and start.startswith(query["rule"]) else query["message"]


def checks_section(appendix: Appendix, style: Style) -> Payload:
    """Return the data checks that were run, and those that could not be run with the reason."""
    rows = [
        (c.rule, c.finds, c.forms, *(("–", "–", c.not_run) if c.not_run else (f"{c.records:,}", f"{c.failures:,}", "")))
        for c in appendix.checks
    ]
    omitted = sum(1 for check in appendix.checks if check.not_run)
    intro = f"{len(rows) - omitted:,} of {len(rows):,} checks were run on this cut"
    intro += "; – stands where a check was not run." if omitted else "."
    # The last column only where it says something.
    used = slice(None if omitted else -1)
    table = plain_table(_CHECK_SHARES[used], _CHECK_HEADS[used], [row[used] for row in rows], style)
    return section("checks", "Data checks", [paragraph(intro, style), table] if rows else [paragraph(intro, style)])


def qc_section(appendix: Appendix, style: Style) -> Payload:
    """Return the state of independent programming: programs, results compared, differences, and each discrepancy."""
    title = "Independent programming"
    if not appendix.qc:
        return section("qc", title, [paragraph("No independent program was run on this cut.", style)])
    rows = [(p.program, f"{p.compared:,}", f"{p.differences:,}") for p in appendix.qc]
    table = plain_table((3, 1, 1), ("Program", "Results compared", "Differences"), rows, style, 0.7)
    return section("qc", title, [paragraph(_QC_INTRO, style), table, *_discrepancies(appendix.discrepancies, style)])


def _discrepancies(rows: Sequence[Mapping[str, str]], style: Style) -> list[Payload]:
    if not rows:
        return [paragraph("No discrepancy was found.", style)]
    keys = list(dict.fromkeys(key for row in rows for key in row))
    cells = [[str(row.get(key, "")) for key in keys] for row in rows]
    return [subheading("Discrepancies", style), plain_table([1] * len(keys), keys, cells, style)]


def provenance_section(appendix: Appendix, style: Style) -> Payload:
    """Return what the document was made from: identities of data, configuration, code, packages, and the raw files."""
    facts = plain_table((1, 3), ("What", "Which"), list(appendix.provenance.items()), style)
    files = [(file.path, "–" if file.rows is None else f"{file.rows:,}", file.sha256) for file in appendix.manifest]
    manifest = plain_table((3, 1, 4), ("File", "Rows", "sha256"), files, style)
    heading = subheading("Raw files of the snapshot", style)
    return section("provenance", "Provenance", [facts, heading, manifest] if files else [facts])


#: The sections after the displays, in the order in which they are printed.
BACK_SECTIONS: tuple[Callable[[Appendix, Style], Payload], ...] = (
    queries_section,
    checks_section,
    qc_section,
    provenance_section,
)
