/*
title        = "Timelines of Plaso (log2timeline) and Timesketch"
docs         = ["https://plaso.readthedocs.io/en/latest/sources/user/Output-and-formatting.html", "https://forensics.wiki/l2t_csv/",
                "https://timesketch.org/guides/user/import-from-json-csv/"]
names        = ["plaso.*", "timesketch.timeline"]
match        = "r.__container_type__ = 'event' OR r.timestamp_desc IS NOT NULL AND r.message IS NOT NULL AND coalesce(r.datetime, r.timestamp) IS NOT NULL AND r.RuleTitle IS NULL"
columns      = [["date", "time", "timezone", "MACB", "sourcetype", "type", "desc", "format"], ["datetime", "timestamp_desc", "source_long", "message", "parser"],
                ["datetime", "timestamp_desc", "message"]]
family       = "system"
completeness = "best_effort"
scope        = "host"
witnesses    = []
local_time   = true
empty        = ["src_ip", "user_agent", "device_id", "app", "app_id", "resource", "resource_id", "session_id", "token_id", "credential_id", "signing_key_id", "token_issuer", "token_audience",
                "request_id", "issued_time", "object_size", "object_from", "bytes", "mailbox", "logged_time"]
sees_not     = ["what its parsers did not read, its filters left out or its de-duplication dropped; and of a file only its last times: so it witnesses nothing, a silence proves nothing",
                "what a record means: the texts and times are others' reading; feed the logs themselves where they are at hand",
                "entries without a time (Not a time, 0000-00-00): they are rejected"]
export       = "psort.py -o json_line -w timeline.jsonl case.plaso (or -o dynamic, -o l2tcsv, timesketch_importer's CSV)"
# Source is plaso.<parser>; operation is which of the file's or record's times it is (timestamp_desc), outcome_detail the text, object the file that it was read from.
# `timestamp` is microseconds in UTC by definition; `datetime` states its zone since 2017, before it did not: then the zone must be told. l2tcsv names the zone in a column.
*/
SELECT
    coalesce(r.timestamp_desc, r.type) AS operation,
    coalesce(r.parser, r.format) AS reader,
    CASE WHEN operation = 'Not a time' OR starts_with(r.datetime, '0000-') OR starts_with(r.date, '00/00') THEN true ELSE false END AS never,
    CASE WHEN contains(r.timestamp, ':') THEN r.timestamp ELSE r.datetime END AS told,
    CASE WHEN r.date IS NOT NULL THEN coalesce(try_strptime(r.date || ' ' || r.time, '%m/%d/%Y %H:%M:%S'), try_strptime(r.date || ' ' || r.time, '%Y-%m-%d %H:%M:%S')) END AS clock,
    CASE WHEN never THEN NULL WHEN clock IS NOT NULL THEN CASE WHEN r.timezone IN (SELECT name FROM pg_timezone_names()) THEN timezone(r.timezone, clock) END
         WHEN told IS NOT NULL THEN instant(told) WHEN try_cast(r.timestamp AS BIGINT) <> 0 THEN make_timestamptz(try_cast(r.timestamp AS BIGINT)) END AS time,
    CASE WHEN never OR time IS NOT NULL THEN NULL WHEN clock IS NOT NULL THEN clock ELSE try_cast(told AS TIMESTAMP) END AS local_time,
    CASE WHEN clock IS NOT NULL THEN 's' WHEN told IS NOT NULL THEN precision_of(told) WHEN r.timestamp LIKE '%000000' THEN 's' ELSE 'us' END AS time_precision,
    lower(stated(coalesce(r.hostname, r.host, r.computer_name))) AS scope,
    CASE WHEN reader IS NULL THEN 'timesketch.timeline' ELSE 'plaso.' || lower(replace(replace(reader, '/', '.'), ' ', '_')) END AS source,
    'other' AS action,
    'unknown' AS outcome,
    coalesce(r.message, r."desc") AS outcome_detail,
    stated(coalesce(r.username, r.user)) AS actor,
    CASE WHEN actor IS NOT NULL THEN 'user' END AS actor_type,
    stated(coalesce(r.filename, r.display_name)) AS object,
    stated(r.sha256_hash) AS object_hash
FROM records
