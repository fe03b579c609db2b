"""The Core Business Vocabulary 2.0, as far as events of goods use it.

A bare word has to be one of these; another company's word is written with its own prefix or
as a URI, and is taken as it is. Source: GS1 CBV 2.0, sections 7.1, 7.2 and 7.3.
"""

BIZ_STEPS = frozenset(
    [
        "accepting",
        "arriving",
        "assembling",
        "collecting",
        "commissioning",
        "consigning",
        "creating_class_instance",
        "cycle_counting",
        "decommissioning",
        "departing",
        "destroying",
        "disassembling",
        "dispensing",
        "encoding",
        "entering_exiting",
        "holding",
        "inspecting",
        "installing",
        "killing",
        "loading",
        "other",
        "packing",
        "picking",
        "receiving",
        "removing",
        "repackaging",
        "repairing",
        "replacing",
        "reserving",
        "retail_selling",
        "sampling",
        "sensor_reporting",
        "shipping",
        "staging_outbound",
        "stock_taking",
        "stocking",
        "storing",
        "transporting",
        "unloading",
        "unpacking",
        "void_shipping",
    ]
)
DISPOSITIONS = frozenset(
    [
        "active",
        "available",
        "completeness_inferred",
        "completeness_verified",
        "conformant",
        "container_closed",
        "container_open",
        "damaged",
        "destroyed",
        "dispensed",
        "disposed",
        "encoded",
        "expired",
        "in_progress",
        "in_transit",
        "inactive",
        "mismatch_class",
        "mismatch_instance",
        "mismatch_quantity",
        "needs_replacement",
        "no_pedigree_match",
        "non_conformant",
        "non_sellable_other",
        "partially_dispensed",
        "recalled",
        "reserved",
        "retail_sold",
        "returned",
        "sellable_accessible",
        "sellable_not_accessible",
        "stolen",
        "unavailable",
        "unknown",
    ]
)
TRANSACTIONS = frozenset(
    [
        "bol",
        "cert",
        "desadv",
        "inv",
        "pedigree",
        "po",
        "poc",
        "prodorder",
        "recadv",
        "rma",
        "testprd",
        "testres",
        "upevt",
    ]
)
REASONS = frozenset({"did_not_occur", "incorrect_data"})

_HEADS = {
    "urn:epcglobal:cbv:bizstep:": BIZ_STEPS,
    "https://ref.gs1.org/cbv/BizStep-": BIZ_STEPS,
    "cbv:BizStep-": BIZ_STEPS,
    "urn:epcglobal:cbv:disp:": DISPOSITIONS,
    "https://ref.gs1.org/cbv/Disp-": DISPOSITIONS,
    "cbv:Disp-": DISPOSITIONS,
    "urn:epcglobal:cbv:btt:": TRANSACTIONS,
    "https://ref.gs1.org/cbv/BTT-": TRANSACTIONS,
    "cbv:BTT-": TRANSACTIONS,
    "urn:epcglobal:cbv:er:": REASONS,
    "https://ref.gs1.org/cbv/ER-": REASONS,
    "cbv:ER-": REASONS,
}
"""The longer ways to write a word of the vocabulary, by what stands before it."""


def word(text: str, known: frozenset[str], what: str) -> str:
    """Read a word of the vocabulary in its bare form; a word of somebody's own stays whole.

    Raises:
        ValueError: It looks like a word of the vocabulary, and is none.
    """
    bare = next((text[len(head) :] for head, of in _HEADS.items() if text.startswith(head)), None)
    if bare is None and ":" in text:
        return text
    if (bare or text) not in known:
        raise ValueError(f"expected a {what} of the Core Business Vocabulary, or one with a prefix")
    return bare or text
