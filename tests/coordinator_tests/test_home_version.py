"""A home keeps what it was made with."""

from __future__ import annotations

from pathlib import Path

import pytest

from incidents.errors import Unavailable
from storage.database import Database


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
