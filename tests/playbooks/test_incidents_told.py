"""Each playbook on a made-up incident of its kind: what could be concluded, and what never could be."""

from collections.abc import Callable
from typing import Any

from tests.playbooks.logs import (
    EDGE,
    HOME,
    ODD,
    OFFICE,
    THIEF,
    VPN,
    asserted,
    days,
    every,
    got,
    lines,
    login,
    mailed,
    okta,
    role,
    signed,
    trail,
    user,
)
from tests.story.dice import Dice, at, later

Make = Callable[[str], Any]
SAVED = """[[collection]]
id = "workspace"
store = "siem"
collected_at = 2020-12-26T06:00:00Z
paths = ["trail.json"]
[[collection]]
id = "bucket"
collected_at = 2021-01-15
streams = ["aws.cloudtrail/*"]
paths = ["left.json"]
[[policy]]
stream = "aws.cloudtrail/*"
store = "siem"
semantics = "none"
enabled_to = 2020-12-26T06:00:00Z
latency = "0s"
[[policy]]
stream = "aws.cloudtrail/*"
semantics = "rolling"
retention = [{ days = 365 }, { days = 1, from = 2020-12-26T01:00:00Z }]
latency = "0s"
"""


def test_session_hijack(book: Make) -> None:
    """The customer sees the stolen session and what was made in it; who opened the file at the provider's is in no log of theirs."""
    dice, admin = Dice("session-hijack"), "admin@contoso.com"
    start, end = at("2023-08-01T00:00:00"), at("2023-10-20T00:00:00")
    records = []
    for number, moment in enumerate(days(start, end, dice, 8)):
        who = dice.choice((admin, "riley@contoso.com", "casey@contoso.com"))
        # the office, home, and a VPN that somebody changes to within a session
        records.append(
            okta(moment, "user.session.start", (who, dice.choice((OFFICE, HOME, VPN)), EDGE), f"102{number}", dice)
        )
    stolen, hijack = "102STOLEN", at("2023-10-02T14:00:00")
    records.append(okta(at("2023-10-02T13:45:00"), "user.session.start", (admin, OFFICE, EDGE), stolen, dice))
    thief = (admin, THIEF, ODD)
    records.append(okta(hijack, "user.session.access_admin_app", thief, stolen, dice))
    records.append(okta(later(hijack, 300), "system.api_token.create", thief, stolen, dice))
    case = book("session-hijack").case("from = 2023-09-01\nto = 2023-10-19")
    case.fill(
        {"the file": "*.har", "whose session": admin, "the same person": admin},
        more='[[collection]]\nid = "okta"\ncollected_at = 2023-10-20\nstreams = ["okta.*"]\n[[policy]]\nstream = "okta.*"\nretention_days = 90\nlatency = "0s"\n',
    ).ingest(okta_json=lines(sorted(records, key=lambda each: str(each["published"]))))
    chain = case.chain()
    assert {name: row["verdict"] for name, row in chain.items()} == {
        "file-read": "unknown",
        # where the session was used with mail and files no log of this customer could show
        "hijack": "found_incomplete",
        "foothold": "found",
        "trust": "refuted",
    }
    (window,) = chain["file-read"]["windows"]
    assert (window["start"], window["end"][:19]) == ("2023-09-01T00:00:00.000000Z", "2023-10-02T14:05:00")
    assert "no log of the case shows object.read" in chain["file-read"]["because"]


def test_storage_exfiltration(book: Make) -> None:
    """Where data events were on, the copying is shown object by object; of the bucket without them nobody can say."""
    dice, name = Dice("storage-exfiltration"), "web-firewall"
    start, theft = at("2019-03-01T00:00:00"), at("2019-03-22T03:10:00")
    server = role(name, "i-0abcdef", start)
    records = []
    for number, moment in enumerate(days(start, at("2019-07-17T00:00:00"), dice, 10)):
        records.append(got(moment, f"customer-data/rules/{number % 7}.json", server, "192.0.2.200", dice))
        records.append(
            trail(later(moment, 60), "DescribeInstances", server, dice, source="ec2", sourceIPAddress="192.0.2.200")
        )
    records.append(trail(theft, "ListBuckets", server, dice, sourceIPAddress=THIEF, userAgent="aws-cli/1.16"))
    records += [
        got(moment, f"customer-data/applications/{number}.csv", server, THIEF, dice)
        for number, moment in enumerate(every(later(theft, 60), 700, 2))
    ]
    records.append(login(later(start, 900), "dana", OFFICE, EDGE, dice))
    case = book("storage-exfiltration").case("from = 2019-03-10\nto = 2019-07-17")
    case.fill(
        {
            "the key's user": f"*{name}*",
            "what was stored": "s3://customer-data/*",
            "the same objects": "s3://customer-data/applications/*",
            "the same user": f"*{name}*",
        },
        drop=("opened",),
        more='[[collection]]\nid = "trail"\ncollected_at = 2019-07-18\n[[policy]]\nstream = "aws.cloudtrail/*"\nsemantics = "none"\nlatency = "0s"\n',
    ).ingest(trail_json=lines(sorted(records, key=lambda each: str(each["eventTime"]))))
    chain = case.chain()
    told = {step: row["verdict"] for step, row in chain.items()}
    assert told["copied"] == "found_incomplete"  # reads of mail are reads in bulk too, and no log of them is here
    assert told["which"] == "found"
    assert told["hidden"] == "refuted"
    (asked,) = case.rows("ask", "artefact-read-by", "-p", "object=s3://customer-data/applications/*")
    assert (asked["rows"], asked["first"][:16]) == (700, "2019-03-22T03:11")
    (other,) = case.rows("ask", "artefact-read-by", "-p", "object=s3://archive/*")
    assert other["verdict"] == "unknown"
    (link,) = case.rows("ask", "artefact-shared", "-p", "object=s3://customer-data/*")
    assert link["verdict"] == "absent"


def test_insider_copy(book: Make) -> None:
    """One request beside the VPN, a copy, and a log whose life was cut: what came after is gone, and the day of the change says why."""
    dice, name, bucket = Dice("insider-copy"), "jordan", "contoso-trail"
    start, slip, cut = at("2020-11-01T00:00:00"), at("2020-12-22T02:10:00"), at("2020-12-26T01:00:00")
    own = user(name)
    records = []
    for moment in days(start, at("2020-12-26T05:00:00"), dice, 9):
        records.append(login(moment, dice.choice((name, "dana", "lee")), dice.choice((OFFICE, VPN)), EDGE, dice))
        records.append(got(later(moment, 400), f"contoso-secrets/notes/{dice.randrange(30)}.md", own, VPN, dice))
    records.append(login(slip, name, THIEF, ODD, dice))
    records += [
        got(moment, f"contoso-secrets/repos/{number}.tar", own, VPN, dice)
        for number, moment in enumerate(every(later(slip, 600), 400, 3))
    ]
    rule = {
        "LifecycleConfiguration": {
            "Rule": {"ID": "x", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}
        },
        "bucketName": bucket,
    }
    records.append(trail(cut, "PutBucketLifecycle", own, dice, requestParameters=rule, sourceIPAddress=VPN))
    left = [login(moment, "dana", OFFICE, EDGE, dice) for moment in every(at("2021-01-14T06:00:00"), 9, 7_000)]
    case = book("insider-copy").case("from = 2020-11-15\nto = 2021-01-15")
    case.fill(
        {"the person": f"*{name}*", "the same": f"*{name}*", "what was copied": "s3://contoso-secrets/repos/*"},
        # a workspace had its own copy until the connection to it was cut too; of the bucket only its last day was left in January
        more=SAVED,
    ).ingest(trail_json=lines(sorted(records, key=lambda each: str(each["eventTime"]))), left_json=lines(left))
    chain = case.chain()
    told = {step: row["verdict"] for step, row in chain.items()}
    assert told["unusual"] == "found_incomplete"
    assert told["copied"] == "found_incomplete"
    assert told["which"] == "found_incomplete"
    (late,) = case.rows(
        "ask", "artefact-read-by", "-p", "object=s3://contoso-secrets/*", "--from", "2020-12-28", "--to", "2021-01-15"
    )
    assert late["verdict"] == "unknown"
    assert told["hidden"] == "found_incomplete"
    (gone,) = (gap for gap in case.rows("gaps") if gap["start"] == "2020-12-26T06:00:00.000000Z")
    assert (gone["end"][:16], gone["mendable"]) == ("2021-01-14T00:00", False)


RING = """[[collection]]
id = "all"
collected_at = 2020-12-15
[[policy]]
stream = "windows.security/*"
semantics = "ring"
[[policy]]
stream = "entra.*"
retention_days = 30
latency = "0s"
[[policy]]
stream = "m365.*"
retention_days = 90
latency = "0s"
"""


def test_golden_saml(book: Make) -> None:
    """A forged sign-in is shown while the farm's ring holds; the older ones stay candidates, and the theft of the certificate unknown."""
    dice, admin = Dice("golden-saml"), "morgan"
    start, end, ring = at("2020-11-20T00:00:00"), at("2020-12-14T00:00:00"), at("2020-12-05T00:00:00")
    signs, issued, mails = [], [], []
    for number, moment in enumerate(days(start, end, dice, 12)):
        name = dice.choice(("morgan", "robin", "dana", "lee", "quinn", "riley"))
        signs.append(signed(moment, name, dice.choice((OFFICE, HOME)), "none", dice))
        if moment >= ring:
            issued.append(asserted(later(moment, -3), name, 40_000 + number, dice))
        mails.append(mailed(later(moment, 90), name, "d3590ed6-52b3-4102-aeff-aad2292ab01c", OFFICE, dice))
    early, late, app = at("2020-11-27T01:00:00"), at("2020-12-09T02:30:00"), "7b1a9e0c-0000-4000-8000-00000000beef"
    signs += [signed(moment, admin, THIEF, "none", dice) for moment in (early, late)]
    mails += [mailed(moment, "robin", app, THIEF, dice) for moment in every(later(late, 7_200), 5, 60)]
    issued = [one | {} for one in issued]
    for place, one in enumerate(issued):
        one["Event"]["System"]["EventRecordID"] = 40_000 + place
    case = book("golden-saml").case("from = 2020-12-06\nto = 2020-12-14")
    case.fill(
        {
            "the token-signing key": "*adfs*",
            "whose sign-ins": f"{admin}@contoso.com",
            "the same accounts": f"{admin}@contoso.com",
            "a mailbox": "robin@contoso.com",
        },
        more=RING,
    ).ingest(
        signs_json=lines(signs),
        adfs_json=lines(issued),
        mail_json=lines(sorted(mails, key=lambda each: str(each["CreationTime"]))),
    )
    asked = ("query", "federated-sign-in-without-issuance", "-p", f"actor={admin}@contoso.com")
    thief = {row["time"][:16]: row["verdict"] for row in case.rows(*asked) if row["src_ip"] == THIEF}
    assert thief == {"2020-12-09T02:30": "found"}
    # before the ring's horizon every sign-in lacks its assertion, and nobody can say whose was forged
    older = case.rows(*asked, "--from", "2020-11-22", "--to", "2020-12-04")
    assert {row["verdict"] for row in older} == {"unknown"}
    assert "2020-11-27T01:00" in {row["time"][:16] for row in older}
    chain = case.chain()
    verdicts = {step: row["verdict"] for step, row in chain.items()}
    assert verdicts == verdicts | {"key": "unknown", "forged": "found_incomplete", "secret": "refuted"}
    assert verdicts["mail"] == "found"
    assert chain["key"]["windows"][0]["end"][:19] == chain["forged"]["latest"][:19]
