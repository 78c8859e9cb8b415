/*
question = "Did this account sign in from two places that nobody could travel between in that time?"
meaning  = """One row for each successful sign-in that follows the one before it from a place more than 500 km away (less the inexactness of both) faster than
1,000 km/h, by the case's own database of places (`geo` in case.toml). Without one, two countries within an hour, as the log states them, are candidates:
neighbours lie close together. Without either: see two-places-at-once, which needs no map."""
limits   = """A VPN, a proxy, a cloud desktop or mobile data make people fly. Whoever signs in through an address near the victim is not found. Databases of places
err, most of all for mobile and cloud addresses."""
attack   = ["T1078", "T1550.004"]
needs    = [ { actions = ["sign_in"], actor = "$actor", fields = ["country", "outcome"], lookback = "1d" } ]
steps    = ["leaps"]
[parameters]
actor = "account name or id; * is a wildcard"
*/
WITH sign_ins AS (
    SELECT e.time_us AS time_us, e.event_id AS event_id, e.src_ip AS src_ip, coalesce(p.country, e.country) AS country,
        p.latitude AS latitude, p.longitude AS longitude, coalesce(p.radius_km, 0) AS radius_km,
        coalesce(e.actor_id, lower(e.actor)) AS who
    FROM events AS e LEFT JOIN places AS p ON p.src_ip = e.src_ip
    WHERE e.action = 'sign_in' AND e.outcome = 'success' AND e.src_ip IS NOT NULL AND e.time_us < $to_us AND coalesce(e.actor_id, e.actor) IS NOT NULL
        AND coalesce(p.country, e.country) IS NOT NULL
        AND ($actor IS NULL OR lower(e.actor) LIKE $actor ESCAPE '\' OR lower(e.actor_id) LIKE $actor ESCAPE '\')
),
turns AS (
    SELECT s.time_us AS time_us, s.event_id AS event_id, s.src_ip AS src_ip, s.country AS country, s.latitude AS latitude, s.longitude AS longitude,
        s.radius_km AS radius_km, LAG(s.src_ip) OVER turn AS before_ip, LAG(s.country) OVER turn AS before_country,
        LAG(s.latitude) OVER turn AS before_latitude, LAG(s.longitude) OVER turn AS before_longitude, LAG(s.radius_km) OVER turn AS before_radius_km,
        LAG(s.time_us) OVER turn AS before_us
    FROM sign_ins AS s
    WINDOW turn AS (PARTITION BY s.who ORDER BY s.time_us, s.event_id)
),
-- the way over a sphere of 6,371 km, by the haversine of the angle
ways AS (
    SELECT t.event_id AS event_id, 12742 * asin(sqrt(CASE WHEN w.half > 1 THEN 1 ELSE w.half END)) - t.radius_km - t.before_radius_km AS km
    FROM turns AS t JOIN (
        SELECT u.event_id AS event_id, power(sin(radians(u.latitude - u.before_latitude) * 0.5), 2)
            + cos(radians(u.latitude)) * cos(radians(u.before_latitude)) * power(sin(radians(u.longitude - u.before_longitude) * 0.5), 2) AS half
        FROM turns AS u WHERE u.latitude IS NOT NULL AND u.before_latitude IS NOT NULL AND u.src_ip <> u.before_ip AND u.time_us >= $from_us
    ) AS w ON w.event_id = t.event_id
),
leaps AS (
    SELECT t.event_id AS event_id, t.country AS country, t.before_ip AS before_ip, t.before_country AS before_country, t.before_us AS before_us, w.km AS km
    FROM turns AS t LEFT JOIN ways AS w ON w.event_id = t.event_id
    WHERE t.time_us >= $from_us AND (w.km > 500 AND w.km * 3600000 > t.time_us - t.before_us
        OR w.km IS NULL AND (t.latitude IS NULL OR t.before_latitude IS NULL) AND t.country <> t.before_country AND t.time_us - t.before_us < 3600000000)
)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, CASE WHEN l.km IS NULL THEN 'unknown' ELSE 'found' END AS verdict, e.actor AS actor,
    e.actor_id AS actor_id, e.src_ip AS src_ip, l.country AS country, l.before_ip AS before_ip, l.before_country AS before_country, l.before_us AS before_us,
    CAST(floor(l.km) AS BIGINT) AS km, (e.time_us - l.before_us) // 60000000 AS minutes, e.user_agent AS user_agent, e.app AS app, e.session_id AS session_id,
    e.token_id AS token_id, e.stream AS stream
FROM leaps AS l JOIN events AS e ON e.event_id = l.event_id
ORDER BY time_us, event_id
