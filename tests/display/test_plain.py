"""Displays as aligned text, written out by hand."""

import dataclasses

from crf2csr.display.model import Column, Footer
from crf2csr.display.plain import plain_text
from tests.display.examples import FIGURE, LISTING, TABLE


def test_table() -> None:
    assert plain_text(TABLE) == (
        "Table 14.1\n"
        "Best overall response\n"
        "Full analysis set\n"
        "\n"
        "[Full analysis set]\n"
        "                    Phase I\n"
        "Response            75 mg     100 mg  Phase II  All\n"
        "                                                subjects\n"
        "                    (N=2)     (N=0)   (N=1)     (N=3)\n"
        "--------------------------------------------------------\n"
        "Confirmed response\n"
        "  CR [a]            1 (50.0)  –       0         1 (33.3)\n"
        "--------------------------------------------------------\n"
        "\n"
        "[Measurable]\n"
        "Response  All\n"
        "          (N=0)\n"
        "---------------\n"
        "No data to report: nobody.\n"
        "---------------\n"
        "\n"
        "[a] Confirmed.\n"
        "Exact interval.\n"
        "Abbreviations: CR = complete response.\n"
        "N = number of subjects in the column. – = no denominator.\n"
        "ASSUMPTION (not stated in the registry): x = 1.\n"
        "Source: ADSL, ADRS; Listing 16.2.1\n"
        "Program: display/tables/rows\n"
    )


def test_listing() -> None:
    assert plain_text(LISTING) == (
        "Listing 16.2.1\n"
        "Sums\n"
        "Full analysis set\n"
        "\n"
        "Subject  Sum\n"
        "         (mm)\n"
        "-------------\n"
        "01-001   30.0\n"
        "01-001\n"
        "01-002   7.5\n"
        "-------------\n"
        "\n"
        "Source: ADTR\n"
    )


def test_figure() -> None:
    assert plain_text(FIGURE) == (
        "Figure 14.1\n"
        "Waterfall\n"
        "Full analysis set\n"
        "\n"
        "Alternative text: Waterfall of 1 subject.\n"
        "\n"
        "Subject  Change (%)\n"
        "-------------------\n"
        "01-001   -30.0\n"
        "-------------------\n"
        "\n"
        "Bars end at +100.\n"
    )


def test_figure_space_is_shown_as_blank() -> None:
    aligned = dataclasses.replace(LISTING, rows=(("01-001", "\u20077.5"), ("01-002", "30.0")))
    assert "01-001    7.5\n01-002   30.0\n" in plain_text(aligned)


def test_only_the_code_hash_is_left_out() -> None:
    other = dataclasses.replace(TABLE.footer, program="display/tables/rows (code ffff000)")
    assert plain_text(dataclasses.replace(TABLE, footer=other)) == plain_text(TABLE)
    assert "(code of conduct)" in plain_text(dataclasses.replace(TABLE, footer=Footer(program="x (code of conduct)")))


def test_texts_longer_than_their_room_stay_apart() -> None:
    part = dataclasses.replace(
        TABLE.parts[1], columns=(Column("a", "A", spanner="Long spanner"), Column("b", "B", spanner="C"))
    )
    assert "          Long spanner  C\n" in plain_text(dataclasses.replace(TABLE, parts=(part,)))
