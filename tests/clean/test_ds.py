"""DS: enrollments, ends of drugs, end of study."""

from crf2csr.clean.ds import ds
from tests.builders import form, rows, study_view


def test_three_forms_become_one_domain() -> None:
    enr = form(
        "enr",
        """
        SUBJECT | enrno | enrdtc     | phase | level | cohort | slot | again
        01-001  | 1     | 2019-01-10 | I     | 125   | 5      | 2    | Y
        01-001  | 2     | 2020-07-01 | II    | 125   |        |      |
        """,
    )
    eot = form("eot", "SUBJECT|drug|lastdtc|reason|reason__raw|aeno\n01-001|T-DM1|2019-09|ADVERSE EVENT|2|4")
    eos = form("eos", "SUBJECT|eosdtc|reason|reason__raw\n01-001|2019-12-01|DEATH|4")
    found = ds(enr, eot, eos, study_view(ds))
    columns = [
        "DSCAT",
        "DSSCAT",
        "DSSEQ",
        "DSTERM",
        "DSDECOD",
        "DSSTDTC",
        "ENRPHASE",
        "DOSELVL",
        "ENRORD",
        "REENRFL",
        "AENO",
    ]
    assert rows(found.data, *columns) == [
        ("DISPOSITION EVENT", "STUDY", "1", "4", "DEATH", "2019-12-01", "", "", "", "", ""),
        ("DISPOSITION EVENT", "T-DM1", "1", "2", "ADVERSE EVENT", "2019-09", "", "", "", "", "4"),
        ("PROTOCOL MILESTONE", "ENROLLMENT", "1", "ENROLLED", "ENROLLED", "2019-01-10", "I", "125", "2", "Y", ""),
        ("PROTOCOL MILESTONE", "ENROLLMENT", "2", "ENROLLED", "ENROLLED", "2020-07-01", "II", "125", "", "", ""),
    ]
    assert list(found.data["RAWFILE"]) == ["eos.csv", "eot.csv", "enr.csv", "enr.csv"]
