"""Builds the channels that the settings name; the sandbox's until real ones are configured."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from incidents.errors import Invalid
from incidents.terms import Channel
from notifications.channels.email_smtp import SmtpEmail
from notifications.channels.sms_twilio import TwilioSms
from notifications.channels.web_files import WebFiles
from notifications.chat import ChatChannel
from notifications.message import DirectChannel
from notifications.pages import Publisher
from wiring.settings import Settings
from wiring.voice import VoiceChannel

if TYPE_CHECKING:
    from sandbox.client import Sandbox

SANDBOX_SECONDS = 15.0
"""How long the sandbox may take to answer before the answer counts as unknown."""
SANDBOX_CHANNEL = "C0SANDBOX"
"""The one channel of the sandbox's workspace."""
FINAL_SECONDS = 60.0
"""How long an SMTP server may stay silent after the final dot; its lease is longer."""


def build_channels(settings: Settings, sandbox: Sandbox, callback_url: str) -> dict[Channel, DirectChannel]:
    return {Channel.SMS: _sms(settings, sandbox, callback_url), Channel.EMAIL: _email(settings, sandbox)}


def _sms(settings: Settings, sandbox: Sandbox, callback_url: str) -> DirectChannel:
    sms = settings.sms
    if sms.provider == "sandbox":
        line = _sandbox_line(sandbox, callback_url)
        return TwilioSms(sender=sms.sender, connections=sms.threads, **line)
    token = sms.auth_token.get_secret_value()
    if not sms.account_sid or not token:
        raise Invalid(
            "sms needs account_sid and auth_token", field="sms.account_sid", next="set both in tongbao.toml"
        )
    return TwilioSms(
        sms.account_sid,
        token,
        sms.sender,
        base_url=sms.base_url or None,
        callback_url=callback_url,
        connections=sms.threads,
    )


def _sandbox_line(sandbox: Sandbox, callback_url: str) -> dict[str, Any]:
    """What a channel over Twilio's protocol is given to speak to the sandbox."""
    address = sandbox.start()
    return {
        "account_sid": address["account_sid"],
        "auth_token": address["auth_token"],
        "base_url": address["twilio"],
        "callback_url": callback_url,
        "read_seconds": SANDBOX_SECONDS,
        "stamp": True,
    }


def _email(settings: Settings, sandbox: Sandbox) -> DirectChannel:
    email, names = settings.email, settings.operator.name
    if email.provider == "sandbox":
        address = sandbox.start()
        return SmtpEmail(
            address["smtp_host"],
            address["smtp_port"],
            email.sender,
            names,
            connections=email.threads,
            final_seconds=SANDBOX_SECONDS,
            stamp=True,
        )
    return SmtpEmail(
        email.host,
        email.port,
        email.sender,
        names,
        user=email.user,
        password=email.password.get_secret_value(),
        starttls=email.starttls,
        connections=email.threads,
        final_seconds=FINAL_SECONDS,
    )


def build_publisher(folder: Path, public_url: str) -> Publisher:
    """Pages in `folder`, read at the public address."""
    return WebFiles(folder, public_url)


def build_chat(settings: Settings, sandbox: Sandbox) -> ChatChannel:
    """The staff chat that the settings name; only asked for where there is one."""
    from notifications.channels.chat_slack import SlackChat

    chat = settings.chat
    if chat.provider == "sandbox":
        address = sandbox.start()
        return SlackChat(address["auth_token"], SANDBOX_CHANNEL, f"{address['slack']}/api/", stamp=True)
    return SlackChat(chat.token.get_secret_value(), chat.channel, chat.base_url)


def build_voice(settings: Settings, sandbox: Sandbox, callback_url: str) -> VoiceChannel:
    """The calls to staff that the settings name; only asked for where there are some (`settings.calls`)."""
    from notifications.channels.voice_twilio import TwilioVoice
    from rendering.calls import Calls

    voice = settings.voice
    if settings.calls == "sandbox":
        line = _sandbox_line(sandbox, callback_url)
    else:
        account, token = settings.voice_account
        base_url = voice.base_url or None
        line = {
            "account_sid": account,
            "auth_token": token,
            "base_url": base_url,
            "callback_url": callback_url,
        }
    return TwilioVoice(
        sender=voice.sender,
        words=Calls().line,
        voices=voice.voices,
        rings_seconds=voice.rings_seconds,
        **line,
    )
