"""A trail with its digests as CloudTrail delivers them: log files, hourly digests, hashes, signatures; keys of our own."""

import base64
import gzip
import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

BUCKET, ACCOUNT, REGION = "contoso-trail", "111122223333", "us-east-1"
KEY, FORGED = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
FINGERPRINT = "00112233445566778899aabbccddeeff"


def iso(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


@dataclass
class Trail:
    """Objects of the bucket by key, and the chain as it grows."""

    start: datetime
    objects: dict[str, bytes] = field(default_factory=dict)
    digests: list[str] = field(default_factory=list)
    signature: str = ""
    key: rsa.RSAPrivateKey = KEY
    signatures: dict[str, str] = field(default_factory=dict)

    def hour(self, *minutes: int) -> "Trail":
        """Add an hour with one log file for each of these minutes, and its digest."""
        begin = self.start + timedelta(hours=len(self.digests))
        self._digest(begin, [self._log(begin + timedelta(minutes=minute)) for minute in minutes])
        return self

    def _log(self, at: datetime) -> dict[str, Any]:
        key = f"AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/{at:%Y/%m/%d}/{ACCOUNT}_CloudTrail_{REGION}_{at:%Y%m%dT%H%MZ}_aaaabbbb.json.gz"
        event = {
            "eventVersion": "1.08",
            "eventTime": iso(at - timedelta(minutes=2)),
            "eventSource": "iam.amazonaws.com",
            "eventName": "ListUsers",
            "awsRegion": REGION,
            "recipientAccountId": ACCOUNT,
            "eventID": hashlib.sha256(key.encode()).hexdigest()[:32],
            "userIdentity": {"type": "Root"},
            "eventType": "AwsApiCall",
        }
        text = json.dumps({"Records": [event]}).encode()
        self.objects[key] = gzip.compress(text, mtime=0)
        times = {"newestEventTime": event["eventTime"], "oldestEventTime": event["eventTime"]}
        return {
            "s3Bucket": BUCKET,
            "s3Object": key,
            "hashValue": hashlib.sha256(text).hexdigest(),
            "hashAlgorithm": "SHA-256",
            **times,
        }

    def _digest(self, begin: datetime, files: list[dict[str, Any]]) -> None:
        end = begin + timedelta(hours=1)
        name = f"{ACCOUNT}_CloudTrail-Digest_{REGION}_main_{REGION}_{end:%Y%m%dT%H%M%SZ}.json.gz"
        key = f"AWSLogs/{ACCOUNT}/CloudTrail-Digest/{REGION}/{end:%Y/%m/%d}/{name}"
        before = self.digests[-1] if self.digests else None
        told = {
            "awsAccountId": ACCOUNT,
            "digestStartTime": iso(begin),
            "digestEndTime": iso(end),
            "digestS3Bucket": BUCKET,
            "digestS3Object": key,
            "digestPublicKeyFingerprint": FINGERPRINT,
            "digestSignatureAlgorithm": "SHA256withRSA",
            "newestEventTime": files[-1]["newestEventTime"] if files else None,
            "oldestEventTime": files[0]["oldestEventTime"] if files else None,
            "previousDigestS3Bucket": BUCKET if before else None,
            "previousDigestS3Object": before,
            "previousDigestHashValue": hashlib.sha256(gzip.decompress(self.objects[before])).hexdigest()
            if before
            else None,
            "previousDigestHashAlgorithm": "SHA-256" if before else None,
            "previousDigestSignature": self.signature or None,
            "logFiles": files,
        }
        text = json.dumps(told).encode()
        signed = f"{iso(end)}\n{BUCKET}/{key}\n{hashlib.sha256(text).hexdigest()}\n{self.signature or 'null'}"
        self.signature = self.key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()).hex()
        self.objects[key] = gzip.compress(text, mtime=0)
        self.digests.append(key)
        self.signatures[key] = self.signature

    def write(self, folder: Path, without: tuple[str, ...] = ()) -> Path:
        """Write the bucket as `aws s3 sync` does, but for keys that hold one of the given words."""
        for key, data in self.objects.items():
            if not any(word in key for word in without):
                (folder / key).parent.mkdir(parents=True, exist_ok=True)
                (folder / key).write_bytes(data)
        return folder

    def keys(self, path: Path) -> Path:
        """Write what `aws cloudtrail list-public-keys` gives."""
        value = KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)
        listed = {"Value": base64.b64encode(value).decode(), "Fingerprint": FINGERPRINT}
        path.write_text(json.dumps({"PublicKeyList": [listed]}))
        return path


def day(*hours: tuple[int, ...]) -> Trail:
    """Give a trail from 2023-05-10 on; each element is an hour with its log files' minutes."""
    trail = Trail(datetime(2023, 5, 10, tzinfo=UTC))
    for minutes in hours:
        trail.hour(*minutes)
    return trail
