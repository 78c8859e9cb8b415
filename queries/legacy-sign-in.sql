/*
question = "Did anybody get in by a protocol that knows no second factor?"
meaning  = """One row for each success by IMAP, POP, SMTP, ActiveSync, older Exchange clients, a password in the request (ROPC, grant type password) or NTLM of the first
version. An absence speaks of Entra only."""
limits   = """Printers and old programs use them honestly. Whether a second factor was asked for anyway is not judged here.
Exports that do not state the flow of a sign-in (the portal's older ones, Graph v1.0) cannot answer."""
attack   = ["T1078.004", "T1550.002", "T1110"]
needs    = [ { actions = ["sign_in"], actor = "$actor", stream = "entra.signin.*", fields = ["protocol"] } ]
[parameters]
actor = "account name or id; * is a wildcard"
*/
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.actor AS actor, e.actor_id AS actor_id, e.protocol AS protocol, e.src_ip AS src_ip,
    e.user_agent AS user_agent, e.device_id AS device_id, e.app AS app, e.app_id AS app_id, e.resource AS resource, e.mailbox AS mailbox,
    e.session_id AS session_id, e.token_id AS token_id, e.action AS action, e.stream AS stream
FROM events AS e
WHERE e.action IN ('sign_in', 'token.issue', 'mail.read', 'mail.send') AND e.outcome = 'success' AND e.time_us >= $from_us AND e.time_us < $to_us
    AND (e.action IN ('sign_in', 'token.issue') AND regexp_matches(lower(e.protocol),
            'imap|pop3|smtp|activesync|other clients|exchange web services|mapi|autodiscover|offline address|exchange online powershell|outlook anywhere|ropc|grant-type:password|^password$|ntlm v1')
        OR e.action IN ('mail.read', 'mail.send') AND regexp_matches(lower(e.user_agent), '^client=(pop3|imap4|smtp|activesync)'))
    AND ($actor IS NULL OR lower(e.actor) LIKE $actor ESCAPE '\' OR lower(e.actor_id) LIKE $actor ESCAPE '\')
ORDER BY time_us, event_id
