"""Time as tests may hold it against the code: that of the processor, not of a busy machine's clock."""

import os


def processor_seconds() -> float:
    """Used so far by this process and by the children it has waited for."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system
