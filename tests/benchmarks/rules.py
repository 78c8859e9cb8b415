"""The cost of rules and indicators: `python -m tests.benchmarks.rules RULES… [--records N]` on a CloudTrail of so many records.

The rules are the user's own copy (of SigmaHQ, say); one record in fifty has an operation that some rule names.
"""

import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from tests.sigma.agreement import load
from tests.sigma.evaluator import entry
from tests.sigma.events import items
from timeline import Case

START = datetime(2023, 5, 1, tzinfo=UTC)
COMMON = [
    "Decrypt",
    "GetObject",
    "AssumeRole",
    "DescribeInstances",
    "ListBuckets",
    "GetCallerIdentity",
    "PutObject",
    *(f"Describe{n}" for n in range(300)),
]
TOML = '[case]\nname = "rules"\nfrom = 2023-05-01\nto = 2023-06-01\n'


def named(rules: dict[Path, dict[str, Any]]) -> list[str]:
    """Give all operations that the rules about CloudTrail name."""
    told = [
        each["detection"]
        for each in rules.values()
        if (entry(each["logsource"]) or {}).get("sources") == ["aws.cloudtrail"]
    ]
    values = [
        value for detection in told for part in detection.values() for key, value in items(part) if key == "eventName"
    ]
    return sorted({str(one) for value in values for one in (value if isinstance(value, list) else [value])})


def records(count: int, operations: list[str]) -> Iterator[str]:
    draw = random.Random(1)
    for number in range(count):
        user = draw.randrange(500)
        yield json.dumps(
            {
                "eventVersion": "1.08",
                "userIdentity": {"type": draw.choice(["IAMUser", "AssumedRole", "AWSService"]), "arn": f"arn:aws:iam::111122223333:user/u{user}", "accountId": "111122223333"},
                "eventTime": (START + timedelta(seconds=2 * number)).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "eventSource": draw.choice(["s3", "iam", "ec2", "sts", "kms"]) + ".amazonaws.com",
                "eventName": draw.choice(operations if operations and draw.random() < 0.02 else COMMON),
                "awsRegion": "us-east-1", "sourceIPAddress": f"198.51.100.{draw.randrange(255)}", "userAgent": f"aws-cli/2.{draw.randrange(50)}",
                "requestParameters": {"bucketName": f"b{draw.randrange(100)}", "key": f"k{number}"}, "responseElements": None, "requestID": f"R{number}", "eventID": f"e{number}",
                "readOnly": True, "eventType": "AwsApiCall", "recipientAccountId": "111122223333",
            }
        )  # fmt: skip


def timed(name: str, work: Callable[[], str]) -> None:
    wall, cpu = time.perf_counter(), time.process_time()
    told = work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    sys.stdout.write(
        f"{name}: {time.perf_counter() - wall:.1f} s, CPU {time.process_time() - cpu:.1f} s, peak {peak} MiB: {told}\n"
    )


def main(
    rules: Annotated[list[Path], typer.Argument()], count: Annotated[int, typer.Option("--records")] = 1_000_000
) -> None:
    known = load(rules)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "case.toml").write_text(TOML)
        with (root / "trail.jsonl").open("w") as file:
            file.writelines(f"{line}\n" for line in records(count, named(known)))
        listed = [f"198.18.{number >> 8}.{number & 255}\nhost{number}.example.com\n" for number in range(5_000)]
        (root / "indicators.txt").write_text("".join(listed) + "198.51.100.7\n")
        with Case(root) as case:
            case.ingest(root / "trail.jsonl")
            timed(f"{len(known)} rules on {count:,} events", lambda: f"{case.sigma(list(known)).events.height} matches")
            timed("10,001 indicators", lambda: f"{case.hunt(root / 'indicators.txt')['rows'].sum()} events")
            timed("pivot of an address", lambda: f"{case.neighbours('198.51.100.7').height} neighbours")


if __name__ == "__main__":
    typer.run(main)
