// SPDX-License-Identifier: Apache-2.0

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.JedisSocketFactory;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * The script (lib/redis_script.py) by Jedis.
 * Usage: RedisClient PORT LOG, $SECRET in the environment. Says "ready" when it is connected, and waits for a line.
 */
class RedisClient {
	private static final String secret = System.getenv("SECRET");
	private static int port;

	private static Jedis connect(DefaultJedisClientConfig config) {
		JedisSocketFactory sockets = () -> {
			LoggedSocket socket = new LoggedSocket();
			try {
				socket.setTcpNoDelay(true);
				socket.connect(new InetSocketAddress("127.0.0.1", port));
			} catch (java.io.IOException failure) {
				throw new java.io.UncheckedIOException(failure);
			}
			return socket;
		};
		return new Jedis(sockets, config);
	}

	private static void check(boolean right) {
		if (!right) {
			throw new IllegalStateException("not as it should be");
		}
	}

	private static void refused(Runnable command) {
		try {
			command.run();
		} catch (JedisDataException expected) {
			return;
		}
		throw new IllegalStateException("not refused");
	}

	private static void values(Jedis client) {
		client.set("text", "a value");
		check(client.get("text").equals("a value"));
		check(client.get("missing") == null);
		client.set("large", "x".repeat(1 << 20));
		check(client.get("large").length() == 1 << 20);
		Map<String, String> fields = new HashMap<>();
		IntStream.range(0, 50).forEach(number -> fields.put("field " + number, "" + number));
		client.hset("hash", fields);
		check(client.hgetAll("hash").size() == 50);
		client.rpush("list", IntStream.range(0, 1000).mapToObj(Integer::toString).toArray(String[]::new));
		check(client.lrange("list", 0, -1).size() == 1000);
		client.eval("return {1, {2, {3, 'x'}}, 'y'}");
	}

	private static void errors(Jedis client) {
		refused(() -> client.lpush("text", "x"));
		refused(() -> client.sendCommand(() -> "NOSUCHCOMMAND".getBytes(), secret));
	}

	private static void batches(Jedis client) {
		var transaction = client.multi();
		transaction.set("counter", "1");
		transaction.incr("counter");
		transaction.lpush("text", "x");
		check(transaction.exec().get(2) instanceof JedisDataException);
		var pipeline = client.pipelined();
		for (int number = 0; number < 5; number++) {
			pipeline.set("p" + number, "" + number);
			pipeline.get("p" + number);
			pipeline.incr("text");
			pipeline.llen("list");
		}
		check(pipeline.syncAndReturnAll().get(2) instanceof JedisDataException);
	}

	private static void blocking(Jedis client) {
		check(client.blpop(0.1, "empty") == null);
		check(client.blpop(20, "queue").get(1).equals("pushed"));
	}

	/** Ends its subscription after three messages. */
	private static class Listener extends JedisPubSub {
		final CountDownLatch subscribed = new CountDownLatch(2);
		private int heard;

		@Override
		public void onSubscribe(String channel, int count) {
			subscribed.countDown();
		}

		@Override
		public void onMessage(String channel, String message) {
			check(message.equals("message " + heard++));
			if (heard == 3) {
				unsubscribe("one", "two");
			}
		}
	}

	private static void messages(Jedis client, Jedis subscriber) throws InterruptedException {
		Listener listener = new Listener();
		Thread thread = new Thread(() -> subscriber.subscribe(listener, "one", "two"));
		thread.start();
		listener.subscribed.await();
		for (int number = 0; number < 3; number++) {
			client.publish("one", "message " + number);
		}
		thread.join();
		check(listener.heard == 3);
	}

	private static void databases(Jedis client) {
		client.select(3);
		check(client.get("text") == null);
		client.select(0);
	}

	private static void authentication(Jedis client) {
		client.auth("ada", secret);
		refused(() -> client.auth("ada", secret + "no"));
		var config = DefaultJedisClientConfig.builder().user("ada").password(secret).database(5).build();
		try (Jedis named = connect(config)) {
			check(named.get("text") == null);
		}
	}

	public static void main(String[] arguments) throws Exception {
		port = Integer.parseInt(arguments[0]);
		var config = DefaultJedisClientConfig.builder().socketTimeoutMillis(30_000).build();
		Jedis client = connect(config);
		Jedis subscriber = connect(config);
		subscriber.ping();
		client.get("warm");
		System.out.println("ready");
		System.in.read();
		values(client);
		errors(client);
		batches(client);
		blocking(client);
		messages(client, subscriber);
		databases(client);
		authentication(client);
		subscriber.close();
		client.close();
		LoggedSocket.write(arguments[1]);
	}
}
