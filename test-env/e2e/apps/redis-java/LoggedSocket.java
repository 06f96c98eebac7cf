// SPDX-License-Identifier: Apache-2.0

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes down what it moved, and when; lib/redis_log.py reads it. */
class LoggedSocket extends Socket {
	private static final List<String> lines = new CopyOnWriteArrayList<>();

	/** On Linux nanoTime() is CLOCK_MONOTONIC. */
	private void add(String way, long begin, byte[] data, int offset, int count) {
		long end = System.nanoTime();
		String text = Base64.getEncoder().encodeToString(Arrays.copyOfRange(data, offset, offset + count));
		lines.add("{\"port\": %d, \"way\": \"%s\", \"begin\": %d, \"end\": %d, \"data\": \"%s\"}"
				.formatted(getLocalPort(), way, begin, end, text));
	}

	static void write(String path) throws IOException {
		Files.write(Path.of(path), lines);
	}

	@Override
	public InputStream getInputStream() throws IOException {
		return new FilterInputStream(super.getInputStream()) {
			@Override
			public int read(byte[] data, int offset, int length) throws IOException {
				long begin = System.nanoTime();
				int count = in.read(data, offset, length);
				if (count > 0) {
					add("receive", begin, data, offset, count);
				}
				return count;
			}
		};
	}

	@Override
	public OutputStream getOutputStream() throws IOException {
		return new FilterOutputStream(super.getOutputStream()) {
			@Override
			public void write(byte[] data, int offset, int length) throws IOException {
				long begin = System.nanoTime();
				out.write(data, offset, length);
				add("send", begin, data, offset, length);
			}
		};
	}
}
