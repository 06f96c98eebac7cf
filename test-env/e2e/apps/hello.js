// SPDX-License-Identifier: Apache-2.0
// Says hello to everyone. Usage: hello.js PORT
const http = require("http");

http.createServer((request, response) => response.end("hello")).listen(Number(process.argv[2]), "127.0.0.1");
