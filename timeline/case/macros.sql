-- Words that every source may use. All are pure and give NULL for what they cannot read.

-- An ISO 8601 time that states its offset (or Z). One without is NULL: it must not be guessed.
CREATE OR REPLACE TEMP MACRO instant(told) AS CASE
    WHEN told IS NULL OR starts_with(told, '0001-') THEN NULL
    WHEN suffix(told, 'Z') OR regexp_matches(told, '[+-]\d\d(:?\d\d)?$|UTC$') THEN try_cast(told AS TIMESTAMPTZ) END;

-- An ISO 8601 time of a log whose vendor says that it is always UTC, with or without Z.
CREATE OR REPLACE TEMP MACRO instant_utc(told) AS CASE WHEN NOT starts_with(told, '0001-') THEN try_cast(told AS TIMESTAMPTZ) END;

-- American text (month first, 12 or 24 hours, offset optional; without one it is UTC by the vendor's word).
CREATE OR REPLACE TEMP MACRO instant_us(told) AS coalesce(
    try_strptime(told, '%m/%d/%Y %I:%M:%S %p %z'), try_strptime(told, '%m/%d/%Y %H:%M:%S %z'),
    try_strptime(told, '%m/%d/%Y %I:%M:%S %p')::TIMESTAMPTZ, try_strptime(told, '%m/%d/%Y %H:%M:%S')::TIMESTAMPTZ,
    try_strptime(told, '%m/%d/%Y %I:%M %p')::TIMESTAMPTZ, try_strptime(told, '%m/%d/%Y %H:%M')::TIMESTAMPTZ);

-- Whichever of the two forms above the vendor used.
CREATE OR REPLACE TEMP MACRO instant_any(told) AS CASE
    WHEN told IS NULL THEN NULL WHEN position('/' IN told) > 0 THEN instant_us(told) ELSE instant_utc(told) END;

-- Epochs: seconds, milliseconds, microseconds, by their size; text or number.
CREATE OR REPLACE TEMP MACRO instant_epoch(told) AS CASE
    WHEN try_cast(told AS DOUBLE) IS NULL THEN NULL
    WHEN abs(try_cast(told AS DOUBLE)) < 1e11 THEN make_timestamptz((try_cast(told AS DECIMAL(38, 6)) * 1000000)::BIGINT)
    WHEN abs(try_cast(told AS DOUBLE)) < 1e14 THEN make_timestamptz((try_cast(told AS DECIMAL(38, 3)) * 1000)::BIGINT)
    ELSE make_timestamptz(try_cast(told AS DECIMAL(38, 0))::BIGINT) END;

-- How exactly a text states its time: day, s, ms, us or 100ns.
CREATE OR REPLACE TEMP MACRO precision_of(told) AS CASE
    WHEN told IS NULL THEN NULL
    WHEN position(':' IN told) = 0 THEN 'day'
    WHEN position('.' IN told) = 0 THEN 's'
    ELSE CASE WHEN length(regexp_extract(told, '\.(\d+)', 1)) = 0 THEN 's' WHEN length(regexp_extract(told, '\.(\d+)', 1)) <= 3 THEN 'ms'
              WHEN length(regexp_extract(told, '\.(\d+)', 1)) <= 6 THEN 'us' ELSE '100ns' END END;

-- A client address without port, brackets or the IPv4-in-IPv6 prefix; words that mean "none" are NULL, anything else is kept as told.
CREATE OR REPLACE TEMP MACRO address(told) AS CASE
    WHEN told IS NULL OR trim(told) IN ('', '-', 'null', '<null>', 'unknown', 'LOCAL') THEN NULL
    WHEN told[1] = '[' THEN replace(regexp_extract(told, '^\[([^\]]*)\]', 1), '::ffff:', '')
    WHEN regexp_matches(told, '^::ffff:\d+\.\d+\.\d+\.\d+(:\d+)?$') THEN regexp_extract(told, '(\d+\.\d+\.\d+\.\d+)', 1)
    WHEN regexp_matches(told, '^[^:]+:\d+$') THEN regexp_extract(told, '^([^:]+):', 1)
    ELSE trim(told) END;

-- Empty texts and dashes mean "none".
CREATE OR REPLACE TEMP MACRO stated(told) AS CASE WHEN trim(told) NOT IN ('', '-') THEN told END;

-- The sixteen bytes of a .NET GUID (first three parts little-endian), given as 32 hex digits.
CREATE OR REPLACE TEMP MACRO guid_le(digits) AS lower(digits[7:8] || digits[5:6] || digits[3:4] || digits[1:2] || '-' || digits[11:12] || digits[9:10]
    || '-' || digits[15:16] || digits[13:14] || '-' || digits[17:20] || '-' || digits[21:32]);

-- An Entra unique token identifier as the sign-in id that it encodes: base64url of a GUID's bytes, or of its text; a GUID stays itself.
CREATE OR REPLACE TEMP MACRO token_of(told) AS CASE
    WHEN told IS NULL OR told = '' THEN NULL
    WHEN regexp_matches(told, '^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$') THEN lower(told)
    WHEN regexp_matches(told, '^[A-Za-z0-9_-]{22}$') THEN guid_le(hex(from_base64(replace(replace(told, '-', '+'), '_', '/') || '==')))
    WHEN regexp_matches(told, '^[A-Za-z0-9_-]{48}$') AND regexp_matches(hex(from_base64(replace(replace(told, '-', '+'), '_', '/'))), '^([0-9a-fA-F]{2})+$')
        THEN coalesce(try(lower(decode(from_base64(replace(replace(told, '-', '+'), '_', '/'))))), told)
    ELSE told END;

-- The value of one name in a JSON list of {"Name": …, "Value": …} or {"key": …, "value": …}.
CREATE OR REPLACE TEMP MACRO named(told, wanted) AS CASE WHEN told IS NOT NULL AND starts_with(ltrim(told), '[') THEN
    list_filter(json_extract_string(told, '$[*]'), lambda each: coalesce(json_extract_string(each, '$.Name'), json_extract_string(each, '$.name'),
        json_extract_string(each, '$.key'), json_extract_string(each, '$.Key')) = wanted)[1] END;
CREATE OR REPLACE TEMP MACRO named_value(told, wanted) AS coalesce(named(told, wanted) ->> '$.Value', named(told, wanted) ->> '$.value');

-- An object's name in one form: no port, no query, the host in lower case.
CREATE OR REPLACE TEMP MACRO object_url(told) AS CASE WHEN told IS NOT NULL THEN
    lower(regexp_extract(told, '^([A-Za-z]+://[^/:?]+)', 1)) || regexp_replace(regexp_replace(told, '^[A-Za-z]+://[^/?]+', ''), '\?.*$', '') END;
