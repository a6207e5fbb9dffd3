"""The forms as the EDC exports them: file, encoding, delimiter, line end, and the columns of each form."""

from dataclasses import dataclass

COMMON = ("SITE", "SUBJECT", "FOLDER", "RECPOS", "FORMSTATUS", "DELETED", "OPENQUERIES", "ENTRYTS")


@dataclass(frozen=True)
class Layout:
    """How one form is exported; `columns` are (field of the form, kind, column).

    Kinds: `text`; `date` (as typed in <column>_RAW, beside an imputed <column>); `parts` (<column>_YY, _MM, _DD);
    `boxes` (one 0/1 column an option, BOXES); `twin-` and a code list (label in <column>, code in <column>_STD); a code
    list.
    """

    columns: tuple[tuple[str, str, str], ...]
    encoding: str = "utf-8"
    delimiter: str = ","
    line_end: str = "\r\n"
    quote_all: bool = False
    extra: tuple[str, ...] = ()


def _layout(columns: str, **options: object) -> Layout:
    """Read columns written as `field:kind:COLUMN`; the kind defaults to text, the column to the name of the field."""
    read = []
    for item in columns.split():
        field, kind, column = [*item.split(":"), "", ""][:3]
        read.append((field, kind or "text", column or field.upper()))
    return Layout(tuple(read), **options)  # type: ignore[arg-type]


RACES = {
    "RACE___1": "AMERICAN INDIAN OR ALASKA NATIVE",
    "RACE___2": "ASIAN",
    "RACE___3": "BLACK OR AFRICAN AMERICAN",
    "RACE___4": "NATIVE HAWAIIAN OR OTHER PACIFIC ISLANDER",
    "RACE___5": "WHITE",
    "RACE___6": "OTHER",
    "RACE___-98": "UNKNOWN",
    "RACE___-99": "NOT REPORTED",
}
METSITES = {
    "METSITES___1": "BONE",
    "METSITES___2": "LIVER",
    "METSITES___3": "LUNG",
    "METSITES___4": "LYMPH NODE",
    "METSITES___5": "SKIN OR CHEST WALL",
    "METSITES___6": "BRAIN",
    "METSITES___7": "LEPTOMENINGEAL",
    "METSITES___8": "OTHER",
    "METSITES___-99": "NONE",
}
BOXES = {"RACE": RACES, "METSITES": METSITES}
LAYOUTS = {
    "dm": _layout("brthdtc:date:BRTHDAT sex:SEX race:boxes ethnic:ETHNIC icdtc:date:ICDAT ictm menopaus:MENOPAUS"),
    "ie": _layout("ietestcd ieorres:NYNA iewaiver:NY"),
    "enr": _layout("enrno enrdtc:date:ENRDAT phase:PHASE level cohort slot again:NY"),
    "sv": _layout("svdtc:date:SVDAT svdone:NY svreas"),
    "vs": _layout("vstestcd:VSTESTCD vsdtc:date:VSDAT vsorres vsorresu"),
    "ex_oral": _layout(
        "drug:EXTRT exno given:NY stdtc:date:STDAT endtc:date:ENDAT dose dosu:UNIT taken dispensed returned lot"
    ),
    "ex_tdm1": _layout("cycle given:NY exdtc:date:EXDAT sttm entm weight mgkg mg volume lot"),
    "dosemod": _layout(
        "modno drug:EXTRT moddtc:date:MODDAT action:DOSEMOD resdtc:date:RESDAT newdose reason:MODREAS aeno",
        line_end="\n",
    ),
    "ae": _layout(
        "aeno term decod bodsys ptcd stdtc:date:STDAT endtc:date:ENDAT ongoing:NY grade serious:twin-NY sdeath:NY"
        " slife:NY shosp:NY sdisab:NY scong:NY smie:NY relpal:REL rellet:REL reltdm:REL acnpal:ACN acnlet:ACN"
        " acntdm:ACN disc:NY outcome:twin-OUT dthdtc:date:DTHDAT dlt:NY",
        encoding="cp1252",
        extra=("COMMENTS",),
    ),
    "dlt": _layout("asdtc:date:ASDAT evaluable:NY reason dlt:NY aenos planned taken"),
    "tl": _layout(
        "lesion parent organ side:LAT nodal:NY method:METHOD slice dtc:date:DAT diameter unit:UNIT state:TRSTATE",
        encoding="utf-8-sig",
        extra=("COMMENTS",),
    ),
    "ntl": _layout("lesion organ nodal:NY method:METHOD dtc:date:DAT state:NTSTATE", extra=("COMMENTS",)),
    "nl": _layout("lesion present:NY dtc:date:DAT organ nodal:NY certainty:CERTAIN size"),
    "rs": _layout("dtc:parts:RSDAT target:TRGRESP nontarget:NTRGRESP overall:twin-OVRLRESP marker:MARKER"),
    "act": _layout("actno kind:ACTKIND class agent stdtc:date:STDAT endtc:date:ENDAT lesions", encoding="utf-16"),
    "pk": _layout(
        "analyte:ANALYTE tpt pcdtc:date:PCDAT pctm dosdtc:date:DOSDAT dostm prvdtc:date:PRVDAT prvtm dosprob:DOSPROB"
        " missed7 conc unit:UNIT lloq specimen",
        delimiter=";",
    ),
    "eot": _layout("drug:EXTRT lastdtc:date:LASTDAT reason:NCOMPLT aeno", extra=("COMMENTS",), quote_all=True),
    "eos": _layout("eosdtc:date:EOSDAT reason:EOSREAS dthdtc:date:DTHDAT cause:DTHCAUS autopsy:NY", line_end="mixed"),
    "fu": _layout(
        "funo done:NY fudtc:date:FUDAT status:SURVSTAT dthdtc:date:DTHDAT newtx:NY pd:NY", extra=("CHG_COUNT",)
    ),
    "dxh": _layout(
        "indxdtc:date:INDXDAT metdtc:date:METDAT stage:STAGE histol:HISTOL erpct pgrpct her2ihc:HER2IHC her2ish:HER2ISH"
        " metsites:boxes brainmet:NY"
    ),
    "ptx": _layout(
        "ptxno kind:ACTKIND class:THERCLAS agent line setting:SETTING stdtc:date:STDAT endtc:date:ENDAT"
        " bestresp:PRIORRSP"
    ),
    "mh": _layout("mhno term decod bodsys ptcd stdtc:date:STDAT endtc:date:ENDAT ongoing:NY grade", encoding="cp1252"),
    "pe": _layout("pedtc:date:PEDAT perslt:PERSLT pefind ecog"),
    "lb": _layout(
        "lbtestcd:LBTESTCD:TESTCD lbdtc:date:LBDAT lbtm fasting:NY lborres:text:RESULT lborresu:text:UNIT"
        " lbnrlo:text:NRLO lbnrhi:text:NRHI lbnam:text:LAB"
    ),
    "card": _layout("cdtestcd:CDTESTCD:TESTCD cddtc:date:CDDAT cdorres:text:RESULT cdorresu:text:UNIT method:CDMETHOD"),
    "cm": _layout("cmno trt decod atc atctx indc stdtc:date:STDAT endtc:date:ENDAT ongoing:NY route:ROUTE"),
    "promis": _layout("instr:PROMISIN item version qsdtc:date:QSDAT answer notdone:NY reasnd"),
    "bcpt": _layout("item:BCPTITEM qsdtc:date:QSDAT answer notdone:NY reasnd"),
    "dv": _layout("dvno dvdtc:date:DVDAT dvcat:DVCAT important:NY term criterion waiver:NY"),
}


def columns_of(form: str) -> list[str]:
    """Return the header of a form's file."""
    layout = LAYOUTS[form]
    own = [name for _, kind, column in layout.columns for name in _spelled(kind, column)]
    return [*COMMON, *own, *layout.extra]


def _spelled(kind: str, column: str) -> list[str]:
    if kind == "date":
        return [f"{column}_RAW", column]
    if kind == "parts":
        return [f"{column}_YY", f"{column}_MM", f"{column}_DD"]
    if kind == "boxes":
        return list(BOXES[column])
    return [column, f"{column}_STD"] if kind.startswith("twin-") else [column]


def column_of(form: str, field: str) -> str:
    """Return the column in which the recorded text of a field stands (empty for a field in several columns)."""
    common = {"site": "SITE", "subject": "SUBJECT", "visit": "FOLDER", "record": "RECPOS"}
    common |= {"status": "FORMSTATUS", "deleted": "DELETED", "queries": "OPENQUERIES", "entered": "ENTRYTS"}
    if field in common:
        return common[field]
    for name, kind, column in LAYOUTS[form].columns:
        if name == field:
            return "" if kind in ("parts", "boxes") else f"{column}_RAW" if kind == "date" else column
    return field if field in LAYOUTS[form].extra else ""
