package koinekafka_test

import (
	"context"
	"log/slog"

	"github.com/koine-otel/koine/instrumentation/koinekafka"
	"github.com/twmb/franz-go/pkg/kgo"
)

func Example() {
	hook := koinekafka.NewHook()
	client, err := kgo.NewClient(kgo.WithHooks(hook), kgo.SeedBrokers("kafka:9092"), kgo.ConsumerGroup("billing"), kgo.ConsumeTopics("orders"))
	if err != nil {
		panic(err)
	}
	defer client.Close()

	bill := func(ctx context.Context, r *kgo.Record) error {
		client.Produce(ctx, &kgo.Record{Topic: "bills", Value: r.Value}, nil)
		return nil
	}
	for ctx := context.Background(); ; {
		fetches := hook.Poll(ctx, client, 0)
		if fetches.IsClientClosed() {
			return
		}
		for r := range fetches.RecordsAll() {
			if err := hook.Process(ctx, r, bill); err != nil {
				slog.ErrorContext(ctx, "no bill", "error", err)
			}
		}
	}
}
