package tracegen

import (
	"hash/fnv"
	"net/netip"
)

// A host is who answers a call without recording it: a store, a broker, another
// company's API.
type host struct {
	system   string // in the conventions' words; empty with HTTP
	name     string // as DNS has it
	short    string // as Zipkin shows it
	port     uint16
	database string
	user     string
}

var (
	shopDB    = &host{system: "postgresql", name: "shop-db", short: "shop-db", port: 5432, database: "shop", user: "shop_app"}
	priceDB   = &host{system: "postgresql", name: "price-db", short: "price-db", port: 5432, database: "prices", user: "pricing"}
	stockDB   = &host{system: "mysql", name: "stock-db", short: "stock-db", port: 3306, database: "stock", user: "inventory"}
	orderDB   = &host{system: "postgresql", name: "order-db", short: "order-db", port: 5432, database: "orders", user: "orders"}
	paymentDB = &host{system: "postgresql", name: "payment-db", short: "payment-db", port: 5432, database: "payments", user: "payment"}
	shipDB    = &host{system: "postgresql", name: "ship-db", short: "ship-db", port: 5432, database: "shipping", user: "shipping"}
	warehouse = &host{system: "postgresql", name: "warehouse", short: "warehouse", port: 5439, database: "warehouse", user: "analytics"}
	cache     = &host{system: "redis", name: "cache", short: "redis", port: 6379, database: "0"}
	carts     = &host{system: "redis", name: "carts", short: "redis", port: 6379, database: "1"}
	features  = &host{system: "redis", name: "features", short: "redis", port: 6379, database: "2"}
	kafka     = &host{system: "kafka", name: "kafka-0", short: "kafka", port: 9092}
	acquirer  = &host{name: "api.acquirer.example", short: "acquirer", port: 443}
	mail      = &host{name: "api.mail.example", short: "mail", port: 443}
)

// ip is an address that stays the same for a host.
func (h *host) ip() netip.Addr {
	sum := fnv.New32a()
	sum.Write([]byte(h.name))
	n := sum.Sum32()
	return netip.AddrFrom4([4]byte{10, 40, byte(n >> 8), byte(n)})
}

func (h *host) endpoint() Endpoint { return Endpoint{Service: h.short, IP: h.ip(), Port: h.port} }
