"""Windows events as XML, as people get them: exported, copied from the Event Viewer or a browser, escaped, in UTF-16."""

import json
from html import escape
from pathlib import Path

import pytest

from timeline.api import Case
from timeline.readers import xml
from timeline.readers.batch import Batch, Fault

EVENT = """<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event">
  <System>
    <Provider Name="Microsoft-Windows-Security-Auditing" Guid="{{54849625-5478-4994-A5BA-3E3B0328C30D}}" />
    <EventID>4624</EventID>
    <Keywords>0x8020000000000000</Keywords>
    <TimeCreated SystemTime="2023-05-01T10:00:{number:02d}.1234567Z" />
    <EventRecordID>{number}</EventRecordID>
    <Channel>Security</Channel>
    <Computer>host1.contoso.com</Computer>
    <Security />
  </System>
  <EventData>
    <Data Name="TargetUserName">zoë</Data>
    <Data Name="LogonType">10</Data>
    <Data Name="IpAddress">192.0.2.7</Data>
    <Data Name="ProcessName">&lt;a &amp; b&gt;</Data>
  </EventData>
</Event>"""
EVENTS = [EVENT.format(number=number) for number in range(1, 6)]
HEAD = '<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n'


def browser(text: str) -> str:
    """Give XML as a browser shows its tree."""
    return "\n".join(
        f"- {line.strip()}" if line.strip() in ("<System>", "<EventData>") else line for line in text.splitlines()
    )


SHAPES = {
    "one": EVENTS[0],
    "side by side": "\n".join(EVENTS),
    "one line": "".join(event.replace("\n", "") for event in EVENTS),
    "rooted": f"<Events>{''.join(EVENTS)}</Events>",
    "declared": f"{HEAD}<Events>\n{' '.join(EVENTS)}\n</Events>\n",
    "browser": "\n".join("- " + browser(event) for event in EVENTS),
    "escaped": escape("\n".join(EVENTS)),
    "escaped, rooted": escape(f"<Events>{''.join(EVENTS)}</Events>"),
    "CRLF": "\r\n".join(EVENTS).replace("\n", "\r\n"),
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("shape", SHAPES)
def test_every_way_to_paste_events_gives_the_same(tmp_path: Path, shape: str, encoding: str) -> None:
    text = SHAPES[shape]
    (tmp_path / "log.txt").write_bytes(text.encode(encoding))
    with Case.create(tmp_path / "case") as case:
        (row,) = case.ingest(tmp_path / "log.txt").iter_rows(named=True)
        events = case.events(raw=True).sort("time")
    count = 1 if shape == "one" else 5
    assert (row["records"], row["events"], row["rejected"]) == (count, count, 0)
    assert set(events["source"]) == {"windows.security"}
    assert set(events["actor"]) == {"zoë"}
    assert [str(time)[17:23] for time in events["time"]] == [f"{n:02d}.123" for n in range(1, count + 1)]
    assert all(each.startswith("<Event ") and each.endswith("</Event>") for each in events["raw"])


def cut(text: str, size: int = 1 << 20) -> tuple[list[str], list[Fault]]:
    data = text.encode()
    pieces = list(xml.cut(data[place : place + size] for place in range(0, len(data), size)))
    texts = [one for piece in pieces if isinstance(piece, Batch) for one in piece.text.to_pylist()]
    return texts, [piece for piece in pieces if isinstance(piece, Fault)]


@pytest.mark.parametrize("size", [1, 7, 64, 1000])
def test_the_size_of_blocks_makes_no_difference(size: int) -> None:
    text = f"{HEAD}<Events>{''.join(EVENTS)}</Events>"
    assert cut(text, size) == (EVENTS, [])


def test_a_broken_event_costs_only_itself_and_keeps_its_text() -> None:
    torn = EVENTS[1][: len(EVENTS[1]) // 2]
    texts, faults = cut("\n".join([EVENTS[0], torn, EVENTS[2], EVENTS[3].replace("</System>", ""), EVENTS[4], torn]))
    assert texts == [EVENTS[0], EVENTS[2], EVENTS[4]]
    assert [fault.number for fault in faults] == [2, 4, 6]
    assert faults[0].text == torn.rstrip()


def test_text_between_events_is_not_passed_over() -> None:
    texts, (fault,) = cut(f"{EVENTS[0]}\nand then somebody wrote this\n{EVENTS[1]}")
    assert len(texts) == 2
    assert (fault.number, "somebody" in fault.text) == (2, True)


def test_characters_that_xml_forbids_do_not_cost_a_record() -> None:
    texts, faults = cut(EVENTS[0].replace("zoë", "zo\x01&#x1f;"))
    assert (len(texts), faults) == (1, [])


def test_no_entity_is_resolved() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>' + EVENTS[0].replace("zoë", "&a;")
    texts, faults = cut(bomb)
    assert texts == []
    assert any("not well-formed" in fault.reason for fault in faults)


def test_the_json_is_that_of_binary_logs() -> None:
    (batch,) = [piece for piece in xml.cut([EVENTS[0].encode()]) if isinstance(piece, Batch)]
    assert batch.meant is not None
    told = json.loads(batch.meant[0].as_py())["Event"]
    assert told["System"]["Provider"]["#attributes"]["Name"] == "Microsoft-Windows-Security-Auditing"
    assert told["System"]["EventRecordID"] == "1"
    assert told["System"]["Security"] is None
    assert told["EventData"] == {
        "TargetUserName": "zoë",
        "LogonType": "10",
        "IpAddress": "192.0.2.7",
        "ProcessName": "<a & b>",
    }


def test_unnamed_data_and_qualifiers_keep_their_shape() -> None:
    text = '<Event><System><EventID Qualifiers="0">1000</EventID></System><EventData><Data>a</Data><Data>b</Data></EventData></Event>'
    (batch,) = [piece for piece in xml.cut([text.encode()]) if isinstance(piece, Batch)]
    assert batch.meant is not None
    told = json.loads(batch.meant[0].as_py())["Event"]
    assert told["System"]["EventID"] == {"#attributes": {"Qualifiers": "0"}, "#text": "1000"}
    assert told["EventData"] == {"Data": {"#text": ["a", "b"]}}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_json_lines_escaped_as_in_a_web_page_are_read(tmp_path: Path, encoding: str) -> None:
    record = {"CreationTime": "2023-05-01T00:00:00", "Id": "1", "RecordType": 15, "Operation": "UserLoggedIn", "Workload": "AzureActiveDirectory",
              "UserId": "o'neil@contoso.com", "Note": 'a "b" & <c> é'}  # fmt: skip
    lines = "".join(json.dumps({**record, "Id": str(number)}) + "\n" for number in range(4000))
    (tmp_path / "log").write_bytes(escape(lines).encode(encoding))
    with Case.create(tmp_path / "case") as case:
        (row,) = case.ingest(tmp_path / "log").iter_rows(named=True)
        events = case.events(raw=True)
    assert (row["records"], row["events"]) == (4000, 4000)
    assert set(events["actor"]) == {"o'neil@contoso.com"}
    assert sorted(events["raw"]) == sorted(lines.splitlines())
