"""Named repairs of one publisher's quirks, listed under `steps` in its spec.

In: the payments of a file (records.PAYMENT_COLUMNS). Out: the same rows, and how many were changed. A step
never adds, drops or reorders rows and never touches amounts: conservation is counted without it.
"""

import re
from collections.abc import Callable

import pandas as pd

Step = Callable[[pd.DataFrame], tuple[pd.DataFrame, int]]


def strip_leading_zeros_from_supplier_ref(payments: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """'0000123456' -> '123456': one supplier under one reference, whichever width a month is printed in."""
    before = payments["supplier_ref"]
    new_refs = {ref: re.sub(r"^0+(?=.)", "", ref) for ref in before.dropna().unique()}
    after = before.map(lambda ref: new_refs.get(ref, ref)).astype(object)
    changed = sum(new_refs[ref] != ref for ref in before.dropna())
    return payments.assign(supplier_ref=after.where(before.notna(), None)), changed


STEPS: dict[str, Step] = {step.__name__: step for step in (strip_leading_zeros_from_supplier_ref,)}
