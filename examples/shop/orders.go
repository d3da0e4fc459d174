package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// customers place orders at the same time. More than the machine can serve would be a
	// bottleneck that nobody planted.
	customers = 3
	// learning is the part of the orders in which nobody orders much, so that the collector knows
	// what is normal: 50 requests of an operation at the least.
	learning = 0.4
	// Every weddingEvery-th order after that is a wedding's, of weddingItems items.
	weddingEvery = 60
	weddingItems = 25
)

// openFor is when the shop closes, however few orders a busy machine has served by then.
const openFor = 50 * time.Second

// client gives up on an order that takes longer than any should.
var client = &http.Client{Timeout: 20 * time.Second}

// placeOrders is what customers do. It says how many orders they have placed, and how many of
// these are of so many items that the bottleneck shows.
func placeOrders(ctx context.Context, host string, orders int) (placed, weddings int, err error) {
	closes := time.Now().Add(openFor)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next, done, large atomic.Int64
	var all sync.WaitGroup
	for range customers {
		all.Go(func() {
			for n := int(next.Add(1)); n <= orders && ctx.Err() == nil && time.Now().Before(closes); n = int(next.Add(1)) {
				items := 1 + n%3
				if n > int(learning*float64(orders)) && n%weddingEvery == 0 {
					items = weddingItems
					large.Add(1)
				}
				if err := placeOrder(ctx, host, n, items); err != nil {
					cancel(fmt.Errorf("order %d: %w", n, err))
				}
				done.Add(1)
			}
		})
	}
	all.Wait()
	return int(done.Load()), int(large.Load()), context.Cause(ctx)
}

func placeOrder(ctx context.Context, host string, first, items int) error {
	var skus []string
	for i := range items {
		skus = append(skus, strconv.Itoa((first+i)%100))
	}
	body, err := json.Marshal(map[string]any{"items": skus})
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+host+"/orders", bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s", response.Status)
	}
	return nil
}
