package system

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

var (
	sourceNames    = []string{"dns", "os", "cname", "lookup"}
	defaultSources = []string{"dns", "os"}
)

// resolver is what a hostname needs of *net.Resolver.
type resolver interface {
	LookupCNAME(ctx context.Context, host string) (string, error)
	LookupHost(ctx context.Context, host string) ([]string, error)
	LookupAddr(ctx context.Context, addr string) ([]string, error)
}

// hostname finds the host's name.
type hostname struct {
	sources  []string
	os       func() (string, error)
	resolver resolver
}

// find returns the answer of the first source that has one.
//
// The sources that ask the network share the time until ctx's deadline evenly, and leave
// a share: a resolver that is silent costs neither the next source its turn nor the
// detector its other attributes.
func (h hostname) find(ctx context.Context) (string, error) {
	network := len(h.sources)
	for _, source := range h.sources {
		if source == "os" {
			network--
		}
	}
	var errs []error
	for _, source := range h.sources {
		name, err := h.ask(ctx, source, network+1)
		if err == nil && name == "" {
			err = errors.New("empty answer")
		}
		if err == nil {
			return name, nil
		}
		errs = append(errs, fmt.Errorf("%s: %w", source, err))
		if source != "os" {
			network--
		}
	}
	return "", errors.Join(errs...)
}

// ask asks one source, for at most that part of the time left.
func (h hostname) ask(ctx context.Context, source string, part int) (string, error) {
	local, err := h.os()
	if err != nil || source == "os" {
		return local, err
	}
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Until(deadline)/time.Duration(part))
		defer cancel()
	}
	switch source {
	case "dns":
		return h.dns(ctx, local)
	case "cname":
		return h.cname(ctx, local)
	case "lookup":
		return h.lookup(ctx, local)
	}
	return "", fmt.Errorf("unknown source; available are %s", strings.Join(sourceNames, ", "))
}

// dns asks for the fully qualified name as `hostname -f` does: the hosts file, the
// canonical name, the names of its addresses. The resolver does the first two in one.
func (h hostname) dns(ctx context.Context, local string) (string, error) {
	name, err := h.cname(ctx, local)
	if err == nil && name != "" {
		return name, nil
	}
	name, err2 := h.lookup(ctx, local)
	if err2 != nil {
		return "", errors.Join(err, err2)
	}
	return name, nil
}

func (h hostname) cname(ctx context.Context, local string) (string, error) {
	name, err := h.resolver.LookupCNAME(ctx, local)
	return strings.TrimSuffix(name, "."), err
}

// lookup returns the name of the first of the host's addresses that has one.
func (h hostname) lookup(ctx context.Context, local string) (string, error) {
	addresses, err := h.resolver.LookupHost(ctx, local)
	if err != nil {
		return "", err
	}
	var errs []error
	for _, address := range addresses {
		names, err := h.resolver.LookupAddr(ctx, address)
		if i := slices.IndexFunc(names, func(s string) bool { return s != "" }); i >= 0 {
			return strings.TrimSuffix(names[i], "."), nil
		}
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return "", err
	}
	return "", fmt.Errorf("no address of %q has a name", local)
}
