package tracegen

import "time"

// An operation is what a service does when it is called.
type operation struct {
	service string
	way     way
	verb    string // of HTTP
	// path is a route of HTTP, with {...} as in text, or service/method of gRPC.
	path string
	// handler is the class and method behind it, as Brave tells them.
	handler string
	own     latency // its own time, before, between and after its steps
	slow    time.Duration
	steps   []step
}

// way is how an operation or a step is reached.
type way uint8

const (
	overHTTP way = iota
	overGRPC
	overKafka
	toSQL
	toRedis
	inside // without leaving the service
)

// A step is one call that an operation makes.
type step struct {
	way way
	// to is the operation of an HTTP or gRPC call, consumers those of a message.
	to        *operation
	consumers []*operation
	// host is who answers where no service of the shop does.
	host *host
	// verb and target are SQL's command and table, Redis' command and key, Kafka's
	// topic, or the name of work inside; query is SQL's text.
	verb, target, query string

	took  latency
	steps []step

	// chance is the probability that the step is made at all.
	chance float64
	// alongside starts the step together with the one before it.
	alongside bool
	// tolerated: the operation succeeds even if the step fails.
	tolerated bool
	// slow and repeat make the step a site of faults: about how much time is added,
	// about how many calls are made.
	slow   time.Duration
	repeat int
}

// A route is an operation that the outside calls, with its share of the traffic.
type route struct {
	*operation
	weight float64
	// batch: it takes seconds each time, and is to.
	batch bool
}

func ms(median float64) latency { return around(time.Duration(median*1e6), 0.35) }

func serve(service, verb, path, handler string, own latency, steps ...step) *operation {
	return &operation{service: service, way: overHTTP, verb: verb, path: path, handler: handler, own: own, steps: steps}
}

func method(service, path string, own latency, steps ...step) *operation {
	return &operation{service: service, way: overGRPC, path: path, own: own, steps: steps}
}

// consume is what a service does with a message; the topic is the publisher's.
func consume(service string, own latency, steps ...step) *operation {
	return &operation{service: service, way: overKafka, own: own, steps: steps}
}

// canSlow makes the operation's own time a site of faults.
func (o *operation) canSlow(by time.Duration) *operation { o.slow = by; return o }

// network is a call's way there or back within the cluster.
var network = around(250*time.Microsecond, 0.4)

func call(to *operation) step { return step{way: to.way, to: to, took: network, chance: 1} }

func callOut(h *host, verb, path string, took latency) step {
	return step{way: overHTTP, host: h, verb: verb, target: path, took: took, chance: 1}
}

func sql(db *host, verb, table, query string, took latency) step {
	return step{way: toSQL, host: db, verb: verb, target: table, query: query, took: took, chance: 1}
}

func redis(db *host, command, key string) step {
	return step{way: toRedis, host: db, verb: command, target: key, took: ms(0.5), chance: 1}
}

// publish sends one message; the consumers take it up once it has waited.
func publish(topic string, consumers ...*operation) step {
	return step{way: overKafka, host: kafka, verb: "send", target: topic, consumers: consumers, took: ms(1.2), chance: 1}
}

func work(name string, took latency, steps ...step) step {
	return step{way: inside, target: name, took: took, steps: steps, chance: 1}
}

func (s step) maybe(chance float64) step          { s.chance = chance; return s }
func (s step) beside() step                       { s.alongside = true; return s }
func (s step) tolerate() step                     { s.tolerated = true; return s }
func (s step) canSlow(by time.Duration) step      { s.slow = by; return s }
func (s step) canRepeat(times int) step           { s.repeat = times; return s }
func (o *operation) share(percent float64) *route { return &route{operation: o, weight: percent} }
func (r *route) always() *route                   { r.batch = true; return r }

// shopRoutes is the shop: every route, what it calls, how long that takes, where a
// fault may be planted. Ordinary routes take 30 to 300 ms, checkouts about half a
// second, reports and the repricing run seconds each time.
func shopRoutes() []*route {
	var (
		viewed    = publish("product.viewed", analyticsEvent())
		advice    = call(recommend()).tolerate()
		product   = call(catalogProduct())
		header    = call(cartSummary()).tolerate()
		addToCart = call(cartAdd())
	)
	return []*route{
		serve("storefront", "GET", "/products/{item}", "", ms(6), header, product, advice.beside(), viewed).share(28),
		serve("mobile-gateway", "GET", "/mobile/v2/products/{item}", "ProductRoutes.show", ms(3), header, product, advice.beside(), viewed).share(20),
		serve("mobile-gateway", "GET", "/mobile/v2/search", "SearchRoutes.search", ms(4), header, call(catalogSearch()), call(recommendAlike())).share(14),
		serve("storefront", "GET", "/cart", "", ms(7), call(cartView()), advice).share(10),
		serve("storefront", "POST", "/cart/items", "", ms(4), addToCart).share(8),
		serve("storefront", "POST", "/checkout", "", ms(8), call(placeOrder())).share(6),
		serve("mobile-gateway", "POST", "/mobile/v2/checkout", "CheckoutRoutes.place", ms(5), call(shippingQuote()), call(placeOrder())).share(4),
		serve("storefront", "GET", "/account/orders", "", ms(6), header, call(orderHistory()), advice).share(7),
		dailyReport().share(2).always(),
		reprice().share(1).always(),
	}
}

func catalogProduct() *operation {
	return serve("catalog", "GET", "/api/products/{item}", "ProductController.get", ms(4),
		redis(cache, "GET", "product:{item}"),
		sql(shopDB, "SELECT", "products", "select id, name, brand from products where id = ?", ms(5)).canSlow(700*time.Millisecond),
		sql(shopDB, "SELECT", "product_images", "select url, alt from product_images where product_id = ?", ms(3)).maybe(0.4),
		call(pricingPrice()),
		call(inventoryStock()),
	)
}

func pricingPrice() *operation {
	return serve("pricing", "GET", "/api/prices/{item}", "PriceController.price", ms(3),
		redis(cache, "HGET", "price:{item}"),
		sql(priceDB, "SELECT", "price_rules", "select kind, percent from price_rules where product_id = ?", ms(4)),
	).canSlow(500 * time.Millisecond)
}

func inventoryStock() *operation {
	return serve("inventory", "GET", "/stock/{item}", "StockController.stock", ms(2),
		sql(stockDB, "SELECT", "stock", "select warehouse, on_hand from stock where product_id = ?", ms(3)),
	)
}

func catalogSearch() *operation {
	return serve("catalog", "GET", "/api/search", "SearchController.search", ms(9),
		redis(cache, "GET", "search:{query}"),
		sql(shopDB, "SELECT", "product_search", "select id, ts_rank(document, query) from product_search, plainto_tsquery(?) query where document @@ query limit 40", ms(18)),
		sql(shopDB, "SELECT", "products", "select id, name, brand from products where id = any(?)", ms(6)),
		call(pricingList()),
		call(inventoryAvailability()),
	)
}

func pricingList() *operation {
	return serve("pricing", "POST", "/api/prices", "PriceController.prices", ms(6),
		redis(cache, "HMGET", "prices"),
		sql(priceDB, "SELECT", "price_rules", "select product_id, kind, percent from price_rules where product_id = any(?)", ms(7)),
	)
}

func inventoryAvailability() *operation {
	return serve("inventory", "POST", "/stock/availability", "StockController.availability", ms(4),
		sql(stockDB, "SELECT", "stock", "select product_id, on_hand - reserved from stock where product_id = ?", ms(3)).canRepeat(40),
		sql(stockDB, "SELECT", "deliveries", "select product_id, due from deliveries where due > current_date", ms(4)).maybe(0.3),
	)
}

func recommend() *operation {
	return serve("recommendation", "GET", "/recommendations/{user}", "", ms(5),
		redis(features, "ZREVRANGE", "viewed:{user}"),
		sql(shopDB, "SELECT", "affinities", "SELECT other_id, score FROM affinities WHERE product_id = %s", ms(6)),
		work("rank", ms(12)),
	)
}

func recommendAlike() *operation {
	return serve("recommendation", "POST", "/alike", "", ms(6),
		redis(features, "MGET", "embedding:{item}"),
		work("rank", ms(20), redis(features, "GET", "model:weights")).canSlow(900*time.Millisecond),
		publish("recommendation.shown", analyticsEvent()).maybe(0.5),
	)
}

func cartSummary() *operation {
	return serve("cart", "GET", "/cart/{user}/summary", "", ms(2), redis(carts, "HLEN", "cart:{user}"))
}

func cartView() *operation {
	return serve("cart", "GET", "/cart/{user}", "", ms(4),
		redis(carts, "HGETALL", "cart:{user}"),
		call(catalogLine()).canRepeat(25),
		call(pricingList()),
		call(shippingQuote()),
	)
}

// catalogLine is what the cart needs of a product: cheap, unless it is asked for line
// by line.
func catalogLine() *operation {
	return serve("catalog", "GET", "/api/products/{item}/line", "ProductController.line", ms(2),
		redis(cache, "GET", "product:{item}"))
}

func cartAdd() *operation {
	return serve("cart", "POST", "/cart/{user}/items", "", ms(3),
		call(catalogProduct()),
		redis(carts, "HSET", "cart:{user}"),
		redis(carts, "EXPIRE", "cart:{user}"),
		publish("cart.changed", analyticsEvent(), recommendLearn()),
	)
}

func recommendLearn() *operation {
	return consume("recommendation", ms(8),
		redis(features, "ZINCRBY", "viewed:{user}"))
}

func placeOrder() *operation {
	return method("checkout", "shop.Checkout/PlaceOrder", ms(5),
		call(cartItems()),
		call(pricingList()),
		call(shippingQuote()),
		call(inventoryReserve()),
		call(authorize()),
		call(orderCreate()),
		redis(carts, "DEL", "cart:{user}").tolerate(),
	)
}

func cartItems() *operation {
	return serve("cart", "GET", "/cart/{user}/items", "", ms(3), redis(carts, "HGETALL", "cart:{user}"))
}

func inventoryReserve() *operation {
	return serve("inventory", "POST", "/reservations", "ReservationController.reserve", ms(4),
		sql(stockDB, "UPDATE", "stock", "update stock set reserved = reserved + ? where product_id = ?", ms(5)),
		sql(stockDB, "INSERT", "reservations", "insert into reservations (order_id, product_id, count) values (?, ?, ?)", ms(4)),
	)
}

func authorize() *operation {
	return method("payment", "shop.Payment/Authorize", ms(4),
		sql(paymentDB, "SELECT", "accounts", "SELECT id, token FROM accounts WHERE user_id = $1", ms(3)),
		work("fraud.score", ms(14)),
		callOut(acquirer, "POST", "/v1/payments/{order}", around(140*time.Millisecond, 0.3)).canSlow(1800*time.Millisecond),
		sql(paymentDB, "INSERT", "authorizations", "INSERT INTO authorizations (order_id, amount, reference) VALUES ($1, $2, $3)", ms(4)),
	)
}

func shippingQuote() *operation {
	return method("shipping", "shop.Shipping/GetQuote", ms(3),
		redis(cache, "GET", "tariff:{user}"),
		sql(shipDB, "SELECT", "tariffs", "SELECT zone, price FROM tariffs WHERE weight_class = $1", ms(4)).maybe(0.3),
	)
}

func orderCreate() *operation {
	return serve("orders", "POST", "/orders", "OrderController.create", ms(6),
		sql(orderDB, "INSERT", "orders", "insert into orders (id, user_id, state, total) values (?, ?, ?, ?)", ms(5)),
		sql(orderDB, "INSERT", "order_items", "insert into order_items (order_id, product_id, count, price) values (?, ?, ?, ?)", ms(6)),
		publish("order.created",
			consume("notification", ms(9),
				sql(shopDB, "SELECT", "templates", "SELECT subject, body FROM templates WHERE name = %s", ms(3)),
				callOut(mail, "POST", "/v3/mail/send", ms(90)).tolerate()),
			consume("shipping", ms(6),
				sql(shipDB, "INSERT", "shipments", "INSERT INTO shipments (order_id, zone, due) VALUES ($1, $2, $3)", ms(5))),
			consume("inventory", ms(4),
				sql(stockDB, "UPDATE", "reservations", "update reservations set state = 'confirmed' where order_id = ?", ms(4)))),
	)
}

func orderHistory() *operation {
	return serve("orders", "GET", "/users/{user}/orders", "OrderController.history", ms(4),
		sql(orderDB, "SELECT", "orders", "select id, state, total, placed_at from orders where user_id = ? order by placed_at desc limit 50", ms(7)),
		sql(orderDB, "SELECT", "order_items", "select product_id, count, price from order_items where order_id = ?", ms(3)).canRepeat(50),
		call(shippingQuote()),
		call(inventoryAvailability()).maybe(0.3),
	)
}

func analyticsEvent() *operation {
	return consume("analytics", ms(5),
		sql(warehouse, "INSERT", "events", "INSERT INTO events (kind, user_id, product_id, at) VALUES (%s, %s, %s, %s)", ms(4)))
}

func dailyReport() *operation {
	return serve("analytics", "GET", "/reports/daily", "", ms(60),
		sql(warehouse, "SELECT", "events", "SELECT date_trunc('hour', at), kind, count(*) FROM events WHERE at >= %s GROUP BY 1, 2", ms(2600)).canSlow(15*time.Second),
		sql(warehouse, "SELECT", "sales", "SELECT product_id, sum(price * count) FROM sales WHERE day = %s GROUP BY 1 ORDER BY 2 DESC", ms(1400)),
		call(serve("orders", "GET", "/exports/daily", "ExportController.daily", ms(30),
			sql(orderDB, "SELECT", "orders", "select * from orders where placed_at >= ? and placed_at < ?", ms(700)))),
		work("render", ms(400)),
	)
}

func reprice() *operation {
	return serve("pricing", "POST", "/admin/reprice", "AdminController.reprice", ms(40),
		sql(priceDB, "SELECT", "price_rules", "select product_id, kind, percent from price_rules where dirty", ms(350)),
		sql(priceDB, "UPDATE", "prices", "update prices p set amount = r.amount from repriced r where r.product_id = p.product_id", ms(1200)).canSlow(6*time.Second),
		redis(cache, "UNLINK", "prices"),
		publish("prices.changed",
			consume("recommendation", ms(20), redis(features, "SET", "prices:stamp")),
			consume("inventory", ms(4))),
	)
}
