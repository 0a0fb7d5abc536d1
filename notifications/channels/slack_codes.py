"""What Slack's answers mean: every error code of the three methods in use, and the HTTP statuses.

Source: Slack's published reference of chat.postMessage, conversations.history and conversations.replies, and its
page on rate limits. `ok: false` comes with status 200. A code that is not listed may have been processed.
"""

from __future__ import annotations

import re

from notifications.message import Answer, NotAccepted, Rejected, Scope, Unknown

ACCOUNT = (
    *("access_denied", "account_inactive", "accesslimited", "cannot_reply_to_message", "channel_not_found"),
    *("deprecated_endpoint", "ekm_access_denied", "enterprise_is_restricted", "invalid_auth", "is_archived"),
    *(
        "is_inactive",
        "method_deprecated",
        "missing_post_type",
        "missing_scope",
        "no_permission",
        "not_authed",
    ),
    *("not_allowed_token_type", "not_in_channel", "org_login_required", "restricted_action"),
    *("restricted_action_non_threadable_channel", "restricted_action_read_only_channel"),
    *(
        "restricted_action_thread_only_channel",
        "slack_connect_canvas_sharing_blocked",
        "team_access_not_granted",
    ),
    *("team_added_to_org", "team_not_found", "token_expired", "token_revoked", "two_factor_setup_required"),
    *("user_not_found", "as_user_not_supported", "invalid_arg_name", "invalid_array_arg", "invalid_charset"),
    *("invalid_form_data", "invalid_post_type", "missing_channel", "invalid_arguments", "invalid_cursor"),
    *("invalid_limit", "invalid_ts_latest", "invalid_ts_oldest"),
)
"""A person must mend it: the key, its rights, the channel. Nothing was posted."""

CONTENT = (
    *("attachment_payload_limit_exceeded", "block_mismatch", "cannot_broadcast"),
    *(
        "duplicate_channel_not_found",
        "duplicate_message_not_found",
        "invalid_blocks",
        "invalid_blocks_format",
    ),
    *(
        "invalid_metadata_format",
        "invalid_metadata_schema",
        "markdown_text_conflict",
        "message_limit_exceeded",
    ),
    *("messages_tab_disabled", "metadata_must_be_sent_from_app", "metadata_too_large", "msg_blocks_too_long"),
    *("msg_too_long", "no_text", "too_many_attachments", "too_many_contact_cards", "unfurl_not_allowed"),
)
"""This very text is refused, and would be again."""

THREAD = (
    *("thread_not_found", "message_not_found", "restricted_action_thread_locked", "invalid_thread_ts"),
    "thread_locked",
)
"""The message that the thread hung from is gone or closed."""

SLOWER = ("ratelimited", "rate_limited", "message_limit_per_minute")
"""Too fast: surely not posted."""

UNSURE = (
    "fatal_error",
    "internal_error",
    "request_timeout",
    "service_unavailable",
    "external_channel_migrating",
)
"""Slack's own trouble: it may have been posted before the error was raised."""

MEANINGS: dict[str, Scope] = {
    **dict.fromkeys(ACCOUNT, Scope.ACCOUNT),
    **dict.fromkeys(CONTENT, Scope.CONTENT),
    **dict.fromkeys(THREAD, Scope.RECIPIENT),
}
LONGEST_WAIT_SECONDS = 3_600.0
_CODE = re.compile(r"[a-z][a-z0-9_]{1,79}")


def refusal(status: int, code: str, retry_after: str | None) -> Answer:
    """What an answer that is not an acceptance means. `code` is Slack's `error`, "" when there is none."""
    # A proxy's page comes back as the "error" too: only what looks like a code is one.
    code = code if _CODE.fullmatch(code) else ""
    reason = f"slack {code}" if code else f"slack HTTP {status}"
    if status == 429 or code in SLOWER:
        return NotAccepted(reason, _seconds(retry_after))
    if code in MEANINGS:
        return Rejected(MEANINGS[code], reason)
    if 300 <= status < 500:
        return Rejected(Scope.ACCOUNT, reason)
    return Unknown(reason)


def _seconds(text: str | None) -> float | None:
    """Retry-After in seconds; None when it says nothing sensible."""
    if text is None or not text.strip().isdigit() or len(text) > 9:
        return None
    return min(float(text), LONGEST_WAIT_SECONDS)
