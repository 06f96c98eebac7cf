// SPDX-License-Identifier: Apache-2.0
// Sockets that write down what they moved, and when; lib/redis_log.py reads it.
//
// Of a read only its end is known: its begin is told as the socket's last send's.
const fs = require("fs");
const net = require("net");

const entries = [];
const { _write, _writev, push } = net.Socket.prototype;
const now = () => process.hrtime.bigint();

function add(socket, way, begin, data) {
	socket.loggedPort ??= socket.localPort; // which it forgets when it closes
	entries.push([socket.loggedPort, way, begin, now(), data]);
}

const bytes = (data, encoding) => (typeof data === "string" ? Buffer.from(data, encoding) : data);

// `send` does it, once there is a connection.
function logged(socket, data, send) {
	if (socket.connecting) {
		socket.once("connect", () => logged(socket, data, send));
		return;
	}
	socket.lastSend = now();
	send();
	add(socket, "send", socket.lastSend, data);
}

net.Socket.prototype._write = function (data, encoding, done) {
	logged(this, bytes(data, encoding), () => _write.call(this, data, encoding, done));
};

net.Socket.prototype._writev = function (chunks, done) {
	const data = Buffer.concat(chunks.map(({ chunk, encoding }) => bytes(chunk, encoding)));
	logged(this, data, () => _writev.call(this, chunks, done));
};

net.Socket.prototype.push = function (data, ...rest) {
	if (data && this.lastSend) {
		add(this, "receive", this.lastSend, Buffer.from(data));
	}
	return push.call(this, data, ...rest);
};

exports.write = (path) => {
	const lines = entries.map(
		([port, way, begin, end, data]) =>
			`{"port": ${port}, "way": "${way}", "begin": ${begin}, "end": ${end}, "data": "${data.toString("base64")}"}\n`,
	);
	fs.writeFileSync(path, lines.join(""));
};
