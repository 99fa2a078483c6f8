"""Whether a Kafka broker is ready: the smallest request that needs a working one, without a client that logs its failures."""
from __future__ import annotations

import socket
import struct

METADATA = (3, 1)  # request and version
PATIENCE = 0.5  # seconds


def brokers_seen(host: str, port: int) -> set[int]:
    """The numbers of the brokers that the one at `host:port` tells clients of; none while it does not answer."""
    body = struct.pack(">hhih", *METADATA, 1, 1) + b"t" + struct.pack(">i", 0)  # correlation id 1, client id "t", no topics
    try:
        with socket.create_connection((host, port), PATIENCE) as connection:
            connection.sendall(struct.pack(">i", len(body)) + body)
            answer = connection.makefile("rb")
            (size,) = struct.unpack(">i", answer.read(4))
            return set(_numbers(answer.read(size)))
    except (OSError, struct.error):
        return set()


def _numbers(answer: bytes) -> list[int]:
    _, count = struct.unpack_from(">ii", answer)
    numbers, at = [], 8
    for _ in range(count):
        number, length = struct.unpack_from(">ih", answer, at)
        numbers.append(number)
        at += 6 + length + 4  # number and length, the host's name, the port
        (rack,) = struct.unpack_from(">h", answer, at)
        at += 2 + max(rack, 0)
    return numbers
