-- The relation `mapped` with the year found for local times that lack it (they stand in the year 2000): going back through the file from its
-- last record, the year falls wherever the calendar jumps back. The last record is at most a day after the collection; without a collection the
-- file's own dated records tell the year, if they agree. 29 February needs a leap year.
(
    SELECT * EXCLUDE (place_, turn_, back_, last_) REPLACE (
            CASE WHEN time IS NULL AND year(local_time) = 2000 AND last_ IS NOT NULL
                THEN make_timestamp(last_ - back_, month(local_time),
                    CASE WHEN month(local_time) = 2 AND day(local_time) = 29 AND NOT leap_year(last_ - back_) THEN 28 ELSE day(local_time) END,
                    hour(local_time), minute(local_time), second(local_time)::DOUBLE)
            WHEN year(local_time) = 2000 THEN NULL ELSE local_time END AS local_time),
        year(local_time) = 2000 AS year_inferred
    FROM (
        SELECT *, CASE
            WHEN collected IS NOT NULL THEN year(collected + INTERVAL 1 DAY)
                - (strftime(last_value(place_ IGNORE NULLS) OVER whole, '%m-%d %H') > strftime(collected + INTERVAL 1 DAY, '%m-%d %H'))::BIGINT
            WHEN min(year(timezone(zone, time)) + back_) OVER whole = max(year(timezone(zone, time)) + back_) OVER whole
                THEN min(year(timezone(zone, time)) + back_) OVER whole END AS last_
        FROM (
            SELECT *, sum(turn_) OVER (PARTITION BY file_no ORDER BY record DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)::BIGINT AS back_
            FROM (
                SELECT *, coalesce((lead(place_ IGNORE NULLS) OVER (PARTITION BY file_no ORDER BY record) < place_ - INTERVAL 1 DAY)::INTEGER, 0) AS turn_
                FROM (SELECT *, coalesce(timezone(zone, time) + to_years(2000 - year(timezone(zone, time))::INTEGER), local_time) AS place_ FROM mapped)))
        WINDOW whole AS (PARTITION BY file_no ORDER BY record ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)))
