"""The parse limit: DuckDB's own typed read of the columns that a source reads, into a table, and nothing else."""

import duckdb

S3_COLUMNS = [
    "owner",
    "bucket",
    "day",
    "zone",
    "remote_ip",
    "requester",
    "request_id",
    "operation",
    "key",
    "request_uri",
    "status",
    "error",
    "bytes_sent",
    "object_size",
    "total_time",
    "turn_around",
    "referrer",
    "agent",
    "version",
    "host",
    "signature",
    "cipher",
    "authentication",
    "endpoint",
    "tls",
    "arn",
    "acl",
]
S3_READ = (2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 18)  # places of the columns that the source reads
LONGEST = 268435456


def columns(source: str) -> tuple[dict[str, object], list[str]]:
    """Give the JSON paths that a source reads, as a typed schema and as the leaves; of keys that differ only in case the first."""
    from timeline.case.normal import paths_of  # noqa: PLC0415  the child that reads by DuckDB alone pays for nothing else
    from timeline.catalog import sources  # noqa: PLC0415

    wanted = sources()[source]
    tree: dict[str, object] = {}
    leaves = []
    # the short ones first: what is an object here and a text there is read whole
    for path in sorted(paths_of(f"SELECT ({wanted.match}) AS m", wanted.select), key=len):
        node: dict[str, object] = tree
        plain = path[: next((index for index, part in enumerate(path) if part.startswith("#")), len(path))]
        for part in plain[:-1]:
            below = next((value for key, value in node.items() if key.lower() == part.lower()), None)
            if below is None:
                below = node[part] = {}
            if not isinstance(below, dict):
                break
            node = below
        else:
            if not any(key.lower() == plain[-1].lower() for key in node):
                node[plain[-1]] = "VARCHAR"
                leaves.append(".".join(f'"{part}"' for part in plain))
    return tree, leaves


def _type(node: object) -> str:
    return (
        "STRUCT(" + ", ".join(f'"{key}" {_type(value)}' for key, value in node.items()) + ")"
        if isinstance(node, dict)
        else str(node)
    )


def _json(source: str, files: str, shape: str) -> str:
    tree, leaves = columns(source)
    if shape == "ndjson":
        typing = ", ".join(f"'{key}': '{_type(value)}'" for key, value in tree.items())
        relation = f"read_json([{files}], format='newline_delimited', columns={{{typing}}})"
        chosen = leaves
    else:
        chosen = [f"r.{leaf}" for leaf in leaves]
        relation = (
            f"(SELECT unnest(Records) AS r FROM read_json([{files}], format='unstructured', maximum_object_size={LONGEST}, "
            f"columns={{'Records': '{_type(tree)}[]'}}))"
        )
    return f"SELECT {', '.join(f'{leaf} AS c{index}' for index, leaf in enumerate(chosen))} FROM {relation}"


def _ual(source: str, files: str) -> str:
    """Read a CSV whose cell AuditData is the record: the columns of the CSV, then the record by its type."""
    tree, leaves = columns(source)
    chosen = ", ".join(f"r.{leaf} AS c{index}" for index, leaf in enumerate(leaves))
    read = f"read_csv([{files}], header=true, all_varchar=true, max_line_size={LONGEST // 8})"
    return f"SELECT {chosen} FROM (SELECT json_transform(AuditData, '{_structure(tree)}') AS r FROM {read})"


def _structure(node: object) -> str:
    inner = ", ".join(f'"{key}": {_structure(value)}' for key, value in node.items()) if isinstance(node, dict) else ""
    return "{" + inner + "}" if isinstance(node, dict) else f'"{node}"'


def _s3(files: str) -> str:
    typing = ", ".join(f"'{name}': 'VARCHAR'" for name in S3_COLUMNS)
    chosen = ", ".join(S3_COLUMNS[place - 1] for place in S3_READ)
    return (
        f"SELECT {chosen} FROM read_csv([{files}], delim=' ', quote='\"', escape='\"', header=false, auto_detect=false, "
        f"null_padding=true, strict_mode=false, columns={{{typing}}})"
    )


def evtx(paths: list[str]) -> int:
    """Read event logs by the `evtx` library (Rust) as JSON text; it keeps nothing."""
    from evtx import PyEvtxParser  # noqa: PLC0415

    return sum(sum(1 for _ in PyEvtxParser(path).records_json()) for path in paths)


def typed(source: str, paths: list[str], shape: str, database: str) -> int:
    """Read files by DuckDB alone into a table (event logs, which it cannot read, by the `evtx` library); give the number of rows."""
    if shape == "evtx":
        return evtx(paths)
    files = ", ".join("'" + path + "'" for path in paths)
    select = (
        _s3(files) if shape == "lines" else _ual(source, files) if shape == "ual.csv" else _json(source, files, shape)
    )
    connection = duckdb.connect(database)
    connection.execute("SET enable_progress_bar = false")
    connection.execute(f"CREATE TABLE typed AS {select}")
    return int(connection.execute("SELECT count(*) FROM typed").fetchall()[0][0])
