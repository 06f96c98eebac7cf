# SPDX-License-Identifier: Apache-2.0
"""An event loop that answers after a while, and polls another service meanwhile: loop.py PORT DOWNSTREAM-PORT."""

import asyncio
import sys

port, downstream = map(int, sys.argv[1:])


async def ask(path):
    reader, writer = await asyncio.open_connection("127.0.0.1", downstream)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n".encode())
    await reader.read()
    writer.close()


async def poll():
    while True:
        await asyncio.sleep(0.01)
        await ask("/poll")


async def handle(reader, writer):
    head = await reader.readuntil(b"\r\n\r\n")
    path = head.split()[1].decode()
    if path == "/passed-on":
        await ask(path)
    else:
        await asyncio.sleep(0.2)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
    await writer.drain()
    writer.close()


async def main():
    polling = asyncio.create_task(poll())
    server = await asyncio.start_server(handle, "127.0.0.1", port)
    async with server:
        await server.serve_forever()
    polling.cancel()


asyncio.run(main())
