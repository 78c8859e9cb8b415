"""The S3 server access log of the bucket whose data events CloudTrail holds too."""

from __future__ import annotations

from datetime import datetime

from tests.story.aws import BUCKET, Event
from tests.story.dice import Dice, Rhythm, at, later
from tests.story.files import Files
from tests.story.world import FINAL_2023, FROM_2023

OWNER = Dice("bucket-owner").upper(64).lower()


def access(event: Event, dice: Dice) -> str:
    """Write the server access log's line for a data event: the request id and the host id join the two."""
    moment, key = (
        at(event["eventTime"][:-1]),
        event["requestParameters"]["key"].replace(" ", "%2520").replace("+", "%252B"),
    )
    verb = event["eventName"].removesuffix("Object").upper()
    extra, failed = event["additionalEventData"], "errorCode" in event
    size = extra["bytesTransferredIn"] + extra["bytesTransferredOut"]
    sent, status = ("243", "403 AccessDenied") if failed else (str(size) if verb == "GET" else "-", "200 -")
    return (
        f"{OWNER} {BUCKET} [{moment:%d/%b/%Y:%H:%M:%S} +0000] {event['sourceIPAddress']} {event['userIdentity']['arn']} {event['requestID']} "
        f'REST.{verb}.OBJECT {key} "{verb} /{key.replace("%25", "%")} HTTP/1.1" {status} {sent} {size or "-"} {dice.randrange(9, 240)} {dice.randrange(4, 60)} '
        f'"-" "{event["userAgent"]}" - {extra["x-amz-id-2"]} SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader {BUCKET}.s3.amazonaws.com TLSv1.2 - -'
    )


def expired(moment: datetime, dice: Dice) -> str:
    """Write a lifecycle expiry: it has no address, no request line and no status."""
    return (
        f"{OWNER} {BUCKET} [{moment:%d/%b/%Y:%H:%M:%S} +0000] - AmazonS3 {dice.upper(16)} S3.EXPIRE.OBJECT "
        f'nightly/core.bin "-" - - - 1048576 - - "-" "-" - {dice.base64(45)} - - - - - - -'
    )


def server_log(events: list[Event]) -> dict[str, list[tuple[datetime, str]]]:
    dice, found = Dice("s3-access"), dict[str, list[tuple[datetime, str]]]()
    rows = [(at(e["eventTime"][:-1]), access(e, dice)) for e in events if e["eventCategory"] == "Data"]
    rows += [
        (moment, expired(moment, dice)) for moment in dice.times(FROM_2023, FINAL_2023, Rhythm(0.9, night=1, day_off=1))
    ]
    for moment, text in sorted(rows):
        found.setdefault(f"{moment:%G-W%V}", []).append((moment, text))
    return found


def files(events: list[Event]) -> Files:
    """One file a week, named as the service names its deliveries."""
    made, dice = Files(), Dice("s3-files")
    for rows in server_log(events).values():
        last = later(rows[-1][0], 3_400)
        name = f"aws.s3access/2023-07-12/{BUCKET}/{last:%Y-%m-%d-%H-%M-%S}-{dice.upper(16)}"
        made[name] = ("\n".join(text for _, text in rows) + "\n").encode()
    return made
