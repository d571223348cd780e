"""Register files as published: which layout a file is in, and its rows in the columns of reference.*.

In: a folder of CSV, JSON, Parquet or ZIP files. Out: sources (file, layout, vintage, licence), and their rows
as frames of text in chunks, so that a national file never stands in memory whole. Layouts are recognised by
header, never by file name (the headerless ODS files aside). Files in no known layout are left alone.
"""

from anchor_spend.registers.finding import find_sources, sha256_of
from anchor_spend.registers.layout import (
    COLUMNS,
    COMPANIES_HOUSE,
    DATASETS,
    LIST_SEPARATOR,
    OPTIONAL,
    Dataset,
    Layout,
    Source,
    canonical_postcode,
)
from anchor_spend.registers.layouts import LAYOUTS
from anchor_spend.registers.links import Links, complete, gather
from anchor_spend.registers.reading import Chunk, read
from anchor_spend.registers.schools import PLACE_BOUND

__all__ = [
    "COLUMNS", "COMPANIES_HOUSE", "DATASETS", "LAYOUTS", "LIST_SEPARATOR", "OPTIONAL", "PLACE_BOUND",
    "Chunk", "Dataset", "Layout", "Links", "Source", "canonical_postcode", "complete", "find_sources",
    "gather", "read", "sha256_of",
]  # fmt: skip
