"""Who and what there is at Contoso: people, programs, accounts, addresses and the dates of the story."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tests.story.dice import Dice, at

_ids = Dice("world")
TENANT = _ids.guid()
SUBSCRIPTION = _ids.guid()
BOOT = _ids.guid().replace("-", "")
OFFICE, VPN_OLD, VPN_NEW = "198.51.100.10", "198.51.100.20", "198.51.100.24"
VPN_MOVED = at("2023-06-03T06:00:00")

CRASH = at("2021-04-14T02:47:45")
UPLOAD = at("2021-04-14T03:02:11.418237")
COPY = at("2021-04-22T13:26:40.905514")
COMPROMISE = at("2021-09-14T02:41:07.331820")
FIRST_FORGED = at("2023-05-15T01:12:33")
LAST_FORGED = at("2023-06-16T07:48:09")
DETECTION = at("2023-06-16T13:05:00")

REVIEW_2021 = at("2021-05-06T08:00:00")
SPRAY_2021 = at("2021-09-20T16:00:00")
PULL_2023 = at("2023-06-20T07:00:00")
FINAL_2023 = at("2023-07-12T09:00:00")
STORAGE_FROM_2021 = at("2021-04-06T08:00:00")  # 30 days before the review
SIGN_IN_FROM_2021 = at("2021-08-21T16:00:00")  # 30 days before the export
AUDIT_FROM_2021 = at("2021-06-22T16:00:00")  # 90 days before the export
FROM_2023 = at("2023-04-13T09:00:00")  # 90 days before the last collection

SIGNER = "core.sts-signer.998." + BOOT + ".4127.1618368465000000.zst"
PROD_DUMP = f"https://proddumps.blob.core.windows.net/crash/2021/04/14/{SIGNER}"
DEBUG_DUMP = f"https://debugdumps.blob.core.windows.net/triage/INC-20871/{SIGNER}"
DUMP_SIZE = 48_627_311
DUMP_MD5 = Dice("dump").base64(16)
THIEF_2021 = "203.0.113.77"
THIEF_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:78.0) Gecko/20100101 Firefox/78.0"
THIEVES_2023 = ("203.0.113.140", "203.0.113.151")


@dataclass(frozen=True)
class Person:
    """One employee with the addresses and programs that are usual for them."""

    name: str
    oid: str
    home: str
    device: str
    mac: bool = False

    @property
    def upn(self) -> str:
        return f"{self.name}@contoso.com"

    @property
    def display(self) -> str:
        return self.name.replace(".", " ").title()

    def browser(self, moment: datetime) -> str:
        """State the browser of the time: everybody's is renewed by the company's own update ring."""
        system = "Macintosh; Intel Mac OS X 10_15_7" if self.mac else "Windows NT 10.0; Win64; x64"
        chrome = version(moment)
        tail = "" if self.mac else f" Edg/{chrome}.0.0.0"
        return (
            f"Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{chrome}.0.0.0 Safari/537.36{tail}"
        )

    def client(self, moment: datetime) -> str:
        build = "16.0.14228" if moment.year == 2021 else "16.0.16327"
        return f"Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook {build}; Pro)"


def version(moment: datetime) -> int:
    if moment.year == 2021:
        return 92 if moment < at("2021-09-05T00:00:00") else 93
    return 112 if moment < at("2023-06-05T00:00:00") else 114


@dataclass(frozen=True)
class Program:
    """A client application, a service principal, a managed identity or a service."""

    name: str
    app_id: str
    oid: str = ""


def _person(name: str, home: str, *, mac: bool = False) -> Person:
    return Person(name, _ids.guid(), home, _ids.guid(), mac)


AVERY = _person("avery.chen", "192.0.2.31")
DANA = _person("dana.wolff", "192.0.2.44", mac=True)
LEE = _person("lee.sandoval", "2001:db8:41:7::1a")
MORGAN = _person("morgan.diaz", "192.0.2.58")
ROBIN = _person("robin.adeyemi", "192.0.2.73")
SAM = _person("sam.okafor", "2001:db8:52:9::c0de", mac=True)
JORDAN = _person("jordan.pike", "192.0.2.90")
RILEY = _person("riley.novak", "192.0.2.101")
CASEY = _person("casey.brandt", "192.0.2.117", mac=True)
QUINN = _person("quinn.hale", "192.0.2.133")
PEOPLE = (AVERY, DANA, LEE, MORGAN, ROBIN, SAM, JORDAN, RILEY, CASEY, QUINN)

OFFICE_APP = Program("Microsoft Office", "d3590ed6-52b3-4102-aeff-aad2292ab01c")
TEAMS_APP = Program("Microsoft Teams", "1fec8e78-bce4-4aaf-ab1b-5451cc387264")
DRIVE_APP = Program("OneDrive SyncEngine", "ab9b8c07-8f02-4f72-87fa-80105867a763")
PORTAL_APP = Program("Azure Portal", "c44b4083-3bb0-49c1-b47d-974e53cbdf3c")
OWA_APP = Program("One Outlook Web", "9199bf20-a13f-4107-85dc-02114787ef48")
EXPLORER_APP = Program("Microsoft Azure Storage Explorer", "579a7132-0e58-4d80-b1e1-7a1e2d337859")
EXCHANGE = Program("Office 365 Exchange Online", "00000002-0000-0ff1-ce00-000000000000")
SHAREPOINT = Program("Office 365 SharePoint Online", "00000003-0000-0ff1-ce00-000000000000")
GRAPH = Program("Microsoft Graph", "00000003-0000-0000-c000-000000000000")
MANAGEMENT = Program("Windows Azure Service Management API", "797f4846-ba00-4fd7-ba43-dac1f8f63013")
STORAGE = Program("Azure Storage", "e406a681-f3d4-42a8-90b6-c2b029497af1")
ARCHIVER = Program("contoso-mail-archiver", _ids.guid(), _ids.guid())
TERRAFORM = Program("contoso-terraform", _ids.guid(), _ids.guid())
BACKUP = Program("contoso-backup", _ids.guid(), _ids.guid())
UPLOADER = Program("mi-crash-uploader", _ids.guid(), _ids.guid())
BUILDER = Program("mi-build-agent", _ids.guid(), _ids.guid())
