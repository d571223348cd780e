"""Compiles what resolution compiles, so that nobody waits for it later: python -m anchor_spend.resolution.

In: nothing. Out: compiled code in the package's __pycache__, or in the folder that NUMBA_CACHE_DIR names.
"""

from anchor_spend.resolution import building
from anchor_spend.resolution.building import Register
from anchor_spend.resolution.engine import Question, answer

if __name__ == "__main__":
    index = building.build([Register(["GB-COH-00000000"], ["Example Limited"], [""], [""])])
    list(answer(index, [Question("Exmaple Limited")]))
