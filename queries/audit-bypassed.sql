/*
question = "Was somebody, or something, taken out of a log that goes on?"
meaning  = """One row for each success that narrows a log instead of stopping it: a mailbox or account exempted from auditing, an audited action taken out, selectors of
CloudTrail, exempted members of Google Cloud, an audit policy or access list of Windows, a data source left out."""
limits   = """What was exempted before the evidence begins stays so and leaves no row. A narrowing to save money looks the same."""
attack   = ["T1562.008", "T1562.002"]
needs    = [ { actions = ["logging.disable"] } ]
[parameters]
stream = "stream that told of it, or (by the part after /) the account, trail or host concerned; * is a wildcard"
*/
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.actor AS actor, e.actor_id AS actor_id, e.operation AS operation, e.object AS object,
    e.resource AS resource, e.outcome_detail AS outcome_detail, e.src_ip AS src_ip, e.user_agent AS user_agent, e.session_id AS session_id, e.token_id AS token_id,
    e.stream AS stream
FROM events AS e
WHERE e.action = 'logging.disable' AND coalesce(e.outcome, 'unknown') <> 'failure' AND e.time_us >= $from_us AND e.time_us < $to_us
    AND (e.operation IN ('Set-MailboxAuditBypassAssociation', 'Set-Mailbox', 'PutEventSelectors', 'UpdateTrail', '4719', '4907', 'SetIamPolicy', 'google.iam.v1.IAMPolicy.SetIamPolicy')
        OR regexp_matches(lower(e.operation), 'exclusion|exempt|setiampolicy|updatesink|diagnosticsettings/write'))
    AND ($stream IS NULL OR lower(e.stream) LIKE $stream ESCAPE '\' OR split_part($stream, '/', 2) <> ''
        AND (lower(e.object) LIKE '%' || split_part($stream, '/', 2) || '%' ESCAPE '\'
            OR lower(e.resource) LIKE '%' || split_part($stream, '/', 2) || '%' ESCAPE '\'))
ORDER BY time_us, event_id
