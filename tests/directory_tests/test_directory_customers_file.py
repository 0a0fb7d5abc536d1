"""A file of customers: what is taken, what is not, and what is said about it."""

import csv
import io
from itertools import islice

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.errors import Invalid
from notifications.contacts import Phones, email, mask
from notifications.directory import Customer
from notifications.imports import CUSTOMER_COLUMNS, customers
from notifications.rows import LINE_LIMIT, Defect, Rejection, Remark, Repeated, Seen
from sandbox.seed.customers import COLUMNS
from sandbox.seed.customers import customers as made_up

AREAS = {"ZZ0101", "ZZ0102"}
SERVICES = {"mobile", "internet", "sms"}
HEADER = "account,name,phone,email,language,area,services,segment,marketing_opt_out,service_opt_out"
GOOD = {
    "account": "A1",
    "name": "王芳",
    "phone": "13800138000",
    "email": "fang@example.com",
    "language": "zh-CN",
    "area": "ZZ0101",
    "services": "mobile",
    "segment": "consumer",
    "marketing_opt_out": "0",
    "service_opt_out": "0",
}


def read(content: bytes | str, **named):
    raw = content.encode() if isinstance(content, str) else content
    return list(customers(io.BytesIO(raw), AREAS, SERVICES, **named))


def one(**changed: str):
    """What comes of one row that differs from GOOD."""
    out = io.StringIO()
    csv.writer(out).writerow({**GOOD, **changed}.values())
    return read(f"{HEADER}\n{out.getvalue()}")


def parted(found):
    """Customers, remarks and rejections apart."""
    found = list(found)
    return tuple([x for x in found if isinstance(x, kind)] for kind in (Customer, Remark, Rejection))


def test_a_sound_row_becomes_a_customer():
    """A row without faults is taken with its phone in E.164."""
    found = one(services="mobile; internet|sms mobile", marketing_opt_out="是")

    expected = Customer(
        account="A1",
        name="王芳",
        phone="+8613800138000",
        email="fang@example.com",
        language="zh-CN",
        area="ZZ0101",
        services=("mobile", "internet", "sms"),
        segment="consumer",
        marketing_opt_out=True,
        service_opt_out=False,
    )
    assert [expected] == found


def test_only_three_columns_are_needed_in_any_order_behind_a_bom():
    """Account, area and services suffice, in any order and case, with Excel's byte order mark and CRLF."""
    found = read("\ufeffServices, AREA ,account\r\nsms,ZZ0102,A1\r\n\r\n")

    bare = Customer("A1", "", None, None, "zh-CN", "ZZ0102", ("sms",), "", False, False)
    assert [Remark(2, "phone", Defect.NO_ADDRESS), bare] == found


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("", "header"),
        ("account,area", "services"),
        ("account,area,services,vip", "vip"),
        ("account;area:services", "account;area:services"),
        ("account,area,services,", "(no name)"),
        ("account,area,services,area", "area"),
        (b"\xff\xfea\0c\0", "header"),
        (b"account,area,services,\xd0\xd5", "header"),
        ('"account,area,services', "header"),
        ("account,area,services" + "," * LINE_LIMIT, "header"),
    ],
)
def test_a_wrong_header_refuses_the_whole_file(header, field):
    """A header with an unknown, doubled or missing column, or no readable header, is refused by name."""
    with pytest.raises(Invalid) as refused:
        customers(io.BytesIO(header if isinstance(header, bytes) else header.encode()), AREAS, SERVICES)

    assert field == refused.value.field
    assert str(refused.value.next).startswith("the columns are account,area,services")


@pytest.mark.parametrize(
    ("changed", "field", "reason", "found"),
    [
        ({"account": ""}, "account", Defect.MISSING, ""),
        ({"account": "x" * 65}, "account", Defect.ACCOUNT, ""),
        ({"account": "a\u202eb"}, "account", Defect.ACCOUNT, ""),
        ({"account": "=1+1"}, "account", Defect.FORMULA, "=1+1"),
        ({"account": "+1"}, "account", Defect.FORMULA, "+1"),
        ({"account": "-1"}, "account", Defect.FORMULA, "-1"),
        ({"account": "@SUM"}, "account", Defect.FORMULA, "@SUM"),
        ({"account": "\tA1"}, "account", Defect.FORMULA, "A1"),
        ({"account": "＝1"}, "account", Defect.FORMULA, "＝1"),
        ({"area": ""}, "area", Defect.MISSING, ""),
        ({"area": "ZZ99"}, "area", Defect.UNKNOWN, "ZZ99"),
        ({"area": "{found}\x1b[2J"}, "area", Defect.UNKNOWN, "{found}[2J"),
        ({"services": " ; | "}, "services", Defect.MISSING, ""),
        ({"services": "mobile;fax"}, "services", Defect.UNKNOWN, "fax"),
        ({"services": "x" * 999}, "services", Defect.UNKNOWN, "x" * 40),
        ({"marketing_opt_out": "maybe"}, "marketing_opt_out", Defect.FLAG, "maybe"),
        ({"service_opt_out": "2"}, "service_opt_out", Defect.FLAG, "2"),
    ],
)
def test_each_defect_of_a_field_rejects_the_row_by_line_and_field(changed, field, reason, found):
    """A row that cannot be placed is rejected, naming line, field and what was found."""
    assert [Rejection(2, field, reason, found)] == one(**changed)


@pytest.mark.parametrize(
    ("line", "reason", "found"),
    [
        (b'"A2,ZZ0101,sms', Defect.QUOTES, ""),
        (b'"A2"x,ZZ0101,sms', Defect.QUOTES, ""),
        (b'A2,ZZ0101,"sms\rsms"', Defect.QUOTES, ""),
        (b"A2,ZZ0101,sms\rA3,ZZ0101,sms", Defect.QUOTES, ""),
        (b"A2,ZZ0101,s\0ms", Defect.NUL, ""),
        (b"A2,ZZ0101", Defect.FIELDS, "3 : 2"),
        (b"A2,ZZ0101,sms,", Defect.FIELDS, "3 : 4"),
        (b"\xd6\xd0\xb9\xfa,ZZ0101,sms", Defect.NOT_UTF8, ""),
        (b"\xed\xa0\x80,ZZ0101,sms", Defect.NOT_UTF8, ""),
        (b"A2,ZZ0101," + b"s" * LINE_LIMIT, Defect.TOO_LONG, str(LINE_LIMIT)),
        (b"A2,ZZ0101," + b"s" * 5 * LINE_LIMIT, Defect.TOO_LONG, str(LINE_LIMIT)),
    ],
)
def test_a_broken_line_is_rejected_and_reading_goes_on(line, reason, found):
    """Broken CSV, encoding or length costs its own line only; the rows around it are taken."""
    content = b"account,area,services\nA1,ZZ0101,sms\n" + line + b"\nA4,ZZ0101,sms\n"

    taken, _, rejected = parted(read(content))

    assert ["A1", "A4"] == [customer.account for customer in taken]
    assert [Rejection(3, "", reason, found)] == rejected


def test_a_broken_last_row_is_rejected_by_its_line():
    """A file cut off in the middle of its last row loses only that row, and says so."""
    taken, _, rejected = parted(read(f"{HEADER}\n{','.join(GOOD.values())}\nA2,王"))

    assert (1, [3]) == (len(taken), [rejection.line for rejection in rejected])


def test_a_text_file_with_bad_bytes_is_read_too():
    """Lines of a text file are taken; an escaped bad byte is rejected like the byte itself."""
    text = io.StringIO("account,area,services\n\udcff,ZZ0101,sms\nA1,ZZ0101,sms\n")

    taken, _, rejected = parted(customers(text, AREAS, SERVICES))

    assert (["A1"], [Rejection(2, "", Defect.NOT_UTF8)]) == ([c.account for c in taken], rejected)


def test_a_repeated_account_names_its_first_line():
    """The later row of an account counts and names the earlier's line; a rejected row claims nothing (R53)."""
    rows = "A1,ZZ99,sms\nA1,ZZ0101,sms\nA2,ZZ0101,sms\nA1,ZZ0102,sms\n"

    taken, _, rejected = parted(read("account,area,services\n" + rows))

    assert [("A1", "ZZ0101"), ("A2", "ZZ0101"), ("A1", "ZZ0102")] == [(c.account, c.area) for c in taken]
    assert [(2, Defect.UNKNOWN, "ZZ99")] == [(r.line, r.reason, r.found) for r in rejected]
    assert [Repeated(5, "account", Defect.REPLACES, "3")] == [
        one for one in read("account,area,services\n" + rows) if isinstance(one, Repeated)
    ]


def test_seen_remembers_every_line_while_it_grows():
    """The table of seen accounts keeps the first line of each through all its growth."""
    seen = Seen()
    for line in range(1, 5001):
        seen.add(f"A{line}", line)

    assert list(range(1, 5001)) == [seen.line_of(f"A{line}") for line in range(1, 5001)]
    assert seen.line_of("A5001") is None


@pytest.mark.parametrize(
    ("number", "country", "expected"),
    [
        ("13800138000", "CN", "+8613800138000"),
        ("+8613800138000", "AU", "+8613800138000"),
        ("0086 138-0013-8000", "CN", "+8613800138000"),
        ("8613800138000", "CN", "+8613800138000"),
        ("１３８００１３８０００", "CN", "+8613800138000"),
        ("0412 345 678", "AU", "+61412345678"),
        ("+61412345678", "CN", "+61412345678"),
        ("650-253-0000", "US", "+16502530000"),
        ("010-88886666", "CN", Defect.NO_SMS),
        ("400-800-1234", "CN", Defect.NO_SMS),
        ("13800138000 ext 5", "CN", Defect.NO_SMS),
        ("10086", "CN", Defect.BAD_PHONE),
        ("110", "CN", Defect.BAD_PHONE),
        ("12345678901", "CN", Defect.BAD_PHONE),
        ("13800138000", "AU", Defect.BAD_PHONE),
        ("1.38E+10", "CN", Defect.BAD_PHONE),
        ("13800138000.0", "CN", Defect.BAD_PHONE),
        ("13800138000/13900139000", "CN", Defect.BAD_PHONE),
        ("1" * 5000, "CN", Defect.BAD_PHONE),
        ("+", "CN", Defect.BAD_PHONE),
    ],
)
def test_phones_become_e164_or_say_why_not(number, country, expected):
    """Only a valid number that can receive SMS becomes an E.164 phone."""
    phone, defect = Phones(country).read(number)

    assert expected == (phone or defect)


def test_the_fast_way_for_chinese_mobiles_agrees_with_the_library():
    """Every prefix of a mainland mobile is judged as the library judges it."""
    phones = Phones("CN")
    numbers = [f"1{prefix}0123" for prefix in range(300000, 1000000, 997)]
    numbers += [f"1{prefix}123456" for prefix in range(3000, 10000, 7)]
    spaced = [f"{number[:3]} {number[3:]}" for number in numbers]

    assert {11} == set(map(len, numbers))
    assert [phones.read(number) for number in spaced] == [phones.read(number) for number in numbers]


def test_an_unknown_country_is_refused():
    """A default country without a numbering plan is refused before any row."""
    with pytest.raises(Invalid) as refused:
        read(HEADER, country="XX")

    assert "country" == refused.value.field


def test_an_unknown_default_language_is_refused():
    """A default language without templates is refused before any row."""
    with pytest.raises(Invalid) as refused:
        read(HEADER, language="fr")

    assert "language" == refused.value.field


@pytest.mark.parametrize(
    ("changed", "phone", "address", "remarks"),
    [
        ({"phone": "010-88886666"}, None, "fang@example.com", [("phone", Defect.NO_SMS, "********6666")]),
        ({"phone": "1380013800"}, None, "fang@example.com", [("phone", Defect.BAD_PHONE, "******3800")]),
        ({"email": "fang@"}, "+8613800138000", None, [("email", Defect.BAD_EMAIL, "")]),
        ({"phone": "", "email": ""}, None, None, [("phone", Defect.NO_ADDRESS, "")]),
        (
            {"phone": "110", "email": "x"},
            None,
            None,
            [
                ("phone", Defect.BAD_PHONE, "***"),
                ("email", Defect.BAD_EMAIL, ""),
                ("phone", Defect.NO_ADDRESS, ""),
            ],
        ),
    ],
)
def test_a_bad_address_never_loses_the_customer(changed, phone, address, remarks):
    """A customer with a bad phone or e-mail is accepted without it, with a remark that hides the number."""
    taken, said, _ = parted(one(**changed))

    assert [(phone, address)] == [(customer.phone, customer.email) for customer in taken]
    assert [(2, *remark) for remark in remarks] == [(r.line, r.field, r.reason, r.found) for r in said]


@given(st.text(max_size=40))
def test_a_mask_shows_four_characters_at_most(number):
    """Whatever stands in the phone column, no more than its last four characters are shown."""
    assert number[-4:] == mask(number)[-4:] or set(mask(number)) <= {"*"}
    assert len(mask(number).strip("*")) <= 4


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("fang@example.com", True),
        ("f.w+out=age@mail.example.co", True),
        ("f@xn--fiq228c.xn--55qx5d", True),
        ("x" * 64 + "@example.com", True),
        ("x" * 65 + "@example.com", False),
        ("f@" + "example." * 32 + "com", False),
        ("f@localhost", False),
        ("f@127.0.0.1", False),
        ("f@-example.com", False),
        ("f@example..com", False),
        (".f@example.com", False),
        ("f..w@example.com", False),
        ("f@example.com,g@example.com", False),
        ("Fang <f@example.com>", False),
        ('"f w"@example.com', False),
        ("f@exa mple.com", False),
        ("f@example.com\nBcc: g@example.com", False),
        ("f@example.com\n", False),
        ("=?utf-8?q?f?=@example.com", False),
        ("f\0@example.com", False),
        ("芳@example.com", False),
        ("@", False),
    ],
)
def test_an_email_address_is_plain_or_refused(address, good):
    """Plain addresses are taken; lists, display names, header tricks and encoded words are not."""
    assert (address if good else None) == email(address)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "zh-CN"),
        ("zh", "zh-CN"),
        ("zh_CN", "zh-CN"),
        ("cn", "zh-CN"),
        ("ZH-Hans-CN", "zh-CN"),
        ("en", "en"),
        ("EN_au", "en"),
    ],
)
def test_languages_are_understood(text, expected):
    """The usual spellings of both languages are taken without a remark."""
    assert [expected] == [customer.language for customer in one(language=text)]


def test_another_language_gets_the_default_and_a_remark():
    """A customer with a language we do not write is accepted with the default."""
    remark, customer = one(language="fr")

    assert (Remark(2, "language", Defect.LANGUAGE, "fr"), "zh-CN") == (remark, customer.language)


@pytest.mark.parametrize(
    ("text", "expected"),
    [(word, True) for word in ("1", "yes", "TRUE", "是")]
    + [(word, False) for word in ("0", "no", "False", "否", "")],
)
def test_yes_and_no_are_understood_in_both_languages(text, expected):
    """Both opt-outs are read alike and kept apart."""
    (customer,) = one(service_opt_out=text, marketing_opt_out="no" if expected else "yes")

    assert (expected, not expected) == (customer.service_opt_out, customer.marketing_opt_out)


@pytest.mark.parametrize("name", ['=HYPERLINK("http://x")', "-王", 'Bob "B" Lee', "a,b"])
def test_a_name_is_data_even_when_it_looks_like_a_formula(name):
    """Names are kept as they are, quotes and commas included."""
    assert [name] == [customer.name for customer in one(name=name)]


def test_control_characters_are_taken_out_of_names_with_a_remark():
    """A name with control characters or of great length is kept clean and cut."""
    remark, customer = one(name="王\x1b\u202e" + "芳" * 300)

    assert Remark(2, "name", Defect.CLEANED) == remark
    assert "王" + "芳" * 199 == customer.name


def test_made_up_customers_are_all_taken():
    """The sandbox's own customers come through without rejections or remarks."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows(made_up(500, sorted(AREAS), sorted(SERVICES)))

    taken, said, rejected = parted(read(out.getvalue()))

    assert (500, [], []) == (len(taken), said, rejected)


def test_reading_is_lazy():
    """Rows come out as lines come in: an endless source is read no further than asked."""

    def endless():
        yield b"account,area,services,phone\n"
        line = 0
        while True:
            line += 1
            yield b"A%d,ZZ0101,sms,13800138000\n" % line

    found = list(islice(customers(endless(), AREAS, SERVICES), 3))

    assert ["A1", "A2", "A3"] == [customer.account for customer in found]


_PIECES = st.one_of(
    st.binary(max_size=30),
    st.sampled_from([b"\n", b"\r\n", b",", b'"', b"\0", b"A1,ZZ0101,sms", b"A2,ZZ0101,sms,,\n", b"\xff"]),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_PIECES, max_size=30))
def test_accepted_and_rejected_rows_sum_up_for_any_bytes(pieces):
    """Whatever the bytes are, every row that is not blank is accepted or rejected, once, by its line."""
    content = b"".join(pieces)
    rows = {n for n, line in enumerate(content.split(b"\n"), start=2) if not _blank(line)}

    taken, said, rejected = parted(read(b"account,area,services\n" + content))

    assert len(rows) == len(taken) + len(rejected)
    assert {rejection.line for rejection in rejected} <= rows
    assert {remark.line for remark in said} == rows - {rejection.line for rejection in rejected}


def _blank(line: bytes) -> bool:
    try:
        return not line.decode().strip()
    except UnicodeDecodeError:
        return False


@settings(max_examples=200, deadline=None)
@given(st.fixed_dictionaries({name: st.text(max_size=12) for name in CUSTOMER_COLUMNS[3:]}))
def test_a_taken_customer_is_always_fit_to_store(cells):
    """Whatever optional cells hold, an accepted customer has a valid phone, language and one-line names."""
    text = {name: "".join(c for c in cell if c not in "\r\n\0") for name, cell in cells.items()}
    if any("\ud800" <= char <= "\udfff" for cell in text.values() for char in cell):
        return
    for customer in parted(one(**text))[0]:
        number = customer.phone and phonenumbers.parse(customer.phone)
        assert number is None or phonenumbers.is_valid_number(number)
        assert customer.language in ("zh-CN", "en")
        assert "" == "".join(c for c in customer.name + customer.segment if c in "\t\x1b\x85\u2028\u202e")
