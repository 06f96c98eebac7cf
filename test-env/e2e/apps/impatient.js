// SPDX-License-Identifier: Apache-2.0
// Says hello to whoever asks within 0.2 s; to all others 408. Usage: impatient.js PORT
const http = require("http");
const patience = { connectionsCheckingInterval: 50, headersTimeout: 200, requestTimeout: 200 };

http.createServer(patience, (request, response) => response.end("hello")).listen(Number(process.argv[2]), "127.0.0.1");
