"""Blocks of a plan file: text in, expanded content and lines out."""

from pathlib import Path

import pytest

from crf2csr.errors import InputError
from crf2csr.plan_lists import expand_lists
from crf2csr.strict_yaml import Document, load_yaml

TEXT = """lists:
  pain: {P1: Back pain, P2: Head pain}
  visits: {C1: Cycle 1, EOT: End}
rows:
  - {label: "All {v}"}
  - for: {p: pain}
    put:
      - {label: "{p.label}"}
      - for: {v: visits}
        put:
          - {label: "{v.label}, {p}", at: ["{p}", "{v}"]}
codes: [X, {for: {p: pain, v: visits}, put: ["{p}-{v}"]}]
"""


def document(folder: Path, text: str) -> Document:
    path = folder / "plan.yaml"
    path.write_text(text)
    return load_yaml(path)


def test_a_block_is_put_once_for_each_code_and_within_it_the_block_that_it_holds(tmp_path):
    assert expand_lists(document(tmp_path, TEXT)).content == {
        "rows": [
            {"label": "All {v}"},  # no block: braces are text
            {"label": "Back pain"},
            {"label": "Cycle 1, P1", "at": ["P1", "C1"]},
            {"label": "End, P1", "at": ["P1", "EOT"]},
            {"label": "Head pain"},
            {"label": "Cycle 1, P2", "at": ["P2", "C1"]},
            {"label": "End, P2", "at": ["P2", "EOT"]},
        ],
        "codes": ["X", "P1-C1", "P1-EOT", "P2-C1", "P2-EOT"],
    }


def test_what_was_put_has_the_line_of_what_was_written(tmp_path):
    expanded = expand_lists(document(tmp_path, TEXT))
    assert [expanded.line(("rows", k)) for k in range(7)] == [5, 8, 11, 11, 8, 11, 11]
    assert expanded.line(("rows", 6, "at", 1)) == 11
    assert expanded.line(("codes",)) == 12


def test_a_file_without_lists_stays_as_it_is(tmp_path):
    given = document(tmp_path, "analyses:\n  a: {x: [1, {y: 2}], z: }\n")
    expanded = expand_lists(given)
    assert expanded.content == given.content == {"analyses": {"a": {"x": ["1", {"y": "2"}], "z": None}}}
    assert expanded.lines == given.lines


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("{p: pain}", "{p: pains}"), r"plan\.yaml line 6: rows\.1: unknown list 'pains'; did you mean 'pain'"),
        (('"{p.label}"', '"{q.label}"'), r"line 8: rows\.1\.put\.0\.label: unknown placeholder '{q\.label}'"),
        (('"{p.label}"', '"{p.label} {v}"'), r"line 8: .*unknown placeholder '{v}'"),
        (('    put:\n      - {label: "{p.l', '    pot:\n      - {label: "{p.l'), r"line 6: rows\.1: a block has `for"),
        (("for: {p: pain}\n", "for: pain\n"), r"line 6: rows\.1: a block has `for"),
        (("for: {p: pain}\n", "for: {p: [P1]}\n"), r"line 6: rows\.1: unknown list '\['P1'\]'"),
        (("pain: {P1: Back pain, P2: Head pain}", "pain: [P1]"), r"line 2: lists\.pain: a list has codes"),
        (("visits: {C1: Cycle 1, EOT: End}", "visits: {}"), r"line 3: lists\.visits: a list has codes"),
    ],
)
def test_a_block_that_cannot_be_put_out_is_refused_with_its_line(tmp_path, change, complaint):
    assert TEXT.count(change[0]) == 1
    with pytest.raises(InputError, match=complaint):
        expand_lists(document(tmp_path, TEXT.replace(*change)))
