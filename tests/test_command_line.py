"""What a stranger who mistypes a command gets: exit code 1 and one line that says what is wrong and what to do."""

import pytest

from crf2csr.cli import main

#: What was typed, how the line begins, what it says to do.
MISTYPED = [
    ("", "error: the following arguments are required: COMMAND", "crf2csr --help says more"),
    ("nope", "error: argument COMMAND: invalid choice: 'nope'", "'run', 'simulate', 'receive', 'why'"),
    ("run --cores 0", "error: argument --cores: '0' is not a number of 1 or more", "crf2csr run --help says more"),
    ("run --cores two", "error: argument --cores: 'two' is not a number of 1 or more", "--help"),
    ("run --study nct03709082 --cut nope", "error: ", "cuts/nope.yaml: file not found; check the name of the study"),
    ("run --study nct03709082 --cut nope", "error: ", "the cut (as_enrolled or full)"),
    ("run --study ../x --cut full", "error: ", "../x"),
    ("why t-99 x y --study nct03709082 --cut full", "error: display 't-99': not a table", "tables are t-14-1-1"),
    ("why t-14-2-1", "error: the following arguments are required: row, column", "crf2csr why --help says more"),
]


@pytest.mark.parametrize(("typed", "start", "holds"), MISTYPED, ids=[item[0] or "nothing" for item in MISTYPED])
def test_a_mistyped_command_ends_with_one_line(capsys, typed, start, holds):
    with pytest.raises(SystemExit) as ended:
        main(typed.split())
    out, err = capsys.readouterr()
    assert (ended.value.code, out) == (1, "")
    assert err.startswith(start)
    assert holds in err
    assert err.count("\n") == 1
