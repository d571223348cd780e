"""Entry of one Airflow component: python -m anchor_spend.airflow_component scheduler|api-server|dag-
processor ...

Imports what the component, or the tasks it forks, need before it starts. The scheduler's tasks are forks
of it, so they inherit Great Expectations (7 s of processor time to import) for nothing. Only third-party
modules: a task must always read our own code afresh.
"""

import gc
import importlib
import sys

_MODULES: dict[str, tuple[str, ...]] = {
    "scheduler": (
        "great_expectations",
        "pandas",
        "pyarrow",
        "psycopg",
        "requests",
        "airflow.dag_processing.dagbag",
        "airflow.sdk.execution_time.task_runner",
    ),
    "api-server": ("airflow.api_fastapi.main",),
}


def main() -> None:
    """Import the component's modules, then hand over to Airflow's own command line."""
    gc.disable()  # a fifth of the start-up time: nothing of what is imported is ever garbage
    for name in _MODULES.get(sys.argv[1], ()):
        importlib.import_module(name)
    from airflow.__main__ import main as airflow_main

    gc.enable()
    gc.freeze()
    sys.exit(airflow_main())


if __name__ == "__main__":
    main()
