"""A home keeps what it was made with."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from sqlalchemy.dialects.sqlite import dialect
from sqlalchemy.schema import CreateTable

from incidents.errors import Unavailable
from storage.columns import metadata
from storage.database import SCHEMA_VERSION, Database

TABLES = ("4", "1e8c11d8589829d1")
"""The version of the tables and the head of their digest: whoever changes a table counts the version up."""


def test_a_home_of_another_version_is_refused_and_left_as_it_is(tmp_path: Path):
    """Tables of another version are neither guessed at nor changed: one clear error names the way on."""
    database = Database(tmp_path / "tongbao.db")
    database.create()
    with database.transaction() as tx:
        tx.meta.put("schema", "1")
    with pytest.raises(Unavailable, match="another version") as refused:
        database.create()
    assert "TONGBAO_HOME" == refused.value.field
    with database.transaction() as tx:
        assert "1" == tx.meta.get("schema")


def test_a_change_of_the_tables_counts_their_version_up():
    """A home that was made before is refused by name; it does not fail at its first missing column."""
    made = [str(CreateTable(table).compile(dialect=dialect())) for table in metadata.sorted_tables]
    assert TABLES == (SCHEMA_VERSION, hashlib.sha256("".join(made).encode()).hexdigest()[:16])
