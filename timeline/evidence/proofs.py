"""Digest chains of the case: what they prove of a stream, where they break, and whether their signatures are AWS's.

A digest is matched with files by the last part of its key, for a folder of exports seldom keeps the whole path; a file that was
unpacked by hand is the same file. The signature of a digest is in the next one (its own is metadata of the object in the bucket).
"""

from __future__ import annotations

import base64
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from timeline.core.digests import TAIL, Checked, Digest, Flaw, Listed, check
from timeline.core.spans import Span, union
from timeline.core.stream import Defect, Stream
from timeline.errors import CaseError

SOURCE, LOG = "aws.cloudtrail_digest", "aws.cloudtrail"
EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
LATE = 15 * 60_000_000
"""CloudTrail delivers within about 15 minutes; a policy that states a longer latency counts."""
Keys = Mapping[str, rsa.RSAPublicKey]
TRAIL = re.compile(r"_CloudTrail-Digest_[^_]+_(.+)_[^_]+_\d{8}T\d{6}Z")


@dataclass(frozen=True)
class Signed:
    """A digest as it was signed: the text that the signature is about, and where it is given."""

    digest: Digest
    text: str
    fingerprint: str
    before_signature: str


@dataclass(frozen=True)
class Chain:
    """The digests of one trail for one stream, by time, and the hashes of the log files that are held, by name."""

    stream: str
    trail: str
    signed: tuple[Signed, ...]
    held: Mapping[str, str] = field(default_factory=dict)

    def checked(self, latency: int = LATE, until: int | None = None, keys: Keys | None = None) -> Checked:
        """Check the chain against the files; without public keys nothing is proven, only what is missing is found."""
        wrong = _wrongs(self, keys or {})
        signed = {key for key, why in wrong.items() if not why}
        return check((each.digest for each in self.signed), self.held, latency, until, signed)


def read(connection: duckdb.DuckDBPyConnection) -> list[Chain]:
    """Read every chain of the case."""
    rows = connection.execute(
        "SELECT e.stream, e.event_id, e.proof, c.inner_sha256 FROM event AS e JOIN file AS f USING (file_no) "
        "LEFT JOIN content AS c ON c.sha256 = f.sha256 WHERE e.source = ? AND e.kept AND e.proof IS NOT NULL ORDER BY ALL",
        [SOURCE],
    ).fetchall()
    chains: dict[tuple[str, str], dict[str, Signed]] = defaultdict(dict)
    for stream, event, proof, inner in rows:
        told = json.loads(proof)
        found = TRAIL.search(told["key"])
        chains[f"{LOG}/{stream.partition('/')[2]}", found[1] if found else ""][told["key"]] = _signed(
            told, event, inner or ""
        )
    if not chains:
        return []
    held = _held(connection)
    return [
        Chain(stream, trail, tuple(sorted(some.values(), key=lambda each: each.digest.end)), held.get(stream, {}))
        for (stream, trail), some in sorted(chains.items())
    ]


def _held(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """Give the log files of each stream by name, with the hash of what they hold."""
    rows = connection.execute(
        "SELECT DISTINCT e.stream, coalesce(f.member, f.path), c.inner_sha256 FROM event AS e JOIN file AS f USING (file_no) "
        "JOIN content AS c ON c.sha256 = f.sha256 WHERE e.source = ? ORDER BY ALL",
        [LOG],
    ).fetchall()
    held: dict[str, dict[str, str]] = defaultdict(dict)
    for stream, path, inner in rows:
        held[stream][_name(path)] = inner
    return held


def _name(key: str) -> str:
    """Give the last part of a key or path, without the ending of its compression."""
    return key.replace("!", "/").rsplit("/", 1)[-1].removesuffix(".gz")


def _signed(told: Mapping[str, Any], event: str, inner: str) -> Signed:
    files = tuple(_listed(each) for each in told["files"] or ())
    before = told.get("before")
    digest = Digest(
        told["key"],
        inner,
        _moment(told["start"]),
        _moment(told["end"]),
        files,
        before,
        told.get("before_hash") if before else None,
        event,
    )
    text = f"{told['end']}\n{told['bucket']}/{told['key']}\n{inner}\n{told.get('before_signature') or 'null'}"
    return Signed(digest, text, told.get("fingerprint") or "", told.get("before_signature") or "")


def _listed(file: Mapping[str, Any]) -> Listed:
    first, last = file.get("oldestEventTime"), file.get("newestEventTime")
    span: Span | None = (_moment(first), _moment(last) + 1_000_000) if first and last else None
    return Listed(_name(file["s3Object"]), file["hashValue"], span)


def _moment(told: str) -> int:
    return (datetime.fromisoformat(told).astimezone(UTC) - EPOCH) // MICROSECOND


class Proofs:
    """What the chains of a case say of its streams."""

    def __init__(self, chains: Iterable[Chain], keys: Path | None = None) -> None:
        self.chains = list(chains)
        self.keys = public_keys(keys) if keys and self.chains else {}

    def on(self, stream: Stream) -> Stream:
        """Give a stream with the spans in which its chain proves that nothing is missing, and those in which something is."""
        for chain in self.chains:
            if chain.stream.lower() == stream.name.lower():
                latency = max([LATE, *(policy.latency for policy in stream.policies)])
                taken = [each.collected_at for each in stream.collections if each.collected_at is not None]
                found = chain.checked(latency, max(taken, default=None), self.keys)
                wrong = tuple(_defect(flaw) for flaw in found.flaws if _counts(flaw, chain, stream))
                attested = union(stream.attested, found.attested)
                stream = replace(stream, attested=attested, defects=(*stream.defects, *wrong))
        return stream


def _counts(flaw: Flaw, chain: Chain, stream: Stream) -> bool:
    """Tell whether a flaw takes coverage away: missing ends of a chain do only where the log ends with it."""
    first, last = chain.signed[0].digest, chain.signed[-1].digest
    if flaw.kind == "head":
        return stream.first_seen is not None and stream.first_seen >= first.start - LATE
    if flaw.kind == "tail":
        return stream.last_seen is not None and stream.last_seen <= last.end + TAIL
    return True


def _defect(flaw: Flaw) -> Defect:
    return Defect(flaw.state, flaw.span, cause=flaw.cause, basis="attestation", evidence=flaw.evidence)


def verify(chains: Iterable[Chain], until: int | None, keys: Path | None = None) -> Iterator[dict[str, object]]:
    """Give rows of `timeline verify`: each chain, each place where it breaks and, with public keys, each signature."""
    known = public_keys(keys) if keys else None
    for chain in chains:
        found = chain.checked(until=until)
        subject = f"{chain.stream} (trail {chain.trail or 'unnamed'})"
        whole = not found.flaws
        counted = f"{len(chain.signed)} digests, {sum(len(each.digest.files) for each in chain.signed)} log files"
        yield {
            "check": "digest chain",
            "subject": subject,
            "ok": whole,
            "detail": counted if whole else f"{counted}: it breaks",
        }
        for flaw in found.flaws:
            yield {
                "check": "digest chain",
                "subject": subject,
                "ok": False,
                "detail": f"{_span(flaw.span)}: {flaw.cause}",
            }
        yield from _signatures(chain, known, subject) if known is not None else ()


def _span(span: Span) -> str:
    first, last = (datetime.fromtimestamp(at / 1e6, UTC) if abs(at) < 2**57 else None for at in span)
    return f"{f'{first:%Y-%m-%d %H:%M:%SZ}' if first else 'the beginning'} to {f'{last:%Y-%m-%d %H:%M:%SZ}' if last else 'the end'}"


def public_keys(path: Path) -> Keys:
    """Read the output of `aws cloudtrail list-public-keys` by fingerprint."""
    try:
        listed = json.loads(path.read_text("utf-8"))["PublicKeyList"]
        found = {
            each["Fingerprint"]: serialization.load_der_public_key(base64.b64decode(each["Value"])) for each in listed
        }
    except (OSError, ValueError, KeyError, TypeError, UnsupportedAlgorithm) as error:
        raise CaseError(
            f"{path}: is not what `aws cloudtrail list-public-keys --output json` writes: {error}"
        ) from error
    return {name: key for name, key in found.items() if isinstance(key, rsa.RSAPublicKey)}


def _signatures(chain: Chain, keys: Keys, subject: str) -> Iterator[dict[str, object]]:
    """Tell of each digest whether it is signed by AWS."""
    for key, why in _wrongs(chain, keys).items():
        yield {
            "check": "digest signature",
            "subject": subject,
            "ok": not why,
            "detail": f"{key}: {why or 'signed by AWS'}",
        }


def _wrongs(chain: Chain, keys: Keys) -> dict[str, str]:
    """Check each digest against the signature that the next one gives of it; that of the last one is not in the files."""
    signatures = {each.digest.before: each.before_signature for each in chain.signed if each.digest.before}
    told = ((each, signatures.get(each.digest.key)) for each in chain.signed)
    return {each.digest.key: _wrong(each, keys.get(each.fingerprint), given) for each, given in told if given}


def _wrong(signed: Signed, key: rsa.RSAPublicKey | None, signature: str) -> str:
    if key is None:
        return f"no public key with the fingerprint {signed.fingerprint}"
    try:
        key.verify(bytes.fromhex(signature), signed.text.encode(), padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError):
        return "the signature does not fit"
    return ""
