# SPDX-License-Identifier: Apache-2.0
"""Handlers whose calls other threads make: pool.py flask|asyncio PORT DOWNSTREAM-PORT.

flask: each request has a thread, which gives its call to a pool. asyncio: an event loop reads requests, a pool's
threads handle them, as Starlette and FastAPI do with `def` routes. On SIGUSR1 a thread calls for nobody.
"""

import asyncio
import signal
import sys
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor

kind, port, downstream = sys.argv[1], int(sys.argv[2]), sys.argv[3]
pool = ThreadPoolExecutor(4)


def call(path):
    with urllib.request.urlopen(f"http://127.0.0.1:{downstream}{path}", timeout=20) as answer:
        return answer.read()


def call_on_signal():
    while True:
        signal.sigwait({signal.SIGUSR1})
        call("/for-nobody")


def serve_flask():
    from flask import Flask

    application = Flask(__name__)

    @application.get("/<path>")
    def handle(path):
        return pool.submit(call, f"/{path}").result()

    application.run(host="127.0.0.1", port=port, threaded=True)


async def handle(reader, writer):
    head = await reader.readuntil(b"\r\n\r\n")
    body = await asyncio.get_running_loop().run_in_executor(pool, call, head.split()[1].decode())
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    await writer.drain()
    writer.close()


async def serve_asyncio():
    async with await asyncio.start_server(handle, "127.0.0.1", port) as server:
        await server.serve_forever()


signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
threading.Thread(target=call_on_signal, daemon=True).start()
if kind == "flask":
    serve_flask()
else:
    asyncio.run(serve_asyncio())
