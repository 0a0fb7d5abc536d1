"""The directory at a terminal: files with defects, rejected rows, the organisation, audiences."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli_tests.conftest import OPEN

ROWS = 100_000
FEW = 2_000
MORE_KIB = 40 * 1024
"""How much more memory fifty times the rows may take, in KiB; the table of seen accounts alone takes 4 MiB."""


def _lines(count: int) -> Iterator[str]:
    """Customers, of whom every hundredth has a defect and every hundred-and-first came before."""
    yield "account,name,phone,area,services,service_opt_out\n"
    for n in range(count):
        area = "ZZ99" if n % 100 == 0 else "ZZ0101"
        account = f"A{n - 50}" if n % 101 == 100 else f"A{n}"
        yield f"{account},客户{n},138{n:08d},{area},mobile,\n"


def _peak_kib(home: Path, file: Path, rejects: Path) -> tuple[int, str]:
    """The import's largest resident memory, measured by the system for that process alone, and what it said."""
    words = [
        sys.executable,
        "-m",
        "cli.main",
        "customers",
        "import",
        str(file),
        "--json",
        "--rejects",
        str(rejects),
    ]
    out = home.parent / "out.json"
    with out.open("w") as said:
        child = subprocess.Popen(words, stdout=said, env={**os.environ, "TONGBAO_HOME": str(home)})
        _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert 0 == child.returncode
    return used.ru_maxrss, out.read_text()


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_hundred_thousand_rows_take_no_more_memory_than_a_few(terminal, tmp_path, encoding):
    """100,000 rows in either encoding: bounded memory, and every row is accounted for (R53, I24)."""
    import json

    peaks = []
    for count in (FEW, ROWS):
        file = tmp_path / f"{count}.csv"
        with file.open("w", encoding=encoding) as out:
            out.writelines(_lines(count))
        peak, said = _peak_kib(terminal.home, file, tmp_path / f"rejected-{count}.csv")
        peaks.append(peak)
    found = json.loads(said)

    bad = sum(n % 100 == 0 for n in range(ROWS))
    assert (ROWS, bad, encoding) == (found["read"], found["rejected"], found["encoding"])
    assert ROWS == found["accepted"] + found["rejected"] + found["duplicates"]
    assert 900 < found["duplicates"] <= ROWS // 101
    with (tmp_path / f"rejected-{ROWS}.csv").open(encoding="utf-8-sig") as kept:
        assert bad + 1 == sum(1 for _ in kept)
    assert peaks[1] < peaks[0] + MORE_KIB


def _writes(tmp_path: Path, name: str, content: bytes | str) -> str:
    file = tmp_path / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(file)


def test_rejected_rows_are_kept_mended_and_imported(terminal, tmp_path):
    """--rejects keeps what was not taken; mended, the same file is imported, and the sums are equal (R53)."""
    file = _writes(
        tmp_path, "a.csv", "account,area,services,phone\nA1,ZZ99,mobile,13800138000\nA2,ZZ0101,mobile,\n"
    )
    kept = tmp_path / "kept.csv"

    first = terminal.asks("customers", "import", file, "--rejects", str(kept))
    assert (2, 1, 1, 0, str(kept)) == tuple(
        first[name] for name in ("read", "accepted", "rejected", "duplicates", "rejects")
    )
    assert 0o600 == kept.stat().st_mode & 0o777

    kept.write_text(kept.read_text(encoding="utf-8-sig").replace("ZZ99", "ZZ0101"), encoding="utf-8")
    assert (1, 0) == tuple(
        terminal.asks("customers", "import", str(kept))[n] for n in ("accepted", "rejected")
    )


def test_rows_that_only_the_tree_refuses_are_kept_whole(terminal, tmp_path):
    """An area whose parent is missing comes back with all its cells, in a file that only its owner reads (S9)."""
    file, kept = tmp_path / "areas.csv", tmp_path / "rejected.csv"
    file.write_text("code,parent,name_zh,name_en\nX1,NONE,北区,North\nX2,ZZ,南区,South\n", encoding="utf-8")
    kept.write_text("what was here before", encoding="utf-8")
    kept.chmod(0o644)
    tally = terminal.asks("areas", "import", str(file), "--rejects", str(kept))

    assert (1, 1) == (tally["accepted"], tally["rejected"])
    assert "X1,NONE,北区,North" in kept.read_text(encoding="utf-8")
    assert 0o600 == kept.stat().st_mode & 0o777


def test_one_wrong_unit_costs_its_own_line_and_not_the_file(terminal, tmp_path):
    """A unit below a refused one is refused with it; the others are taken (R53)."""
    file, kept = tmp_path / "org.csv", tmp_path / "rejected.csv"
    rows = ["N1,NONE,city,甲,A,", "N2,N1,district,乙,B,", "N3,ZZ-HQ,province,丙,C,"]
    file.write_text("code,parent,rank,name_zh,name_en,areas\n" + "\n".join(rows) + "\n", encoding="utf-8")
    tally = terminal.asks("org", "import", str(file), "--rejects", str(kept))

    assert (1, 2) == (tally["accepted"], tally["rejected"])
    assert all(row in kept.read_text(encoding="utf-8") for row in rows[:2])


def test_the_file_that_is_read_is_never_written(terminal, tmp_path):
    """Naming the file itself for its rejected rows is refused before anything is read (R53)."""
    file = _writes(tmp_path, "a.csv", "account,area,services\nA1,ZZ99,mobile\n")

    said = terminal.types("customers", "import", file, "--rejects", file, "--json")

    assert (6, "rejects") == (said.code, said.error["field"])
    assert "ZZ99" in Path(file).read_text(encoding="utf-8")


def test_a_file_in_no_known_encoding_is_one_error_with_its_place(terminal, tmp_path):
    """What cannot be decoded is exit 6 with line and byte; with --encoding only its lines are rejected (R53)."""
    content = b"account,area,services\nA1,ZZ0101,mobile\n" + b"A\xff,ZZ0101,mobile\n"
    file = _writes(tmp_path, "a.csv", content)

    said = terminal.types("customers", "import", file, "--json")
    assert (6, "encoding") == (said.code, said.error["field"])
    assert "line 3, byte 2" in said.error["message"]

    found = terminal.asks("customers", "import", file, "--encoding", "utf-8")
    assert (1, [3]) == (found["accepted"], [row["line"] for row in found["rejections"]])


def test_an_account_given_twice_counts_once_with_its_later_row(terminal, tmp_path):
    """The later row counts, in the sums and in the directory (R53)."""
    rows = "A1,ZZ0101,mobile,13800138000\nA1,ZZ0201,mobile,13800138000\n"
    found = terminal.asks(
        "customers", "import", _writes(tmp_path, "a.csv", f"account,area,services,phone\n{rows}")
    )
    assert (1, 1, [3]) == (found["accepted"], found["duplicates"], [row["line"] for row in found["repeats"]])

    terminal.asks(*OPEN)
    assert 0 == terminal.asks("audience", "preview", "INC-2026-0001")["people"]["matched"]


def test_the_divisions_of_china_are_one_command_away(terminal):
    """`areas import --shipped cn` loads them; twice is no harm; the demo tree stays (R53)."""
    first = terminal.asks("areas", "import", "--shipped", "cn")
    again = terminal.asks("areas", "import", "--shipped", "cn")

    assert (3219, 0) == (first["accepted"], again["new"])
    found = {area["code"]: area for area in terminal.asks("areas", "list")["items"]}
    assert ("330100", "district") == (found["330110"]["parent"], found["330110"]["rank"])
    assert "ZZ0101" in found


@pytest.mark.parametrize("words", [("areas", "import"), ("areas", "import", "x.csv", "--shipped", "cn")])
def test_areas_come_from_a_file_or_from_what_is_shipped(terminal, tmp_path, words):
    """Neither or both is a mistake in the command line."""
    _writes(tmp_path, "x.csv", "")
    given = [str(tmp_path / word) if word == "x.csv" else word for word in words]

    assert 2 == terminal.types(*given, "--json").code


def test_the_organisation_is_imported_and_owns_incidents(terminal, tmp_path):
    """Units come from a file, each defect by its line; an incident shows whose it is (R53, R15)."""
    rows = (
        "code,parent,rank,name_zh,name_en,areas\n"
        "AU-V,ZZ-HQ,province,维州公司,Victoria Company,AU-VIC\n"
        "X1,NONE,city,某市,Some City,\n"
        "X2,ZZ-P,district,某区,Some District,ZZ0101\n"
        "X3,ZZ-P,village,某村,Some Village,\n"
        "X4,ZZ-P,district,某区,Some District,NOWHERE\n"
    )
    found = terminal.asks("org", "import", _writes(tmp_path, "org.csv", rows))

    assert (1, [("parent", 3), ("areas", 4), ("rank", 5), ("areas", 6)]) == (
        found["accepted"],
        sorted(((row["field"], row["line"]) for row in found["rejections"]), key=lambda pair: pair[1]),
    )
    assert "AU-V" in {unit["code"] for unit in terminal.asks("org", "list")["items"]}
    opened = terminal.asks(*[word.replace("ZZ0101", "AU-VIC") for word in OPEN], "--level", "2")
    assert ("AU-V", "Victoria Company") == (opened["org_unit"], opened["org_unit_names"]["en"])


def test_an_uploaded_list_is_the_audience_and_the_typed_count_guards_it(terminal, tmp_path):
    """A list for one incident, its unknown accounts by line, and a submit that names its people (R53, AMB-23)."""
    terminal.has_customers()
    terminal.asks(*OPEN)
    file = _writes(tmp_path, "list.csv", "account,name\nA2,Bo\nNOBODY,x\nA2,Bo\n")

    found = terminal.asks("audience", "import", "INC-2026-0001", file, "--replace", "--request-id", "u1")
    assert (3, 1, 1, 1) == tuple(found[name] for name in ("read", "accepted", "rejected", "duplicates"))
    assert [3] == [row["line"] for row in found["rejections"]]
    assert found == terminal.asks(
        "audience", "import", "INC-2026-0001", file, "--replace", "--request-id", "u1"
    )

    seen = terminal.asks("audience", "preview", "INC-2026-0001")
    assert (1, {"en": 1}, 1, True) == (
        seen["people"]["matched"],
        seen["by"]["language"],
        seen["left_out"]["not_affected"],
        seen["uploads_alone"],
    )
    draft = terminal.asks("notice", "draft", "INC-2026-0001", "first_notice")
    said = terminal.types("notice", "submit", str(draft["id"]), "--expect", "2", "--json")
    assert (6, "expect") == (said.code, said.error["field"])
    assert 1 == terminal.asks("notice", "submit", str(draft["id"]), "--expect", "1")["audience_size"]


def test_a_shared_number_is_seen_before_the_notice_leaves(terminal, tmp_path):
    """The preview says how many messages there are, how many people share one, and who is left out (R53)."""
    rows = (
        "account,area,services,phone,service_opt_out\n"
        "A1,ZZ0101,mobile,13800138000,\nA2,ZZ0101,mobile,13800138000,\n"
        "A3,ZZ0101,mobile,13900139000,yes\nA4,ZZ0101,mobile,,\nA5,ZZ0201,mobile,13700137000,\n"
    )
    terminal.asks("customers", "import", _writes(tmp_path, "a.csv", rows))
    terminal.asks(*OPEN)

    seen = terminal.asks("audience", "preview", "INC-2026-0001")

    assert (2, {"sms": 1, "email": 0}, {"sms": 1, "email": 0}) == (
        seen["sms"],
        seen["messages"],
        seen["shared"],
    )
    assert {"no_address": 1, "opted_out": 1, "not_affected": 1} == seen["left_out"]
    assert "told by another's message" in terminal.types("audience", "preview", "INC-2026-0001").out
