"""The backend and the plain evaluator say the same of every record, for made-up rules with every modifier on every shape of log."""

import random
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.sigma.agreement import Compared, compare

PRODUCTS = {
    "aws/cloudtrail": ["eventName", "userIdentity.type", "requestParameters.bucketName", "errorCode", "userAgent", "resources.ARN"],
    "azure/auditlogs": ["properties.message", "Category", "TargetResources.ModifiedProperties.NewValue", "initiatedBy.user.userPrincipalName"],
    "azure/signinlogs": ["ResultType", "deviceDetail.deviceId", "ResultDescription", "properties.message"],
    "okta/okta": ["eventType", "target.displayName", "outcome.reason", "debugContext.debugData.requestUri"],
    "gcp/gcp.audit": ["gcp.audit.method_name", "data.protoPayload.serviceName"],
    "m365/audit": ["Operation", "Workload", "ObjectId"],
    "windows/security": ["EventID", "TargetUserName", "CommandLine", "Provider_Name"],
}  # fmt: skip
TEXTS = [
    "Delete*", "*admin*", "Get?bject", r"C:\Windows\*\cmd.exe", r"100\%", "under_score", r"a\*b", r"back\\slash", "ÜMLAUT*", "it's", 'say "so"', "$1; DROP", "4624",
    "two words", "a.b", "[x]", "{y}", "tab\there", "new\nline", "emoji 😀", "K", "",
]  # fmt: skip
MODIFIERS = ["", "contains", "startswith", "endswith", "contains|all", "cased", "startswith|cased", "base64", "base64offset|contains", "wide|base64offset|contains",
             "windash|contains", "endswith|cased"]  # fmt: skip
OTHERS: list[tuple[str, Any]] = [
    ("re", "^a.*b$"), ("re", "(?i)x{1,3}y"), ("re|i", "ADMIN|root"), ("re|i|s", "new.line"), ("re", r"\d{3}-\d+"), ("cidr", "198.51.100.0/24"), ("cidr", "2001:db8::/32"),
    ("gt", 5), ("gte", 5), ("lt", 5), ("lte", 5.5), ("exists", True), ("exists", False), ("", None), ("", 4624), ("", True), ("", [None, "x"]), ("minute", 7), ("hour", 3),
]  # fmt: skip
CONDITIONS = [
    "a", "not a", "a and b", "a or b", "a and not b", "not (a or b)", "1 of them", "all of them", "a and not 1 of filter_*", "(a or b) and not filter_one", "1 of a* or all of b*",
    "not a and not b", "a and (b or not filter_one)",
]  # fmt: skip


def item(draw: random.Random, field: str) -> tuple[str, Any]:
    if draw.random() < 0.35:
        word, value = draw.choice(OTHERS)
        return (f"{field}|{word}" if word else field), value
    word = draw.choice(MODIFIERS)
    texts = draw.sample(TEXTS[:-1] if word else TEXTS, draw.choice([1, 1, 2, 3]))
    texts = [text for text in texts if text.count("-") < 3]
    plain = [text.replace("*", "").replace("?", "").replace("\\", "") or "x" for text in texts]
    if "wide" in word:
        plain = [text.encode("ascii", "ignore").decode() or "x" for text in plain]
    chosen = plain if "base64" in word else texts
    return (f"{field}|{word}" if word else field), chosen if len(chosen) > 1 else chosen[0]


def selection(draw: random.Random, fields: list[str]) -> Any:
    if draw.random() < 0.1:
        return [draw.choice(["alice", "*noop*", "C:\\\\x", "it's", 17])]
    whole = dict(item(draw, field) for field in draw.sample(fields, draw.choice([1, 1, 2])))
    return [whole, dict([item(draw, draw.choice(fields))])] if draw.random() < 0.2 else whole


def made_up(number: int, draw: random.Random) -> dict[str, Any]:
    shape = draw.choice(sorted(PRODUCTS))
    product, service = shape.split("/")
    names = ("a", "b", "filter_one")
    detection = {name: selection(draw, PRODUCTS[shape]) for name in names} | {"condition": draw.choice(CONDITIONS)}
    if draw.random() < 0.1 and len(PRODUCTS[shape]) > 1:
        one, other = draw.sample(PRODUCTS[shape], 2)
        detection["b"] = {f"{one}|fieldref{draw.choice(['', '|startswith', '|endswith'])}": other}
    return {"title": f"Made up {number}", "logsource": {"product": product, "service": service}, "detection": detection}


def check(folder: Path, rules: list[dict[str, Any]]) -> Compared:
    place = folder / "rules"
    place.mkdir()
    paths = {}
    for number, rule in enumerate(rules):
        path = place / f"r{number:03}.yml"
        path.write_text(yaml.safe_dump(rule, allow_unicode=True), encoding="utf-8")
        paths[path] = yaml.safe_load(path.read_text(encoding="utf-8"))
    case = folder / "case"
    case.mkdir()
    return compare(paths, case, seed=len(rules))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_backend_and_evaluator_agree_on_made_up_rules(seed: int, tmp_path: Path) -> None:
    draw = random.Random(seed)
    result = check(tmp_path, [made_up(number, draw) for number in range(60)])
    assert (result.refused, result.wrong) == ([], [])
    assert result.agreed == 60
    assert result.matched > 500
    assert len(result.never) < 20
