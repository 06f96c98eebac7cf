// SPDX-License-Identifier: Apache-2.0
// The script (lib/redis_script.py) by node-redis.
// Usage: client.js PORT LOG, $SECRET in the environment. Says "ready" when it is connected, and waits for a line.
const assert = require("assert");
const wirelog = require("./wirelog.js");
const { createClient } = require("redis");

const [port, log] = process.argv.slice(2);
const secret = process.env.SECRET;
const url = { host: "127.0.0.1", port: Number(port), reconnectStrategy: false };

async function connect(options) {
	const client = createClient({ socket: url, ...options });
	client.on("error", () => {});
	return client.connect();
}

async function values(client) {
	await client.set("text", "a value");
	assert.equal(await client.get("text"), "a value");
	assert.equal(await client.get("missing"), null);
	await client.set("large", "x".repeat(1 << 20));
	assert.equal((await client.get("large")).length, 1 << 20);
	await client.hSet("hash", Object.fromEntries([...Array(50).keys()].map((number) => [`field ${number}`, number])));
	assert.equal(Object.keys(await client.hGetAll("hash")).length, 50);
	await client.rPush("list", [...Array(1000).keys()].map(String));
	assert.equal((await client.lRange("list", 0, -1)).length, 1000);
	await client.eval("return {1, {2, {3, 'x'}}, 'y'}");
}

async function errors(client) {
	await assert.rejects(client.lPush("text", "x"));
	await assert.rejects(client.sendCommand(["NOSUCHCOMMAND", secret]));
}

async function batches(client) {
	await assert.rejects(client.multi().set("counter", 1).incr("counter").lPush("text", "x").exec());
	const pipeline = client.multi();
	for (let number = 0; number < 5; number++) {
		pipeline.set(`p${number}`, number).get(`p${number}`).incr("text").lLen("list");
	}
	await assert.rejects(pipeline.execAsPipeline());
}

async function blocking(client) {
	assert.equal(await client.blPop("empty", 0.1), null);
	assert.equal((await client.blPop("queue", 20)).element, "pushed");
}

async function messages(client, subscriber) {
	const heard = [];
	let whenThree;
	const three = new Promise((resolve) => (whenThree = resolve));
	await subscriber.subscribe(["one", "two"], (message) => heard.push(message) === 3 && whenThree());
	for (let number = 0; number < 3; number++) {
		await client.publish("one", `message ${number}`);
	}
	await three;
	assert.deepEqual(heard, ["message 0", "message 1", "message 2"]);
	await subscriber.unsubscribe(["one", "two"]);
}

async function databases(client) {
	await client.select(3);
	assert.equal(await client.get("text"), null);
	await client.select(0);
}

async function authentication(client) {
	await client.auth({ username: "ada", password: secret });
	await assert.rejects(client.auth({ username: "ada", password: `${secret}no` }));
	const named = await connect({ username: "ada", password: secret, database: 5 });
	assert.equal(await named.get("text"), null);
	await named.close();
}

async function main() {
	const client = await connect();
	const subscriber = await connect();
	await subscriber.ping();
	await client.get("warm");
	console.log("ready");
	await new Promise((resolve) => process.stdin.once("data", resolve));
	await values(client);
	await errors(client);
	await batches(client);
	await blocking(client);
	await messages(client, subscriber);
	await databases(client);
	await authentication(client);
	await subscriber.close();
	await client.close();
	wirelog.write(log);
}

main().catch((error) => {
	console.error(error);
	process.exitCode = 1;
	process.exit();
});
