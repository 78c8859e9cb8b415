-- The relation `mapped` with the year found for local times that lack it (they stand in the year 2000): going back through the file from its
-- last record, which is at most a day after the collection, the year falls wherever the calendar jumps back. 29 February needs a leap year.
(
    SELECT * REPLACE (
            CASE WHEN time IS NULL AND year(local_time) = 2000 AND collected IS NOT NULL
                THEN make_timestamp(year_of::BIGINT, month(local_time),
                    CASE WHEN month(local_time) = 2 AND day(local_time) = 29 AND year_of % 4 <> 0 THEN 28 ELSE day(local_time) END,
                    hour(local_time), minute(local_time), second(local_time)::DOUBLE)
            WHEN year(local_time) = 2000 THEN NULL ELSE local_time END AS local_time),
        year(local_time) = 2000 AS year_inferred
    FROM (
        SELECT *,
            year(collected + INTERVAL 1 DAY)
            - (strftime(last_value(local_time IGNORE NULLS) OVER whole, '%m-%d %H') > strftime(collected + INTERVAL 1 DAY, '%m-%d %H'))::INTEGER
            - sum(turn) OVER (PARTITION BY file_no ORDER BY record DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS year_of
        FROM (
            SELECT *, coalesce((lead(local_time IGNORE NULLS) OVER (PARTITION BY file_no ORDER BY record)
                                < local_time - INTERVAL 1 DAY)::INTEGER, 0) AS turn
            FROM mapped)
        WINDOW whole AS (PARTITION BY file_no ORDER BY record ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)))
