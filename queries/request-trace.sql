/*
question = "What does every log say of this request?"
meaning  = """All records that state the request id, failures included: CloudTrail and the S3 access log of one call, the records of one copy, Windows' crash report and its
logon GUIDs, Okta's transactions, AD FS activities. Without a request: every request that two logs, or two hosts, tell of."""
limits   = """An id that a client chooses (Entra's correlation id) groups steps of one flow, and may be chosen twice on purpose."""
attack   = ["T1078", "T1530"]
needs    = [ { actions = ["object.read", "token.issue"], fields = ["request_id"] } ]
steps    = ["shared"]
[parameters]
request = "request id; * is a wildcard"
*/
WITH shared AS (
    SELECT e.request_id AS request_id FROM events AS e
    WHERE $request IS NULL AND e.request_id IS NOT NULL AND e.time_us >= $from_us AND e.time_us < $to_us
    GROUP BY e.request_id HAVING MIN(e.stream) <> MAX(e.stream)
    UNION ALL
    SELECT e.request_id AS request_id FROM events AS e WHERE lower(e.request_id) LIKE $request ESCAPE '\' GROUP BY e.request_id
)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.request_id AS request_id, e.actor AS actor, e.actor_id AS actor_id, e.action AS action,
    e.outcome AS outcome, e.object AS object, e.object_from AS object_from, e.bytes AS bytes, e.src_ip AS src_ip, e.user_agent AS user_agent,
    e.session_id AS session_id, e.token_id AS token_id, e.credential_id AS credential_id, e.stream AS stream
FROM events AS e JOIN shared AS s ON s.request_id = e.request_id
WHERE e.time_us >= $from_us AND e.time_us < $to_us
ORDER BY time_us, event_id
