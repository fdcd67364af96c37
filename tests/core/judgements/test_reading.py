"""Files of judgements, ours and others', good lines and bad."""

from __future__ import annotations

from pathlib import Path

import pytest

from gansuite.errors import UserError
from gansuite.judgements.judgement import COLUMNS, Judgement
from gansuite.judgements.reading import read


def test_our_own_columns(csv_file) -> None:
    row = Judgement(
        "ring", "real", "right", 'Ann, "A"', 3, 1.25, "17", "4", "Which is real?", "2026-11-28T19:00:00+00:00"
    )
    import csv
    import io

    buffer = io.StringIO()
    csv.writer(buffer).writerows([COLUMNS, row.row()])
    found = read([csv_file(buffer.getvalue())])
    assert found.judgements == [row] and not found.skipped


@pytest.mark.parametrize(
    ("text", "winner"),
    [
        ("left,right,winner\na,b,left\n", "left"),
        ("left,right,winner\na,b,b\n", "right"),
        ("left,right,winner\na,b,A\n", None),
        ("left,right,winner\na,b,Tie\n", "tie"),
        ("left,right,winner\na,b,0.5\n", "tie"),
        ("\ufeffwinner;left;right\r\nRIGHT;a;b\r\n", "right"),
        ("left\tright\twinner\ttie\na\tb\ta\t1\n", "tie"),
        ("left,right,winner\nright,left,left\n", "right"),  # contestants called like the other side: names come first
        ("left,right,winner\n a , b , a \n", "left"),
    ],
)
def test_a_winner_is_a_side_a_name_or_a_tie(csv_file, text: str, winner: str | None) -> None:
    found = read([csv_file(text)])
    assert [each.winner for each in found.judgements] == ([winner] if winner else [])
    assert all(each.sided for each in found.judgements)


def test_winner_and_loser(csv_file) -> None:
    found = read([csv_file("winner,loser,tie,judge\na,b,,Ann\nb,c,1,Bob\n")])
    assert found.judgements == [
        Judgement("a", "b", "left", "Ann", sided=False),
        Judgement("b", "c", "tie", "Bob", sided=False),
    ]


def test_other_names_of_columns(csv_file) -> None:
    path = csv_file("sound_a,sound_b,preferred,winner,who\nx,y,y,nonsense,Ann\n")
    columns = {"left": "sound_a", "right": "sound_b", "winner": "preferred", "judge": "who"}
    assert read([path], columns).judgements == [Judgement("x", "y", "right", "Ann")]
    with pytest.raises(UserError, match=r'no column "prefered".*there is preferred'):
        read([path], {"winner": "prefered"})
    with pytest.raises(UserError, match="there is no column winer"):
        read([path], {"winer": "preferred"})


def test_bad_lines_are_told_by_number_and_left_out(csv_file) -> None:
    path = csv_file(
        "left,right,winner,round,seconds\n"
        "a,b,left,1,2.5\n"
        "a,b,up,2,1\n"  # 3
        "a,a,left,3,1\n"  # 4
        ",b,left,4,1\n"  # 5
        "\n"
        "a,b,left,x,1\n"  # 7
        "a,b,left,5,-1\n"  # 8
        "a,b,left,6,nan\n"  # 9
        "a,b\n"  # 10
        "a,b,left,7,1,more\n"  # 11
        "b,a,right,8,\n"
    )
    found = read([path])
    assert [each.round for each in found.judgements] == [1, 8]
    assert [int(line.split(" line ")[1].split(":")[0]) for line in found.skipped] == [3, 4, 5, 7, 8, 9, 10, 11]
    assert "neither side" in found.skipped[0] and "against itself" in found.skipped[1]
    assert all("\n" not in line for line in found.skipped)


def test_bytes_that_are_no_text_end_nothing(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(b'left,right,winner\na\x00,\xff\xfe,left\n"a,b,left\n')
    found = read([tmp_path / "x.csv"])
    assert len(found.judgements) + len(found.skipped) == 2


def test_what_no_file_of_judgements_is(csv_file, tmp_path: Path) -> None:
    for text in ("", "left,right\na,b\n", "winner\na\n", "\n\n"):
        with pytest.raises(UserError, match=r"votes.csv: no column .*--columns"):
            read([csv_file(text)])
    with pytest.raises(UserError, match=r"missing.csv: cannot be read \(No such file"):
        read([tmp_path / "missing.csv"])


def test_a_filled_sheet_finds_its_key(csv_file, tmp_path: Path) -> None:
    key = Judgement("ring", "real", "tie", "", 1, None, "17", "4", "Which?")
    csv_file(",".join(COLUMNS) + "\n" + ",".join(key.row()) + "\n", "key.csv")
    sheet = csv_file(
        "round,left_file,right_file,question,judge,winner\n1,a.wav,b.wav,Which?,Ann,right\n2,c,d,Which?,Ann,left\n"
    )
    found = read([sheet])
    assert found.judgements == [Judgement("ring", "real", "right", "Ann", 1, None, "17", "4", "Which?")]
    assert found.skipped == [f"{sheet} line 3: round '2' is not in key.csv"]
    (tmp_path / "key.csv").unlink()
    with pytest.raises(UserError, match="no column left or right"):
        read([sheet])


def test_several_files_of_several_judges(csv_file) -> None:
    one = csv_file("left,right,winner,judge\na,b,left,Ann\n", "one.csv")
    two = csv_file("winner,loser,judge\nb,a,Bob\n", "two.csv")
    assert [each.judge for each in read([one, two]).judgements] == ["Ann", "Bob"]
