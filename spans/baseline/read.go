package baseline

// Duration is the norm of an operation's total duration; its service's where it is not known.
func (b *Baseline) Duration(op Operation) Norm {
	i := b.infos.at(uint32(op))
	if i == nil {
		return Norm{}
	}
	packed := i.duration.Load()
	if isKnown(packed) {
		return unpack(packed, timeFloor)
	}
	return b.fallback(b.infos.at(i.owner.Load() & numberMask).duration.Load())
}

// Self is the norm of an operation's self time on the critical path, where it is on it; its
// service's where it is not known.
func (b *Baseline) Self(op Operation) Norm {
	i := b.infos.at(uint32(op))
	if i == nil {
		return Norm{}
	}
	packed := i.self.Load()
	if isKnown(packed) {
		return unpack(packed, timeFloor)
	}
	return b.fallback(b.infos.at(i.owner.Load() & numberMask).self.Load())
}

// fallback is the norm of a service, of one of its operations.
func (*Baseline) fallback(packed uint64) Norm {
	n := unpack(packed, timeFloor)
	n.Fallback = true
	return n
}

// Children is the median number of an operation's direct children, if it is known.
func (b *Baseline) Children(op Operation) (typical int, known bool) {
	i := b.infos.at(uint32(op))
	if i == nil {
		return 0, false
	}
	packed := i.children.Load()
	return int(decode(uint16(packed))), packed>>16 >= enough
}

// packMedian keeps of a packed norm the median and the count.
func packMedian(packed uint64) uint32 { return uint32(packed&0xffff | packed>>48<<16) }
