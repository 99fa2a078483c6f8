"""Whether a Kafka broker is ready: the smallest request that needs a working one, without a client that logs its failures."""
from __future__ import annotations

import socket
import struct

METADATA = (3, 1)  # request and version
PATIENCE = 0.5  # seconds


def answers(host: str, port: int) -> bool:
    """Whether a metadata request is answered with at least one broker."""
    body = struct.pack(">hhih", *METADATA, 1, 1) + b"t" + struct.pack(">i", 0)  # correlation id 1, client id "t", no topics
    try:
        with socket.create_connection((host, port), PATIENCE) as connection:
            connection.sendall(struct.pack(">i", len(body)) + body)
            answer = connection.makefile("rb")
            (size,) = struct.unpack(">i", answer.read(4))
            _, brokers = struct.unpack_from(">ii", answer.read(size))
    except (OSError, struct.error):
        return False
    return bool(brokers)
