package tracegen

import "fmt"

// A plan is a route worked out for the services as configured: a tree of calls, each
// with its spans' shapes.
type plan struct {
	entry  int
	path   string // verb and route, as labels have it
	root   *node
	weight float64
	// sites are where a fault can be planted, fallible where a call can fail: both
	// are calls that every request of the route makes before it answers.
	sites    []site
	fallible []*node
	// stretchable are the calls whose own time can be stretched, by kind and sort.
	stretchable map[FaultKind][][]*node
	// batch: seconds long each time, and nobody minds.
	batch bool
	// short: the request begins at a service with 64-bit trace ids.
	short bool
}

// A node is one call in a plan. With a caller's shape only, it is a call to something
// that records no spans, or work inside; with a callee's shape only, it is a root or a
// message's consumer.
type node struct {
	caller, callee *shape
	// shared: the callee bears the caller's span id.
	shared bool
	// own is the time spent in the call itself; way is the time there and back where
	// there is a callee.
	own, way  latency
	steps     []*node
	groups    int // of steps that run alongside each other
	consumers []*node

	chance    float64
	alongside bool
	tolerated bool
	slow      latency
	canSlow   bool
	repeat    int
}

// A site is a node where a fault can be planted.
type site struct {
	node *node
	kind FaultKind
}

// plans works the shop's routes out.
func plans(cfg Config, services []Service) []*plan {
	planner := planner{services: services, index: map[string]int{}}
	for i := range services {
		planner.index[services[i].Name] = i
	}
	var all []*plan
	for _, r := range shopRoutes() {
		all = append(all, planner.route(r))
	}
	planner.scale(all, float64(cfg.Spans))
	for _, p := range all {
		p.root.countGroups()
		p.collect(p.root)
		p.collectStretchable()
	}
	return all
}

func (n *node) countGroups() {
	for i, s := range n.steps {
		if i == 0 || !s.alongside {
			n.groups++
		}
		s.countGroups()
	}
	for _, c := range n.consumers {
		c.countGroups()
	}
}

// collect finds the sites and the fallible calls below a node.
func (p *plan) collect(n *node) {
	if n.chance < 1 {
		return
	}
	p.fallible = append(p.fallible, n)
	if n.canSlow {
		p.sites = append(p.sites, site{n, Slow})
	}
	if n.repeat > 0 {
		p.sites = append(p.sites, site{n, Repeated})
	}
	for _, s := range n.steps {
		p.collect(s)
	}
}

type planner struct {
	services []Service
	index    map[string]int
}

func (p *planner) service(name string) int {
	i, known := p.index[name]
	if !known {
		panic(fmt.Sprintf("shop: no service %q", name))
	}
	return i
}

func (p *planner) route(r *route) *plan {
	entry := p.service(r.service)
	s := &p.services[entry]
	return &plan{
		entry:  entry,
		path:   r.verb + " " + routeOf(s, r.path),
		root:   p.operation(r.operation, nil, step{way: r.way, chance: 1}),
		weight: r.weight,
		batch:  r.batch,
		short:  s.Convention == Brave,
	}
}

// operation is a node with a callee's shape: caller is nil for a root.
func (p *planner) operation(o *operation, caller *Service, s step) *node {
	service := p.service(o.service)
	n := &node{
		callee: p.shape(facts{way: o.way, callee: true, self: &p.services[service], caller: caller, op: o, step: &s}),
		own:    o.own,
		chance: s.chance,
	}
	if o.slow > 0 {
		n.slow, n.canSlow = around(o.slow, faultSpread), true
	}
	n.steps = p.steps(o.steps, service)
	return n
}

func (p *planner) steps(steps []step, service int) []*node {
	nodes := make([]*node, len(steps))
	for i, s := range steps {
		nodes[i] = p.step(s, service)
	}
	return nodes
}

func (p *planner) step(s step, service int) *node {
	self := &p.services[service]
	n := &node{own: s.took, chance: s.chance}
	f := facts{way: s.way, self: self, op: s.to, step: &s}
	if s.to != nil {
		n = p.operation(s.to, self, s)
		n.way = s.took
		f.other = &p.services[p.service(s.to.service)]
		n.shared = self.Convention == Brave && f.other.Convention == Brave
	}
	n.caller = p.shape(f)
	for _, c := range s.consumers {
		n.consumers = append(n.consumers, p.operation(c, self, step{way: overKafka, host: s.host, target: s.target, chance: 1}))
	}
	if s.steps != nil {
		n.steps = p.steps(s.steps, service)
	}
	if s.slow > 0 {
		n.slow, n.canSlow = around(s.slow, faultSpread), true
	}
	n.repeat, n.alongside, n.tolerated = s.repeat, s.alongside, s.tolerated
	return n
}

// shape lets the service's dialect describe the two outcomes of a call.
func (p *planner) shape(f facts) *shape {
	describe := describers[f.self.Convention]
	s := &shape{service: p.service(f.self.Name), kind: f.kind(), scope: f.scope()}
	s.name, s.ok = describe(f)
	f.failed = true
	_, s.failed = describe(f)
	s.message = f.message()
	s.remote, s.calledFrom = f.remote()
	return s
}
