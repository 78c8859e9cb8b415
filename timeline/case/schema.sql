-- The tables of a case. Everything in them is derived from evidence files, which stay where they are.
CREATE TABLE IF NOT EXISTS about (key VARCHAR PRIMARY KEY, value VARCHAR);
CREATE TABLE IF NOT EXISTS file (
    file_no INTEGER PRIMARY KEY, path VARCHAR NOT NULL, member VARCHAR, sha256 VARCHAR NOT NULL, bytes BIGINT NOT NULL,
    kind VARCHAR, logs VARCHAR, encoding VARCHAR, compression VARCHAR, payload VARCHAR, records BIGINT NOT NULL, skipped BIGINT NOT NULL,
    twin BOOLEAN NOT NULL, torn BOOLEAN NOT NULL, note VARCHAR, modified_us BIGINT);
CREATE TABLE IF NOT EXISTS rejected (file_no INTEGER, record BIGINT, start BIGINT, size BIGINT, reason VARCHAR, text VARCHAR,
    from_us BIGINT, to_us BIGINT, undated BOOLEAN);
CREATE TABLE IF NOT EXISTS event (
    file_no INTEGER, record BIGINT, start BIGINT, size BIGINT, event_id VARCHAR, record_key UHUGEINT, kept BOOLEAN,
    time_us BIGINT, time_precision VARCHAR, logged_us BIGINT, source VARCHAR, family VARCHAR, stream VARCHAR, operation VARCHAR, action VARCHAR,
    outcome VARCHAR, outcome_detail VARCHAR, actor VARCHAR, actor_id VARCHAR, actor_type VARCHAR, src_ip VARCHAR, user_agent VARCHAR,
    device_id VARCHAR, app VARCHAR, app_id VARCHAR, resource VARCHAR, resource_id VARCHAR, session_id VARCHAR, token_id VARCHAR,
    credential_id VARCHAR, signing_key_id VARCHAR, token_issuer VARCHAR, token_audience VARCHAR, request_id VARCHAR, issued_time_us BIGINT,
    object VARCHAR, object_hash VARCHAR, object_size BIGINT, object_from VARCHAR, bytes BIGINT, mailbox VARCHAR, subject VARCHAR,
    sequence_of VARCHAR, sequence_no BIGINT, mark VARCHAR, change VARCHAR, proof VARCHAR,
    country VARCHAR, asn BIGINT, protocol VARCHAR, expires_time_us BIGINT);
-- The hash of what a compressed file holds, by the hash of the file: digests speak of the former.
CREATE TABLE IF NOT EXISTS content (sha256 VARCHAR PRIMARY KEY, inner_sha256 VARCHAR NOT NULL);
-- Events that state no time: `rejected` holds them too, so that they cover nothing.
CREATE TABLE IF NOT EXISTS undated AS FROM event LIMIT 0;
