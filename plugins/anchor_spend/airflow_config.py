"""Airflow's configuration, all of it as environment variables: nothing is written that a person has to
edit.

In: the settings and the port of the API server. Out: AIRFLOW__... variables for every component, and the
password file of the one user. Everything listens on the loopback address; keys are generated once and kept
with the secrets.
"""

import base64
import hashlib
import json
from importlib.metadata import version
from pathlib import Path

from anchor_spend import database
from anchor_spend.settings import PROJECT, Settings, load_settings

USER = "admin"
_AUTH_MANAGER = "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager"
_PARALLEL_TASKS = 4


def base_url(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def password_file() -> Path:
    return load_settings().home / "airflow" / "passwords.json"


def password() -> str:
    return database.secret("airflow_admin_password")


def schema_version() -> str:
    """What decides the shape of Airflow's tables; unchanged means no migration is needed."""
    packages = ("apache-airflow-core", "apache-airflow-providers-fab")
    return ", ".join(f"{package} {version(package)}" for package in packages)


def environment(port: int) -> dict[str, str]:
    """The variables of every component and command."""
    settings = load_settings()
    return {
        "AIRFLOW_HOME": str(settings.home / "airflow"),
        "ANCHOR_SPEND_HOME": str(settings.home),
        "NO_PROXY": "127.0.0.1,localhost",
        # the scheduler forks its tasks: no thread pools in it, and two cores are few
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        **_core(settings, port),
        **_speed(),
        **_keys(),
    }


def _core(settings: Settings, port: int) -> dict[str, str]:
    url = database.role_url("airflow").removeprefix("postgresql://")
    return {
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"postgresql+psycopg2://{url}",
        # takes the same parameters (sslmode=...) as psycopg2; asyncpg does not
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC": f"postgresql+psycopg_async://{url}",
        "AIRFLOW__DATABASE__CHECK_MIGRATIONS": "False",  # `up` migrates when the version changed
        "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__MP_START_METHOD": "fork",
        "AIRFLOW__CORE__PARALLELISM": str(_PARALLEL_TASKS),
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__AUTH_MANAGER": _AUTH_MANAGER,
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "False",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(password_file()),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{base_url(port)}/execution/",
        "AIRFLOW__API__BASE_URL": base_url(port),
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(settings.home / "airflow" / "logs"),
        "AIRFLOW__LOGGING__COLORED_CONSOLE_LOG": "False",
        "AIRFLOW__LOGGING__NAMESPACE_LEVELS": "great_expectations=WARNING",  # hundreds of lines at import
    }


def _speed() -> dict[str, str]:
    return {
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.3",
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "120",
        # a supervisor that just misses the end of its task sleeps this long (measured: 5 s of idle slots)
        "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
        "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "30",  # the API server shares two cores with four tasks
        "AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES": "1",
        "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "120",
    }


def _keys() -> dict[str, str]:
    jwt = hashlib.sha512(database.secret("airflow_jwt_key").encode()).hexdigest()
    fernet = hashlib.sha256(database.secret("airflow_fernet_key").encode()).digest()
    return {
        "AIRFLOW__CORE__FERNET_KEY": base64.urlsafe_b64encode(fernet).decode(),
        "AIRFLOW__API__SECRET_KEY": database.secret("airflow_api_key"),
        "AIRFLOW__API_AUTH__JWT_SECRET": jwt,
    }


def write_password_file() -> None:
    """The one user's password, readable by the owner only; without the file Airflow would log a new one."""
    path = password_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(json.dumps({USER: password()}) + "\n")
