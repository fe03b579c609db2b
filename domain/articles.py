"""When two names of an article mean the same one."""

_GTIN_LENGTHS = frozenset({8, 12, 13, 14})


def same_article(ours: str, theirs: str) -> bool:
    """Whether a warehouse's name of an article is ours.

    A GTIN is written in 8, 12, 13 or 14 digits, and is the same with zeros before it
    (GS1 General Specifications, section 7.2.8: data structures in 14 digits).
    """
    if ours == theirs:
        return True
    both = ours, theirs
    gtins = all(len(one) in _GTIN_LENGTHS and one.isascii() and one.isdigit() for one in both)
    return gtins and ours.lstrip("0") == theirs.lstrip("0")
