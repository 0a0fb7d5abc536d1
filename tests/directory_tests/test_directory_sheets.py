"""How files of rows are written: encodings, separators, line breaks in cells, and rejected rows coming back."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.errors import Invalid
from notifications import rejects
from notifications.directory import Customer
from notifications.imports import AREA_COLUMNS, CUSTOMER_COLUMNS, accounts, areas, customers
from notifications.rows import (
    LINES_OF_A_ROW,
    Defect,
    Rejection,
    Remark,
    Repeated,
    encoding_of,
    table,
)

AREAS, SERVICES = {"ZZ0101", "ZZ0102"}, {"mobile", "sms"}
HEADER = "account,area,services,name"
SOUND = "A1,ZZ0101,sms,王芳"


def opened(content: str | bytes, encoding: str = "utf-8"):
    raw = content.encode(encoding) if isinstance(content, str) else content
    return table(io.BytesIO(raw), CUSTOMER_COLUMNS, 3, encoding)


def read(content: str | bytes, encoding: str = "utf-8"):
    return list(customers(opened(content, encoding), AREAS, SERVICES))


def names(found):
    return [one.name for one in found if isinstance(one, Customer)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_chinese_names_come_through_in_either_encoding(encoding):
    """UTF-8 with or without its mark and GB18030 are told apart and read alike (R53)."""
    content = f"{HEADER}\n{SOUND}\nA2,ZZ0101,sms,㐂𠮷\n".encode(encoding)

    found = encoding_of(io.BytesIO(content))

    assert encoding.removesuffix("-sig") == found
    assert ["王芳", "㐂𠮷"] == names(read(content, found))


@pytest.mark.parametrize(
    ("content", "line", "byte"),
    [
        (b"account\n\xff\xff\n", 2, 1),
        ("account\n王芳\n李四\n".encode() + b"ab\xd6\xd0\n", 4, 3),
        (b"\xff\xfea\0c\0\n", 1, 1),
    ],
)
def test_a_file_that_fits_neither_encoding_is_refused_with_line_and_byte(content, line, byte):
    """What fits neither encoding, or UTF-8 but for a line, is one error that names the place (R53)."""
    with pytest.raises(Invalid) as refused:
        encoding_of(io.BytesIO(content))

    assert {"line": line, "byte": byte} == refused.value.params
    assert "encoding" == refused.value.field


@given(st.lists(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1), min_size=1))
def test_sound_utf8_is_never_taken_for_the_other(lines):
    """Whatever Chinese a UTF-8 file holds, it is read as UTF-8."""
    assert "utf-8" == encoding_of(io.BytesIO("\n".join(lines).encode()))


def test_a_line_that_does_not_fit_a_named_encoding_is_rejected_alone():
    """With the encoding named, a line that does not fit costs itself only."""
    content = f"{HEADER}\n".encode() + b"A9,ZZ0101,sms,\xff\xff\n" + SOUND.encode("gb18030")

    found = read(content, "gb18030")

    assert Rejection(2, "", Defect.NOT_GB18030) == found[0]
    assert ["王芳"] == names(found)


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_comma_semicolon_and_tab_separate_cells(mark):
    """The separator is the one with which the header fits."""
    content = f"{HEADER}\n{SOUND}\n".replace(",", mark)

    assert ["王芳"] == names(read(content))


def test_a_cell_may_go_over_several_lines():
    """A line break inside quotation marks belongs to its cell; the next row keeps its own line number."""
    found = read(f'{HEADER}\nA1,ZZ0101,sms,"王\r\n芳"\nA2,ZZ99,sms,李四\n')

    assert ["王 芳"] == names(found)
    assert Remark(2, "name", Defect.CLEANED) in found
    assert Rejection(4, "area", Defect.UNKNOWN, "ZZ99") in found


@pytest.mark.parametrize("lines", [1, LINES_OF_A_ROW + 5])
def test_a_quotation_mark_that_is_never_closed_costs_one_line(lines):
    """The lines after an open quotation mark are read as rows of their own."""
    rest = "".join(f"B{n},ZZ0101,sms,王\n" for n in range(lines))

    found = read(f'{HEADER}\n"A1,ZZ0101,sms,王\n{rest}')

    assert Rejection(2, "", Defect.QUOTES) == found[0]
    assert lines == len(names(found))


def test_two_open_quotation_marks_do_not_swallow_what_is_between():
    """Two broken rows with sound ones between them: only the two are rejected."""
    found = read(f'{HEADER}\n"A1,ZZ0101,sms,王\n{SOUND}\n"A3,ZZ0101,sms,王\nA4,ZZ0102,sms,李\n')

    assert [2, 4] == [one.line for one in found if isinstance(one, Rejection)]
    assert ["王芳", "李"] == names(found)


def test_lines_before_the_header_that_begin_with_a_hash_are_passed_over():
    """A file may say at its head where it comes from; lines keep their numbers."""
    found = list(areas(io.BytesIO(b"# from somewhere\n# of 2026\ncode,parent,name_zh,name_en\nx y,,a,b\n")))

    assert [Rejection(4, "code", Defect.CODE, "x y")] == found


@pytest.mark.parametrize(
    ("given", "expected"),
    [("sms", "sms"), ("EMAIL", "email"), ("both", "both"), ("短信", "sms"), ("邮件", "email"), ("", "")],
)
def test_the_preferred_channel_is_read(given, expected):
    """The channel may be said in either language (AMB-23)."""
    (customer,) = customers(
        io.BytesIO(f"account,area,services,phone,channel\nA1,ZZ0101,sms,13800138000,{given}".encode()),
        AREAS,
        SERVICES,
    )

    assert expected == customer.channel


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("2026-10-14", "2026-10-14"),
        ("2026/1/2", "2026-01-02"),
        ("20261014", "2026-10-14"),
        ("14.10.2026", ""),
    ],
)
def test_a_refusal_keeps_its_basis_and_its_day(given, expected):
    """Marketing and service refusals are apart, each with basis and day; a bad day is left out and said (R53)."""
    columns = "account,area,services,phone,service_opt_out,service_opt_out_basis,service_opt_out_date"
    *said, customer = customers(
        io.BytesIO(f"{columns}\nA1,ZZ0101,sms,13800138000,是,书面申请,{given}".encode()), AREAS, SERVICES
    )

    assert (True, "书面申请", expected) == (
        customer.service_opt_out,
        customer.service_opt_out_basis,
        customer.service_opt_out_date,
    )
    assert (False, "", "") == (
        customer.marketing_opt_out,
        customer.marketing_opt_out_basis,
        customer.marketing_opt_out_date,
    )
    assert (not expected) == (Remark(2, "service_opt_out_date", Defect.DATE, given) in said)


def test_a_customers_file_serves_as_a_list_of_accounts():
    """A list for one incident needs the account alone; other columns are passed over, a repeat names its line."""
    found = list(accounts(io.BytesIO(b"phone,account\n1,A1\n2,=A\n3,A1\n")))

    assert [("A1", None), ("A1", 2)] == [(one.account, one.before) for one in found if hasattr(one, "before")]
    assert [Rejection(3, "account", Defect.FORMULA, "=A")] == [x for x in found if isinstance(x, Rejection)]


def written(content: str | bytes, encoding: str = "utf-8") -> str:
    """The file of what is rejected."""
    rows = opened(content, encoding)
    found = [one for one in customers(rows, AREAS, SERVICES) if isinstance(one, Rejection)]
    return rejects.head(rows) + "".join(rejects.line(rows, one, one.message) for one in found)


def test_rejected_rows_can_be_mended_and_imported_again():
    """The file of rejected rows has the cells as they were, line and reason; mended, it is taken (R53)."""
    kept = written(f"{HEADER}\nA1,ZZ99,sms,王芳\nA2,ZZ0101,fax,李四\n{SOUND}\n")
    rows = list(csv.DictReader(io.StringIO(kept.removeprefix("\ufeff"))))

    assert [("2", "ZZ99 is not known"), ("3", "fax is not known")] == [
        (row["line"], row["reason"]) for row in rows
    ]
    assert ["王芳", "李四"] == names(read(kept.replace("ZZ99", "ZZ0101").replace(",fax,", ",sms,")))


def test_a_formula_is_escaped_for_the_spreadsheet_and_comes_back_as_it_was():
    """No cell of the file runs in a spreadsheet; imported again unmended it is rejected for the same reason."""
    kept = written(f"{HEADER}\n=1+1,ZZ0101,sms,=cmd\n")

    assert "'=1+1,ZZ0101,sms,'=cmd,2," in kept
    assert [Rejection(2, "account", Defect.FORMULA, "=1+1")] == read(kept)


_ROWS = st.lists(
    st.one_of(
        st.just(SOUND),
        st.text(st.characters(blacklist_categories=["Cs"]), max_size=20),
        st.sampled_from(["=1,ZZ0101,sms,x", "A2,ZZ99,sms,y", '"A3', "A4,ZZ0101", "A5,ZZ0101,,z", "'=x,,,"]),
    ),
    max_size=12,
)


@settings(max_examples=200, deadline=None)
@given(_ROWS)
def test_what_was_rejected_is_rejected_again_until_it_is_mended(rows):
    """Imported unmended, the file of rejected rows gives as many rejections and nobody new (R53)."""
    content = f"{HEADER}\n" + "\n".join(rows)
    first = [one for one in read(content) if isinstance(one, Rejection)]

    again = read(written(content))

    assert [] == names(again)
    assert len(first) == len([one for one in again if isinstance(one, Rejection)])


_LINES = st.lists(st.sampled_from(["A1", "A2", "A3", "=1", ""]), max_size=20)


@given(_LINES)
def test_rows_read_are_rows_accepted_rejected_and_repeated(given_accounts):
    """Every row is accepted, rejected or replaced by a later one: the three sum to the rows (R53)."""
    rows = [f"{account},ZZ0101,sms,x" for account in given_accounts]

    found = read("\n".join([HEADER, *rows]))

    taken = [one for one in found if isinstance(one, Customer)]
    repeated = [one for one in found if isinstance(one, Repeated)]
    rejected = [one for one in found if isinstance(one, Rejection)]
    assert len(rows) == len(taken) + len(rejected)
    assert len({one.account for one in taken}) == len(taken) - len(repeated)


def test_the_columns_of_areas_take_a_rank():
    """A rank may be given; a six-digit code says it by itself; anything else is refused by name (R53)."""
    assert "rank" == AREA_COLUMNS[-1]
    content = "code,parent,name_zh,name_en,rank\nX,,省,X,province\n330108,X,区,D,\nY,X,市,Y,\nZ,X,市,Z,town\n"
    *found, refused = areas(io.BytesIO(content.encode()))

    assert ["province", "district", ""] == [area.rank for area in found]
    assert Rejection(5, "rank", Defect.RANK, "town") == refused
