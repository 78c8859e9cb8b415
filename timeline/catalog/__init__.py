"""The facts of sources and questions: TOML in the comment on top of an .sql file, checked once, the SELECT kept as it is.

A source (`timeline/sources/<name>.sql`) reads records of one log. Its facts:

    title        one line
    docs         address of the vendor's page (or a list)
    names        the sources it gives: ["entra.signin.interactive", …]; a last part `*` is filled by the SELECT's column `source`
    family       sign_in | token | storage | audit | control | system (or the SELECT gives a column `family`)
    match        SQL condition over `r` (JSON) or `line` (text) that is true for its records and no other source's
    undated      the same for records (JSON) that state no time at all: asked of what is left of a file that holds others of this log
    columns      for CSV exports: lists of header names; a file whose header holds all of one list is this log's
    payload      names of CSV columns or JSON keys whose text or object is the record itself (AuditData, CloudTrailEvent)
    witnesses    actions that this log would show had they happened; a list, or a table {name = [actions]}
    completeness attested | complete | best_effort
    scope        what the part after `/` in a stream's name is
    optional     actions of `witnesses` that are only logged where somebody chose to (data events): a stream witnesses them only for the
                 places (`scheme://name`) of which it holds such an event
    objects      globs of the objects that a stream can witness, with {scope}; omitted: any
    siblings     sources that must be covered beside this one before a silence means anything: at the same scope, or at one of their own, in which
                 {account} stands for the first part of the scope; not for actions that are `optional`
    token_kinds  what kinds of token its token.issue events cover (free words, for people)
    empty        columns that this log can never fill
    sees_not     sentences: what it does not record
    export       the platform's real command that exports it
    collect      a table (at the end of the facts: [collect]) of commands that export one window of one stream, by a glob over source names or
                 over `name@store`; a store called siem or sentinel is also a `workspace` (KINDS of evidence/acquire.py). Each is one line to
                 paste; a comment at its end names the limits that cut an answer silently, and begins with `# PowerShell` where it is none
                 for bash. Words in CAPITALS are the user's; filled in are {scope}, its {account} and {region}, {part} (what `*` in the
                 source's name stands for), {start}, {end}, {start_unix}, {end_unix}, {first_day}, {last_day}, and {file}, a name without
                 its ending that no other window has. No host of an address may end with one of these: it would get the user's token
    local_time   true where the log states local time without a zone; `yearless` where it leaves out the year too

The SELECT reads `FROM records`. `r.properties.ipAddress` is the text of that JSON path (exact key case; `"#0"` is the first element of
an array; objects and arrays come as JSON text; missing or null is NULL) or of that CSV column (`r."Date (UTC)"`). For text logs the column
`line` is the line with its line break. Also there: `path` (the file's path), `zone` (time zone stated by the user or NULL).
It gives `time` as TIMESTAMPTZ, `scope`, `record_id` (the vendor's own id of the record, if it has one) and any event column of vocabulary.toml, all
as their types; columns of other names are steps on the way (later columns may use earlier ones by name). A log in local time gives `local_time` as
TIMESTAMP instead (in the year 2000 where the log leaves out the year): the zone and the year are found for it, or the record is rejected.
Paths are collected from the statement's syntax tree and read in one pass over the record (measured: as fast as a typed read).

A question (`queries/<id>.sql`) has these facts; README ("Adding a question in five minutes") explains them:

    question     one sentence that ends in a question mark
    meaning      what one row stands for, and how to read its columns
    limits       what a finding does not prove
    attack       technique ids of ATT&CK
    needs        what must have been witnessed for "no rows" to mean anything
    uses         relations that stand before its SELECT, by name
    [parameters] name = "what it is"; unbound ones are NULL, which means any

A relation (`queries/relations/<name>.sql`) is what several questions work out alike:

    gives        one sentence
    [columns]    name = "what it is", as its SELECT gives them
    parameters   those that it binds beside $from_us and $to_us; a question that uses it declares them too
    uses         other relations
"""

from timeline.catalog.facts import facts_of
from timeline.catalog.questions import Need, Question, questions, read_question
from timeline.catalog.relations import Relation, read_relation, relations
from timeline.catalog.sources import Source, environment_sources, read_source, sources
from timeline.catalog.syntax import aliases, bound, json_path, nodes, references, rewrite, syntax
from timeline.catalog.words import PACKAGE, actions, column_texts, column_types, folder, vocabulary

__all__ = [
    "PACKAGE",
    "Need",
    "Question",
    "Relation",
    "Source",
    "actions",
    "aliases",
    "bound",
    "column_texts",
    "column_types",
    "environment_sources",
    "facts_of",
    "folder",
    "json_path",
    "nodes",
    "questions",
    "read_question",
    "read_relation",
    "read_source",
    "references",
    "relations",
    "rewrite",
    "sources",
    "syntax",
    "vocabulary",
]
