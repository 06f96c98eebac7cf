// SPDX-License-Identifier: Apache-2.0
// Refuses every Expect with 417, before the body, and lives on; says hello to all else. Usage: refusing.js PORT
const net = require("net");

// By hand: node's own server takes what follows a refusal for the body. Knows requests with Content-Length or without body.
net.createServer((socket) => {
  let received = Buffer.alloc(0);
  socket.on("error", () => {});
  socket.on("data", (data) => {
    received = Buffer.concat([received, data]);
    for (let end; (end = received.indexOf("\r\n\r\n")) >= 0; ) {
      const head = received.subarray(0, end).toString();
      if (/^expect:/im.test(head)) {
        received = received.subarray(end + 4);
        socket.write("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n");
        continue;
      }
      const length = Number((/^content-length: *(\d+)/im.exec(head) || [0, 0])[1]);
      if (received.length < end + 4 + length) return;
      received = received.subarray(end + 4 + length);
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    }
  });
}).listen(Number(process.argv[2]), "127.0.0.1");
