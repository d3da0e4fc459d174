// Program checkout takes orders: it asks what they cost and has them reserved. Its telemetry is
// koine's wrapper, on the conventions of today.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"syscall"

	koine "github.com/koine-otel/koine/instrumentation"
	"go.opentelemetry.io/otel"
)

func main() {
	if err := run(); err != nil {
		slog.Error("checkout", "error", err)
		os.Exit(1)
	}
}

func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	shutdown, err := koine.Start(ctx, koine.Service("checkout", "1.4.2"))
	if err != nil {
		slog.Warn("telemetry is incomplete", "error", err)
	}
	defer func() { _ = shutdown(context.Background()) }() // logs what it could not send

	s := &shop{
		catalog:   os.Getenv("CATALOG_URL"),
		warehouse: os.Getenv("WAREHOUSE_URL"),
		client:    &http.Client{Transport: koine.Transport(nil)},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /orders", s.order)
	server := &http.Server{Addr: "localhost:" + os.Getenv("PORT"), Handler: koine.Handler(mux)}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	if err := server.ListenAndServe(); err != http.ErrServerClosed {
		return err
	}
	return nil
}

// shop knows the other services; one that does not run has no address.
type shop struct {
	catalog, warehouse string
	client             *http.Client
}

func (s *shop) order(w http.ResponseWriter, r *http.Request) {
	var order struct {
		Items []string `json:"items"`
	}
	if err := json.NewDecoder(r.Body).Decode(&order); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	total, err := s.place(r.Context(), url.Values{"sku": order.Items})
	if err != nil {
		slog.ErrorContext(r.Context(), "order", "error", err)
		http.Error(w, "{}", http.StatusBadGateway)
		return
	}
	slog.InfoContext(r.Context(), "order placed", "items", len(order.Items), "total", total)
	fmt.Fprintf(w, `{"total": %d}`, total)
}

func (s *shop) place(ctx context.Context, items url.Values) (total int, err error) {
	ctx, span := otel.Tracer("checkout").Start(ctx, "place order")
	defer koine.End(span, &err)
	prices := map[string]int{}
	if err := s.call(ctx, http.MethodGet, s.catalog, "/prices", items, &prices); err != nil {
		return 0, err
	}
	for _, sku := range items["sku"] {
		total += prices[sku]
	}
	return total, s.call(ctx, http.MethodPost, s.warehouse, "/reservations", items, nil)
}

// call asks another service, if it runs, and decodes what it says.
func (s *shop) call(ctx context.Context, method, host, path string, items url.Values, answer any) error {
	if host == "" {
		return nil
	}
	request, err := http.NewRequestWithContext(ctx, method, host+path+"?"+items.Encode(), http.NoBody)
	if err != nil {
		return err
	}
	response, err := s.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("%s %s: %s", method, path, response.Status)
	}
	if answer == nil {
		return nil
	}
	return json.NewDecoder(response.Body).Decode(answer)
}
