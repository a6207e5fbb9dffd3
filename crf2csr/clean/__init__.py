"""Raw forms become SDTM-shaped domains with queries, removed records and links."""

#: The domain that reports what `prepare_form` found in a form, so that each query of a form appears once though several
#: domains read it.
OWNERS = {
    "dm": "dm",
    "enr": "ds",
    "eot": "ds",
    "eos": "ds",
    "ex_oral": "ex",
    "ex_tdm1": "ex",
    "dosemod": "ec",
    "ae": "ae",
    "dlt": "fa",
    "tl": "tr",
    "ntl": "tr",
    "nl": "tr",
    "rs": "rs",
    "act": "cm",
    "pk": "pc",
    "fu": "ss",
}
