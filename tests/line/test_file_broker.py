"""The file broker: what one process writes while another reads is there whole or not at all."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection, Exchange, Queue
from kombu.exceptions import ChannelError

from newsdesk.launch.broker import clear_files

MESSAGES = 200


@pytest.fixture
def broker(tmp_path: Path) -> Connection:
    clear_files(tmp_path)
    folder = str(tmp_path / "broker")
    options = {"data_folder_in": folder, "data_folder_out": folder, "control_folder": f"{folder}/control"}
    return Connection(transport="newsdesk.file_broker:Transport", transport_options=options)


def test_a_message_is_never_read_half_written(broker: Connection) -> None:
    def write() -> None:
        with broker.clone() as connection:
            messages = connection.SimpleBuffer("desk")
            for number in range(MESSAGES):
                messages.put({"number": number, "text": "x" * 5000})

    read: list[int] = []
    writer = threading.Thread(target=write)
    with broker as connection:
        messages = connection.SimpleBuffer("desk")
        writer.start()
        while writer.is_alive() or messages.qsize():
            try:
                read.append(messages.get(block=False).payload["number"])
            except Empty:
                time.sleep(0.001)
    writer.join()
    assert read == list(range(MESSAGES))


def test_many_that_declare_their_queues_at_once_all_find_them(broker: Connection) -> None:
    def declare(number: int) -> None:
        with broker.clone() as connection:
            Queue(f"queue-{number}", Exchange("wide", type="fanout"), channel=connection.default_channel).declare()

    threads = [threading.Thread(target=declare, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with broker as connection:
        table = connection.default_channel.get_table("wide")
    assert {bound.queue for bound in table} == {f"queue-{number}" for number in range(20)}


def test_a_message_that_finds_no_room_leaves_nothing_to_be_read(broker: Connection, tmp_path: Path) -> None:
    with broker as connection:
        messages = connection.SimpleBuffer("x" * 220)  # a name too long for the disk stands for a full one
        with pytest.raises(ChannelError, match="cannot write"):
            messages.put({"number": 1})
    assert list((tmp_path / "broker").glob("*msg*")) == []
    assert list((tmp_path / "broker").glob(".*")) == []
