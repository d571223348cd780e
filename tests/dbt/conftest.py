"""A database of its own for the model tests, and release 1 of the tiny county built in it by the real dbt."""

import os
from collections.abc import Iterator

import psycopg
import pytest
from tiny_world import Built, World, populate

from anchor_spend import database, transform
from anchor_spend.settings import load_settings


@pytest.fixture(scope="module")
def world(database_server: str) -> Iterator[World]:
    """An empty, migrated database that only these tests see; every role connects to it."""
    with psycopg.connect(database_server, autocommit=True) as connection:
        connection.execute("drop database if exists model_tests with (force)")
        connection.execute("create database model_tests")
    before = os.environ.get("DATABASE_URL")
    os.environ["DATABASE_URL"] = database_server.rpartition("/")[0] + "/model_tests"
    load_settings.cache_clear()
    database.migrate()
    with psycopg.connect(database.owner_url()) as connection:
        yield World(connection)
    os.environ.pop("DATABASE_URL")
    if before is not None:
        os.environ["DATABASE_URL"] = before
    load_settings.cache_clear()


@pytest.fixture(scope="module")
def first(world: World) -> Built:
    """Release 1, judged on 10 June 2018, with the unit tests of the definitions."""
    populate(world)
    number = world.plan("2017-04", "2019-03", as_of="2018-06-10")
    return Built(world, number, transform.build(number, True, unit_tests=True))
