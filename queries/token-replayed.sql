/*
question = "Was a session or token used from a second address by a client that its owner never used?"
meaning  = """Uses of a session, token or temporary key from an address and with a user agent that were both new to the account, after the same session
or token had been used from elsewhere. `first_ip` and `first_user_agent` are where it was seen first. A changed address alone (VPN, office and
home, a journey) or an updated browser at a known place is no replay."""
limits   = """A thief behind the same gateway or with a copied user agent is not found; a new device that inherits the session is found wrongly."""
attack   = ["T1550.001", "T1550.004", "T1539", "T1528"]
needs    = [ { actions = ["sign_in"], actor = "$actor", fields = ["src_ip", "user_agent", "outcome"], lookback = "14d" }, { actions = ["mail.read", "object.read", "token.use"], actor = "$actor", lookback = "14d" } ]
steps    = ["strangers"]
[parameters]
actor = "account name or id; * is a wildcard"
*/
WITH used AS (
    SELECT e.event_id AS event_id, e.time_us AS time_us, e.src_ip AS src_ip, e.user_agent AS user_agent,
        coalesce(e.session_id, e.token_id, CASE WHEN lower(e.credential_id) LIKE 'asia%' THEN e.credential_id END) AS bond,
        coalesce(e.actor_id, lower(e.actor), e.session_id, e.token_id) AS who
    FROM events AS e
    WHERE e.outcome = 'success' AND e.src_ip IS NOT NULL AND e.user_agent IS NOT NULL AND e.time_us < $to_us
        AND ($actor IS NULL OR lower(e.actor) LIKE $actor ESCAPE '\' OR lower(e.actor_id) LIKE $actor ESCAPE '\')
),
pairs AS (
    SELECT u.who AS who, u.src_ip AS src_ip, u.user_agent AS user_agent, MIN(u.time_us) AS first_us FROM used AS u
    GROUP BY u.who, u.src_ip, u.user_agent
),
starts AS (SELECT p.who AS who, MIN(p.first_us) AS first_us FROM pairs AS p GROUP BY p.who),
addresses AS (SELECT p.who AS who, p.src_ip AS src_ip, MIN(p.first_us) AS first_us FROM pairs AS p GROUP BY p.who, p.src_ip),
clients AS (SELECT p.who AS who, p.user_agent AS user_agent, MIN(p.first_us) AS first_us FROM pairs AS p GROUP BY p.who, p.user_agent),
strangers AS (
    SELECT p.who AS who, p.src_ip AS src_ip, p.user_agent AS user_agent, p.first_us AS first_us
    FROM pairs AS p JOIN starts AS b ON b.who = p.who JOIN addresses AS a ON a.who = p.who AND a.src_ip = p.src_ip
    JOIN clients AS c ON c.who = p.who AND c.user_agent = p.user_agent
    WHERE p.first_us - a.first_us < 1000000 AND p.first_us - c.first_us < 1000000 AND a.first_us - b.first_us >= 1000000
        AND c.first_us - b.first_us >= 1000000
),
suspects AS (
    SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.actor AS actor, e.actor_id AS actor_id, e.action AS action,
        e.src_ip AS src_ip, e.user_agent AS user_agent, e.session_id AS session_id, e.token_id AS token_id,
        e.credential_id AS credential_id, e.device_id AS device_id, e.app AS app, e.stream AS stream,
        coalesce(e.session_id, e.token_id, CASE WHEN lower(e.credential_id) LIKE 'asia%' THEN e.credential_id END) AS bond
    FROM events AS e JOIN strangers AS s ON s.src_ip = e.src_ip AND s.user_agent = e.user_agent AND s.who = coalesce(e.actor_id, lower(e.actor), e.session_id, e.token_id)
    WHERE e.outcome = 'success' AND e.time_us >= $from_us AND e.time_us < $to_us
        AND ($actor IS NULL OR lower(e.actor) LIKE $actor ESCAPE '\' OR lower(e.actor_id) LIKE $actor ESCAPE '\')
),
bonds AS (SELECT s.bond AS bond FROM suspects AS s WHERE s.bond IS NOT NULL GROUP BY s.bond),
history AS (
    SELECT u.bond AS bond, u.src_ip AS src_ip, u.user_agent AS user_agent,
        ROW_NUMBER() OVER (PARTITION BY u.bond ORDER BY u.time_us, u.event_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS place
    FROM used AS u JOIN bonds AS b ON b.bond = u.bond
)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.actor AS actor, e.actor_id AS actor_id, e.action AS action, e.src_ip AS src_ip,
    e.user_agent AS user_agent, h.src_ip AS first_ip, h.user_agent AS first_user_agent,
    e.session_id AS session_id, e.token_id AS token_id, e.credential_id AS credential_id, e.device_id AS device_id, e.app AS app, e.stream AS stream
FROM suspects AS e JOIN history AS h ON h.bond = e.bond AND h.place = 1 AND h.src_ip <> e.src_ip AND h.user_agent <> e.user_agent
ORDER BY time_us, event_id
