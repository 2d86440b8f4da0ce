"""The commands of the world, and that it keeps what they changed."""

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from rehearsal.samples import read_estate
from rehearsal.server import Rehearsal
from tests.rehearsal import exact, twinfield
from tests.rehearsal.client import Client

ROOT = Path(__file__).resolve().parent.parent.parent
HERE = {"from": "TWF-A", "to": "TWF-B"}


def codes(client: Client, organisation: str) -> list[str]:
    [found] = [row for row in client.read("estate") if row["name"] == organisation]
    return [row["code"] for row in found["administrations"]]


def test_a_copy_leaves_the_source_as_it_was(client: Client) -> None:
    client.control("move", administration="001", code="NL001", **HERE)

    assert codes(client, "TWF-A") == ["001", "NL200"]
    assert codes(client, "TWF-B") == ["NL001"]


def test_the_source_can_be_removed_with_the_move(client: Client) -> None:
    client.control("move", administration="t1", remove_source=True, **HERE)

    assert codes(client, "TWF-A") == ["NL200"]
    assert codes(client, "TWF-B") == ["001"]


@pytest.mark.parametrize(
    ("command", "values"),
    [
        ("move", {"administration": "x", **HERE}),
        ("move", {"administration": "001", "from": "TWF-A", "to": "EX-A"}),
        ("move", {"administration": "001", "from": "TWF-A", "to": "TWF-A"}),
        ("move", {"administration": "001", "from": "EX-B", "to": "EX-A"}),
        ("rename", {"organisation": "TWF-A", "code": "001", "new_code": "NL200"}),
        ("set", {"organisation": "TWF-A", "code": "001", "status": "gone"}),
        ("fault", {"organisation": "EX-A", "fault": "soap_fault"}),
        ("fault", {"fault": "unheard"}),
        ("limits", {"unheard": 1}),
        ("add", {"organisation": "TWF-A"}),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    client: Client, command: str, values: dict[str, str]
) -> None:
    before = client.read("estate")

    reply = client.command(command, values)

    assert reply.status == 400
    assert reply.json["error"]
    assert client.read("estate") == before
    assert client.read("fault") == []


def test_a_new_code_takes_the_place_of_the_old_one(client: Client) -> None:
    client.control("rename", organisation="TWF-A", code="001", new_code="002")

    assert codes(client, "TWF-A") == ["002", "NL200"]


def test_a_consent_that_was_taken_back_is_worth_nothing(client: Client) -> None:
    tokens = exact.signed_in(client)
    client.control("revoke", organisation="EX-A")
    client.control("clock", ahead=600)

    renewed = exact.renew(client, tokens["refresh_token"])

    assert exact.ask_divisions(client, tokens["access_token"]).status == 401
    assert renewed.json["error"] == "invalid_grant"


def test_tokens_can_be_made_to_end(client: Client) -> None:
    token = twinfield.signed_in(client)
    client.control("expire")

    assert twinfield.fault_code(twinfield.ask_offices(client, token)) == 354


def test_a_limit_can_be_set_and_lifted(client: Client) -> None:
    token = twinfield.signed_in(client)
    client.control("limits", twinfield_credits=1)
    two = [twinfield.ask_offices(client, token).status for _ in range(2)]
    client.control("limits", twinfield_credits=None)

    assert two == [200, 429]
    assert twinfield.ask_offices(client, token).status == 200


def test_the_log_tells_each_call_and_no_token(client: Client) -> None:
    token = twinfield.signed_in(client)
    client.control("log/clear")
    twinfield.ask_offices(client, token)

    [row] = client.log()

    assert (row["organisation"], row["kind"], row["status"]) == (
        "TWINFIELD:TWF-A",
        "list",
        200,
    )
    assert row["start"] < row["end"]
    assert token not in json.dumps(row)


def test_a_page_elsewhere_cannot_send_a_command(client: Client) -> None:
    values = {"organisation": "TWF-A", "code": "X"}

    reply = client.page("/control/add", values)

    assert reply.status == 415
    assert codes(client, "TWF-A") == ["001", "NL200"]


def test_a_restart_keeps_estate_consents_and_certificates(
    client: Client, rehearsal: Rehearsal, tmp_path: Path
) -> None:
    token = twinfield.signed_in(client)
    client.control("rename", organisation="TWF-A", code="001", new_code="002")
    authority = rehearsal.ca_file.read_bytes()
    rehearsal.stop()
    again = Rehearsal(tmp_path / "rehearsal")
    again.start()

    offices = twinfield.offices_in(twinfield.ask_offices(Client(again), token))
    again.stop()

    assert [code for code, _name in offices] == ["002", "NL200"]
    assert again.ca_file.read_bytes() == authority


def test_the_state_holds_no_token_and_is_its_owners_alone(
    client: Client, rehearsal: Rehearsal
) -> None:
    tokens = exact.signed_in(client)
    folder = rehearsal.ca_file.parent
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}

    text = (folder / "estate.json").read_text()

    assert tokens["access_token"] not in text
    assert tokens["refresh_token"] not in text
    assert modes["estate.json"] == modes["server.pem"] == 0o600
    assert modes["ca.pem"] & 0o444 == 0o444


def test_the_samples_are_a_world(tmp_path: Path) -> None:
    world = Rehearsal(tmp_path, read_estate(ROOT / "samples"))
    world.stop()
    organisations = world.world.organisations

    ids = [
        each.external_id
        for organisation in organisations.values()
        for each in organisation.administrations
        if organisation.package != "TWINFIELD"
    ]
    assert {"EXACT_ONLINE:NL:EX-OOST-1", "EXACT_ONLINE:BE:EX-OOST-1"} <= {
        *organisations
    }
    assert len(ids) == len(set(ids))
    assert "" not in ids


def test_it_starts_from_the_command_line_and_can_be_told(tmp_path: Path) -> None:
    program = [sys.executable, "-m", "rehearsal"]
    state = ["--state", str(tmp_path)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [*program, *state, "--samples", str(ROOT / "samples")],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as running:
        assert running.stdout is not None
        line = running.stdout.readline()
        process = subprocess.run(
            [
                *program,
                "tell",
                "rename",
                *state,
                "organisation=TWF-NOORD",
                "code=NL2041",
                "new_code=0042",
            ],
            capture_output=True,
            text=True,
            check=True,
            env=environment,
        )
        running.send_signal(signal.SIGTERM)

    assert "http://127.0.0.1:" in line
    assert json.loads(process.stdout)["code"] == "0042"
    assert running.returncode == 0
