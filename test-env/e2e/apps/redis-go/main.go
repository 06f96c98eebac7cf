// SPDX-License-Identifier: Apache-2.0

// The script (lib/redis_script.py) by go-redis.
// Usage: redis-client PORT LOG, $SECRET in the environment. Says "ready" when it is connected, and waits for a line.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

var (
	ctx    = context.Background()
	secret = os.Getenv("SECRET")
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func wantNil(err error) {
	if !errors.Is(err, redis.Nil) {
		panic(fmt.Sprintf("something where nothing is: %v", err))
	}
}

func wantError(err error) {
	var refusal redis.Error
	if !errors.As(err, &refusal) || errors.Is(err, redis.Nil) {
		panic(fmt.Sprintf("not refused: %v", err))
	}
}

func values(conn *redis.Conn) {
	must(conn.Set(ctx, "text", "a value", 0).Err())
	must(conn.Get(ctx, "text").Err())
	wantNil(conn.Get(ctx, "missing").Err())
	must(conn.Set(ctx, "large", strings.Repeat("x", 1<<20), 0).Err())
	if len(conn.Get(ctx, "large").Val()) != 1<<20 {
		panic("another length")
	}
	fields := map[string]any{}
	for number := 0; number < 50; number++ {
		fields[fmt.Sprintf("field %d", number)] = number
	}
	must(conn.HSet(ctx, "hash", fields).Err())
	must(conn.HGetAll(ctx, "hash").Err())
	items := make([]any, 1000)
	for number := range items {
		items[number] = number
	}
	must(conn.RPush(ctx, "list", items...).Err())
	if len(conn.LRange(ctx, "list", 0, -1).Val()) != 1000 {
		panic("another length")
	}
	must(conn.Eval(ctx, "return {1, {2, {3, 'x'}}, 'y'}", nil).Err())
}

func failures(conn *redis.Conn) {
	wantError(conn.LPush(ctx, "text", "x").Err())
	wantError(conn.Do(ctx, "NOSUCHCOMMAND", secret).Err())
}

func batches(conn *redis.Conn) {
	_, err := conn.TxPipelined(ctx, func(pipe redis.Pipeliner) error {
		pipe.Set(ctx, "counter", 1, 0)
		pipe.Incr(ctx, "counter")
		pipe.LPush(ctx, "text", "x")
		return nil
	})
	wantError(err)
	_, err = conn.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		for number := 0; number < 5; number++ {
			key := fmt.Sprintf("p%d", number)
			pipe.Set(ctx, key, number, 0)
			pipe.Get(ctx, key)
			pipe.Incr(ctx, "text")
			pipe.LLen(ctx, "list")
		}
		return nil
	})
	wantError(err)
}

func blocking(conn *redis.Conn) {
	wantNil(conn.Do(ctx, "BLPOP", "empty", 0.1).Err())
	must(conn.BLPop(ctx, 20*time.Second, "queue").Err())
}

func receive[T any](subscriber *redis.PubSub, count int) {
	for number := 0; number < count; number++ {
		got, err := subscriber.ReceiveTimeout(ctx, 20*time.Second)
		must(err)
		if _, right := got.(T); !right {
			panic(fmt.Sprintf("unexpected: %v", got))
		}
	}
}

func messages(conn *redis.Conn, subscriber *redis.PubSub) {
	must(subscriber.Subscribe(ctx, "one", "two"))
	receive[*redis.Subscription](subscriber, 2)
	for number := 0; number < 3; number++ {
		must(conn.Publish(ctx, "one", fmt.Sprintf("message %d", number)).Err())
	}
	receive[*redis.Message](subscriber, 3)
	must(subscriber.Unsubscribe(ctx, "one", "two"))
	receive[*redis.Subscription](subscriber, 2)
}

func databases(conn *redis.Conn) {
	must(conn.Select(ctx, 3).Err())
	wantNil(conn.Get(ctx, "text").Err())
	must(conn.Select(ctx, 0).Err())
}

func authentication(conn *redis.Conn, options redis.Options) {
	must(conn.AuthACL(ctx, "ada", secret).Err())
	wantError(conn.AuthACL(ctx, "ada", secret+"no").Err())
	options.DB, options.Username, options.Password = 5, "ada", secret
	named := redis.NewClient(&options)
	wantNil(named.Get(ctx, "text").Err())
	must(named.Close())
}

func main() {
	log := &wireLog{}
	options := redis.Options{Addr: "127.0.0.1:" + os.Args[1], Dialer: log.dial, MaxRetries: -1}
	shared := options
	client := redis.NewClient(&shared)
	conn := client.Conn()
	wantNil(conn.Get(ctx, "warm").Err())
	subscriber := client.Subscribe(ctx)
	must(subscriber.Ping(ctx))
	receive[*redis.Pong](subscriber, 1)
	fmt.Println("ready")
	_, err := bufio.NewReader(os.Stdin).ReadString('\n')
	must(err)
	values(conn)
	failures(conn)
	batches(conn)
	blocking(conn)
	messages(conn, subscriber)
	databases(conn)
	authentication(conn, options)
	must(subscriber.Close())
	must(conn.Close())
	must(client.Close())
	must(log.write(os.Args[2]))
}
