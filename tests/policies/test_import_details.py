"""What exports say in passing, and how their mistakes are told."""

import pytest
from importing import Importing, days

from timeline.errors import CaseError
from timeline.policies.imports import aws
from timeline.policies.imports.facts import Export, Remark

TRAIL = {
    "Name": "main",
    "S3BucketName": "logs",
    "IsMultiRegionTrail": True,
    "HomeRegion": "us-east-1",
    "TrailARN": "arn:aws:cloudtrail:us-east-1:111122223333:trail/main",
}


@pytest.mark.parametrize(("told", "count"), [({"LogFileValidationEnabled": False}, 1), ({}, 0)])
def test_that_there_are_no_digests_is_only_remarked_where_the_export_says_so(told: dict[str, bool], count: int) -> None:
    export = Export("trails.json", "", {"trailList": [TRAIL | told]})
    (reader,) = (each for each in aws.READERS if each.knows(export))
    assert len([fact for fact in reader.read(export) if isinstance(fact, Remark)]) == count


def test_the_name_in_a_message_is_that_of_the_users_file(imported: Importing) -> None:
    with pytest.raises(CaseError, match=r"odd\.json: looks like") as told:
        imported(odd_json={"id": "/subscriptions/x/workspaces/logs", "retentionInDays": "many"})
    assert str(imported.folder) in str(told.value)


def test_a_table_without_a_limit_of_its_own_is_kept_as_its_workspace_is(imported: Importing) -> None:
    root = "/subscriptions/s/resourceGroups/g/providers/Microsoft.OperationalInsights/workspaces/logs"
    setting = {
        "value": [
            {
                "id": "/providers/microsoft.aadiam/diagnosticSettings/all",
                "name": "all",
                "workspaceId": root,
                "logs": [{"category": "SignInLogs", "enabled": True}],
            }
        ]
    }
    found = imported(
        setting_json=setting,
        workspace_json={"id": root, "retentionInDays": 60},
        tables_json=[
            {
                "id": f"{root}/tables/SigninLogs",
                "name": "SigninLogs",
                "retentionInDays": None,
                "totalRetentionInDays": None,
            }
        ],
    )
    (kept,) = [days(one) for (stream, store), one in found.items() if stream.startswith("entra.signin.interactive")]
    assert kept == [60]


def test_rotated_files_are_no_older_than_their_maxage(imported: Importing) -> None:
    block = "/var/log/auth.log {\n  weekly\n  rotate 52\n  maxage 30\n}\n"
    found = imported({"host": "web"}, logrotate_conf=block)
    assert days(found["linux.auth/web", "native"]) == [30]


def test_a_trail_that_terraform_keeps_off_is_not_enabled(imported: Importing) -> None:
    values = {
        "name": "main",
        "s3_bucket_name": "logs",
        "is_multi_region_trail": True,
        "home_region": "us-east-1",
        "arn": TRAIL["TrailARN"],
        "enable_logging": False,
    }
    state = {
        "terraform_version": "1.9.0",
        "values": {
            "root_module": {
                "resources": [
                    {"address": "aws_cloudtrail.main", "mode": "managed", "type": "aws_cloudtrail", "values": values}
                ]
            }
        },
    }
    ((_, policy),) = imported(state_json=state).items()
    assert policy["enabled"] == ()
