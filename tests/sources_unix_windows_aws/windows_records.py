"""Windows records of our own, one for each kind that the sources tell apart, with their values in the order of the vendor's templates."""

from __future__ import annotations

from tests.sources_unix_windows_aws.windows_shapes import CLASSIC, CLEARED, FAILURE, SYSMON, Record

DOMAIN = "S-1-5-21-3457937927-2839227994-823803824-"
SUBJECT = {
    "SubjectUserSid": f"{DOMAIN}1103",
    "SubjectUserName": "dana",
    "SubjectDomainName": "CONTOSO",
    "SubjectLogonId": "0x5a1f3c",
}
NOBODY = {"SubjectUserSid": "S-1-0-0", "SubjectUserName": "-", "SubjectDomainName": "-", "SubjectLogonId": "0x0"}
DANA = {"TargetUserSid": f"{DOMAIN}1103", "TargetUserName": "dana", "TargetDomainName": "CONTOSO"}
NEW = {"TargetUserName": "helpdesk2", "TargetDomainName": "CONTOSO", "TargetSid": f"{DOMAIN}1199"}
ZERO = "{00000000-0000-0000-0000-000000000000}"
GUID = "{5f1cbbd1-2e41-4d0c-9c7e-77d2bb9f9d10}"
HASH = "SHA256=" + "0123456789abcdef" * 4
ACTIVITY, INSTANCE = "bc38fffc-f8ab-42f2-b5e3-69fabf2e20e6", "3d7a0b1e-55aa-4c1f-a4a1-0c0f4b1d2e3f"
REPORT = "0f2d1c3b-7a5e-4b6c-8d9e-112233445566"
AUDIT = (
    "<AuditBase><RelyingParty>urn:federation:MicrosoftOnline</RelyingParty><UserId>dana@contoso.com</UserId>"
    "<IpAddress>198.51.100.23,10.0.0.4</IpAddress><UserAgentString>Mozilla/5.0</UserAgentString></AuditBase>"
)


def _values(text: str) -> dict[str, str]:
    """Read `name=value` pairs; `~` stands for a blank."""
    return {name: value.replace("~", " ") for name, _, value in (part.partition("=") for part in text.split())}


def _security(number: int, event: int, *parts: dict[str, str], keywords: str = "", computer: str = "") -> Record:
    data = {name: value for part in parts for name, value in part.items()}
    time = f"2023-06-14T08:{number % 60:02}:11.1234567"
    return Record(number, event, time, data, keywords=keywords or Record.keywords, computer=computer or Record.computer)


def _ticket(number: int, event: int, text: str, keywords: str = "") -> Record:
    return _security(number, event, _values(text), keywords=keywords, computer="DC01.contoso.com")


def _adfs(number: int, event: int, data: list[str], keywords: str = "") -> Record:
    time = f"2023-06-14T10:00:{number % 60:02}.1234567"
    server = "ADFS01.contoso.com"
    return Record(
        number, event, time, data, provider="AD FS Auditing", computer=server, keywords=keywords or Record.keywords
    )


def _sysmon(number: int, event: int, text: str) -> Record:
    head = f"RuleName=- UtcTime=2023-06-14~09:00:{number % 60:02}.120 ProcessGuid={GUID} ProcessId=4711 User=CONTOSO\\dana "
    time = f"2023-06-14T09:00:{number % 60:02}.1230000"
    channel = "Microsoft-Windows-Sysmon/Operational"
    return Record(number, event, time, _values(head + text), channel, SYSMON, "WS6.contoso.com", CLASSIC)


FILE = "ObjectServer=Security ObjectType=File ObjectName=D:\\dumps\\a.dmp HandleId=0x1a4 "
CLIENT = "IpAddress=::ffff:198.51.100.23 IpPort=51420"
LOGON = "LogonProcessName=Kerberos AuthenticationPackageName=Kerberos WorkstationName="
SHARE = "ObjectType=File IpAddress=198.51.100.23 IpPort=51422 ShareName=\\\\*\\dumps ShareLocalPath=\\??\\D:\\dumps "
PLACE = f"TransmittedServices=- LmPackageName=- KeyLength=0 ProcessId=0x0 ProcessName=- {CLIENT}"
RECORDS = (
    _security(
        90101,
        4624,
        NOBODY,
        DANA,
        _values(f"TargetLogonId=0x5a1f3c LogonType=3 {LOGON}- LogonGuid={GUID} {PLACE}"),
    ),
    _security(
        90102,
        4625,
        NOBODY,
        _values(
            f"TargetUserSid=S-1-0-0 TargetUserName=mallory TargetDomainName=- Status=0xc000006d FailureReason=%%2313 SubStatus=0xc0000064 LogonType=3 {LOGON}KALI {PLACE}"
        ),
        keywords=FAILURE,
    ),
    _security(90103, 4634, DANA, _values("TargetLogonId=0x5a1f3c LogonType=3")),
    _security(90104, 4647, DANA, _values("TargetLogonId=0x5a1f3c")),
    _security(
        90105,
        4648,
        SUBJECT,
        _values(
            f"LogonGuid={ZERO} TargetUserName=svc TargetDomainName=CONTOSO TargetLogonGuid={ZERO} TargetServerName=dc01 TargetInfo=dc01 ProcessId=0x9c4 ProcessName=C:\\runas.exe IpAddress=- IpPort=-"
        ),
    ),
    _security(90106, 4672, SUBJECT, _values("PrivilegeList=SeBackupPrivilege")),
    _security(
        90107,
        4656,
        SUBJECT,
        _values(
            f"{FILE}TransactionId={ZERO} AccessList=%%4416 AccessReason=- AccessMask=0x1 PrivilegeList=- RestrictedSidCount=0 ProcessId=0x4 ProcessName=C:\\explorer.exe"
        ),
    ),
    _security(
        90108,
        4663,
        SUBJECT,
        _values(f"{FILE}AccessList=%%4416 AccessMask=0x1 ProcessId=0x4 ProcessName=C:\\explorer.exe"),
    ),
    _security(90109, 5140, SUBJECT, _values(f"{SHARE}AccessMask=0x1 AccessList=%%4416")),
    _security(
        90110, 5145, SUBJECT, _values(f"{SHARE}RelativeTargetName=a.dmp AccessMask=0x2 AccessList=%%4417 AccessReason=-")
    ),
    _security(90111, 4688, SUBJECT, _values("NewProcessId=0x11c8 NewProcessName=C:\\cmd.exe TokenElevationType=%%1936")),
    _security(
        90112,
        4719,
        SUBJECT,
        _values(
            "CategoryId=%%8274 SubcategoryId=%%12800 SubcategoryGuid={0CCE921D-69AE-11D9-BED3-505054503030} AuditPolicyChanges=%%8448"
        ),
    ),
    _security(
        90113, 4907, SUBJECT, _values(f"{FILE}OldSd=S:ARAI(AU) NewSd=S:ARAI ProcessId=0x9c4 ProcessName=C:\\cmd.exe")
    ),
    _security(
        90114,
        4616,
        SUBJECT,
        _values("PreviousTime=2023-06-14T08:31:59Z NewTime=2023-06-14T08:32:00Z ProcessId=0x4 ProcessName=C:\\svc.exe"),
    ),
    _security(90115, 4720, NEW, SUBJECT, _values("PrivilegeList=-")),
    _security(90116, 4738, {"Dummy": "-"}, NEW, SUBJECT),
    _security(
        90117,
        4728,
        {"MemberName": "CN=helpdesk2,DC=contoso,DC=com", "MemberSid": f"{DOMAIN}1199"},
        {"TargetUserName": "Domain Admins", "TargetDomainName": "CONTOSO", "TargetSid": f"{DOMAIN}512"},
        SUBJECT,
    ),
    Record(
        90118,
        1102,
        "2023-06-14T08:50:00.1234567",
        SUBJECT,
        provider="Microsoft-Windows-Eventlog",
        keywords=CLEARED,
        user_data="LogFileCleared",
    ),
    _ticket(
        55001,
        4768,
        f"TargetUserName=dana TargetDomainName=CONTOSO TargetSid={DOMAIN}1103 ServiceName=krbtgt ServiceSid={DOMAIN}502 TicketOptions=0x4 Status=0x0 TicketEncryptionType=0x12 PreAuthType=2 {CLIENT} CertIssuerName= CertSerialNumber= CertThumbprint=AB12",
    ),
    _ticket(
        55002,
        4769,
        f"TargetUserName=dana@CONTOSO.COM TargetDomainName=CONTOSO ServiceName=FS01$ ServiceSid={DOMAIN}1110 TicketOptions=0x4 TicketEncryptionType=0x12 {CLIENT} Status=0x0 LogonGuid={GUID}",
    ),
    _ticket(
        55003,
        4770,
        f"TargetUserName=dana@CONTOSO.COM TargetDomainName=CONTOSO ServiceName=krbtgt ServiceSid={DOMAIN}502 TicketOptions=0x2 TicketEncryptionType=0x12 {CLIENT}",
    ),
    _ticket(
        55004,
        4771,
        f"TargetUserName=mallory TargetSid={DOMAIN}1666 ServiceName=krbtgt TicketOptions=0x4 Status=0x18 PreAuthType=2 {CLIENT}",
        FAILURE,
    ),
    _ticket(55005, 4776, "PackageName=MICROSOFT TargetUserName=mallory Workstation=KALI Status=0xc0000064", FAILURE),
    _adfs(1201, 1202, [ACTIVITY, AUDIT]),
    _adfs(1202, 1200, [ACTIVITY, AUDIT]),
    _adfs(1203, 299, [INSTANCE, ACTIVITY, "urn:federation:MicrosoftOnline"]),
    _adfs(1204, 500, [INSTANCE, "http://schemas.xmlsoap.org/claims/UPN", "dana@contoso.com"]),
    _adfs(1205, 412, [INSTANCE, ACTIVITY, "http://schemas.example.com/tokens", "urn:federation:MicrosoftOnline"]),
    _adfs(1206, 501, [INSTANCE, "http://schemas.xmlsoap.org/claims/UPN", "dana@contoso.com"]),
    _adfs(1207, 1203, [ACTIVITY, AUDIT], FAILURE),
    _sysmon(7001, 1, f"Image=C:\\procdump.exe CommandLine=procdump~lsass.exe Hashes={HASH}"),
    _sysmon(7002, 3, "Image=C:\\send.exe Protocol=tcp SourceIp=192.0.2.40 DestinationIp=203.0.113.9"),
    _sysmon(7003, 11, "Image=C:\\procdump.exe TargetFilename=C:\\Temp\\lsass.dmp"),
    _sysmon(7004, 15, f"Image=C:\\edge.exe TargetFilename=C:\\Temp\\tool.zip:Zone.Identifier Hash={HASH}"),
    _sysmon(7005, 23, f"Image=C:\\procdump.exe TargetFilename=C:\\Temp\\lsass.dmp Hashes={HASH}"),
    _sysmon(7006, 26, f"Image=C:\\procdump.exe TargetFilename=C:\\Temp\\tool.zip Hashes={HASH}"),
    Record(
        3001,
        1000,
        "2023-06-14T07:59:00.0000000",
        ["signer.exe", "4.2", "60a1", "ntdll.dll", "10.0", "5f6e", "c0000005", "023a", "1f40", "01d9", "C:\\signer.exe", "C:\\ntdll.dll", REPORT],
        "Application",
        "Application Error",
        keywords=CLASSIC,
    ),
    Record(
        3002,
        1001,
        "2023-06-14T07:59:03.0000000",
        ["123", "5", "APPCRASH", "-", "0", "signer.exe", "4.2", "60a1", "ntdll.dll", "10.0", "5f6e", "c0000005", "023a", "", "", "\\\\?\\C:\\Temp\\WER1.tmp.mdmp", "C:\\WER\\ReportArchive\\x", "", "0", REPORT],
        "Application",
        "Windows Error Reporting",
        keywords=CLASSIC,
    ),
    Record(
        801,
        1001,
        "2023-06-14T06:00:00.0000000",
        {"param1": "0x0000007e (0x1)", "param2": "C:\\Windows\\MEMORY.DMP", "param3": REPORT},
        "System",
        "Microsoft-Windows-WER-SystemErrorReporting",
        keywords=CLASSIC,
    ),
    Record(
        802,
        104,
        "2023-06-14T08:50:02.0000000",
        {"SubjectUserName": "dana", "SubjectDomainName": "CONTOSO", "Channel": "System", "BackupPath": ""},
        "System",
        "Microsoft-Windows-Eventlog",
        keywords=CLASSIC,
        user_data="LogFileCleared",
    ),
)  # fmt: skip
