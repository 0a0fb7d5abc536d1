"""docs/settings.md, from the settings themselves: `python -m wiring.reference > docs/settings.md`.

The law: every key that can be configured has a line with its variable, its default and its meaning.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from wiring.settings import Settings

HEAD = """# Settings

Generated from the program by `python -m wiring.reference > docs/settings.md`; do not edit.

tongbao reads `tongbao.toml` in the folder where it is started, or the file named by `tongbao --config FILE`
or by `TONGBAO_CONFIG`. A variable wins over the file. Every key has a working default: without any file every
channel is the sandbox, and every screen says so. An unknown key is refused with its name and line;
`tongbao doctor --config` looks without changing anything.

Keys marked "file only" are tables or lists, which a variable cannot hold. A change takes effect at the next
start.
"""

PLAIN = """## Variables that are not settings

| variable | meaning |
|---|---|
| `TONGBAO_HOME` | the home folder: database, pages, sandbox; `./tongbao-home` when unset |
| `TONGBAO_CONFIG` | the configuration file, instead of `./tongbao.toml` |
| `TONGBAO_KEY` | the key of the person or program that acts |
| `TONGBAO_NOW` | the instant at which a one-shot command is played; only while every channel is the sandbox |
| `TONGBAO_FAILPOINT` | for tests: where the process shall die, such as `deliver.after_intent=kill@3` |
"""

MEANINGS = {
    "operator.name": "the operator's name by language, as customers read it; both languages",
    "operator.signature": "what an SMS is signed with, by language; both languages",
    "operator.zone": "the time zone of every time that a person reads",
    "operator.hotline": "the service number in e-mails and on pages; empty leaves it out",
    "operator.emergency_numbers": "the numbers that an outage notice names",
    "sms.provider": "`twilio` sends for real",
    "sms.account_sid": "the account at the provider; needed for `twilio`",
    "sms.auth_token": "its secret; signs callbacks too; better in the variable than in the file",
    "sms.threads": "calls to the provider at once",
    "email.provider": "`smtp` sends for real",
    "email.host": "the SMTP server",
    "email.port": "its port",
    "email.user": "the login; empty for a server that asks for none",
    "email.password": "its secret; better in the variable than in the file",
    "email.starttls": "whether the connection must turn to TLS before anything is sent",
    "email.sender": "the address that mails come from",
    "email.threads": "connections to the server at once",
    "web.provider": "`files` writes the pages where your own web server reads them",
    "chat.provider": "`slack` posts for real; `none`: staff have no chat",
    "chat.token": "the bot's token (xoxb-…); needed for `slack`; better in the variable than in the file",
    "chat.language": "the language of the posts",
    "voice.provider": "`twilio` calls for real, and needs `server.public_url`; `none`: staff are not called",
    "server.host": "the address to listen on",
    "server.port": "the port to listen on; 0 takes a free one",
}
"""What the settings do not say of themselves."""


@dataclass(frozen=True)
class Line:
    """One key as the table shows it."""

    key: str
    variable: str
    default: str
    meaning: str


def text() -> str:
    """The whole page."""
    parts = [HEAD.rstrip(), *(_section(name, part) for name, part in _parts()), _alone(), PLAIN.rstrip()]
    return "\n\n".join(parts) + "\n"


def lines() -> Iterator[Line]:
    """Every key that can be set."""
    for name, part in _parts():
        yield from _lines(part, f"{name}.")
    yield from _lines(Settings, "")


def _parts() -> Iterator[tuple[str, type[BaseModel]]]:
    for name, field in Settings.model_fields.items():
        if _is_part(field):
            yield name, field.annotation  # type: ignore[misc]


def _is_part(field: FieldInfo) -> bool:
    return isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)


def _lines(part: type[BaseModel], prefix: str) -> Iterator[Line]:
    for name, field in part.model_fields.items():
        if not _is_part(field):
            key = prefix + name
            meaning = field.description or MEANINGS.get(key, "")
            yield Line(key, _variable(key, field), _default(field), meaning)


def _variable(key: str, field: FieldInfo) -> str:
    if get_origin(field.annotation) in (dict, tuple):
        return "file only"
    return f"`TONGBAO_{key.replace('.', '__').upper()}`"


def _default(field: FieldInfo) -> str:
    value = field.default
    if isinstance(value, SecretStr):
        return "empty"
    if value == "":
        return "empty"
    return f"`{json.dumps(value, ensure_ascii=False)}`"


def _section(name: str, part: type[BaseModel]) -> str:
    about = (part.__doc__ or "").strip()
    return f"## `[{name}]`\n\n{about}\n\n{_table(_lines(part, f'{name}.'))}"


def _alone() -> str:
    return f"## Without a table\n\nThese stand at the top of the file.\n\n{_table(_lines(Settings, ''))}"


def _table(rows: Iterator[Line]) -> str:
    head = "| key | variable | default | meaning |\n|---|---|---|---|\n"
    return head + "\n".join(f"| `{r.key}` | {r.variable} | {r.default} | {r.meaning} |" for r in rows)


def main() -> int:
    """Print the page."""
    sys.stdout.write(text())
    return 0


if __name__ == "__main__":
    sys.exit(main())
