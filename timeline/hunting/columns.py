"""What indicators are about, and the event columns that state it."""

from collections.abc import Mapping

KINDS: Mapping[str, tuple[str, ...]] = {
    "address": ("src_ip",),
    "account": ("actor", "actor_id", "mailbox"),
    "domain": ("object", "object_from", "actor", "mailbox", "resource", "token_issuer", "token_audience"),
    "url": ("object", "object_from", "resource", "token_audience", "token_issuer"),
    "hash": ("object_hash",),
    "file": ("object", "object_from"),
    "user_agent": ("user_agent",),
    "id": (
        "session_id",
        "token_id",
        "credential_id",
        "signing_key_id",
        "request_id",
        "device_id",
        "app_id",
        "resource_id",
        "actor_id",
        "actor",
        "mailbox",
        "app",
        "resource",
        "object",
        "object_from",
        "user_agent",
    ),
}
"""A bare word may be anything that has a name, so it is looked for wherever one stands."""
