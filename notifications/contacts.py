"""Phone numbers and e-mail addresses as people type them: what can be written to, and what cannot.

Pure. The numbering plans are those of phonenumbers (ITU-T E.164).
"""

from __future__ import annotations

import re

from incidents.errors import Invalid
from notifications.rows import Defect

_CHINA_MOBILE = re.compile(r"(?:\+86)?(1[3-9][0-9]{9})")
_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"(?=.{{1,64}}@){_LOCAL}(?:\.{_LOCAL})*@(?:{_LABEL}\.)+(?![0-9]+\Z){_LABEL}")


class Phones:
    """Reads what people type as a phone number; Invalid for a country without a numbering plan."""

    def __init__(self, country: str):
        import phonenumbers

        if country not in phonenumbers.SUPPORTED_REGIONS:
            raise Invalid(
                "unknown country {country}",
                field="country",
                country=country,
                next="give two capital letters, such as CN or AU",
            )
        self._library = phonenumbers
        self._country = country
        self._china = re.compile(_china_mobiles())

    def read(self, text: str) -> tuple[str | None, Defect | None]:
        """E.164 if the number can receive SMS, otherwise None and why not."""
        plain = _CHINA_MOBILE.fullmatch(text)
        if plain and (self._country == "CN" or text[0] == "+") and self._china.fullmatch(plain[1]):
            return f"+86{plain[1]}", None  # what the library says too, much sooner
        return self._looked_up(text)

    def _looked_up(self, text: str) -> tuple[str | None, Defect | None]:
        library, kinds = self._library, self._library.PhoneNumberType
        try:
            number = library.parse(text, self._country)
        except library.NumberParseException:
            return None, Defect.BAD_PHONE
        kind = library.number_type(number)
        if kind == kinds.UNKNOWN or not library.is_valid_number(number):
            return None, Defect.BAD_PHONE
        if number.extension or kind not in (kinds.MOBILE, kinds.FIXED_LINE_OR_MOBILE):
            return None, Defect.NO_SMS
        return library.format_number(number, library.PhoneNumberFormat.E164), None


def _china_mobiles() -> str:
    """The library's own pattern of what is a mobile number in mainland China."""
    from phonenumbers import PhoneMetadata

    plan = PhoneMetadata.metadata_for_region("CN")
    return str(plan.mobile.national_number_pattern) if plan and plan.mobile else "(?!)"


def mask(number: str) -> str:
    """All but the last four characters hidden; of a short text nothing is shown."""
    tail = number[-4:] if len(number) >= 8 and number[-4:].isalnum() else ""
    return "*" * min(len(number) - len(tail), 12) + tail


def email(text: str) -> str | None:
    """The address if its syntax is plain ASCII `local@host.domain`, without quotes and encoded words; its domain
    in small letters, so that one mailbox is one address."""
    if len(text) > 254 or "=?" in text or not _EMAIL.fullmatch(text):
        return None
    local, _, domain = text.rpartition("@")
    return f"{local}@{domain.lower()}"
