package zipkin

func (d *Decoder) jsonV1List(body []byte) error {
	return d.jsonList(body, func() error {
		d.v1.reset()
		return d.jsonV1Span(&d.v1)
	}, func() { d.addV1(&d.v1) })
}

func (d *Decoder) jsonV1Span(v *v1Span) error {
	s := &d.scanner
	if err := s.enter('{', "'{': a span"); err != nil {
		return err
	}
	for first := true; ; first = false {
		key, more, err := s.member(first)
		if err != nil || !more {
			return err
		}
		switch string(key) {
		case "traceId":
			v.traceHigh, v.traceLow, err = s.traceID(&v.mistake)
		case "id":
			v.id, err = s.spanID(&v.mistake, BadID)
		case "parentId":
			v.parent, err = s.spanID(&v.mistake, BadParentID)
		case "name":
			v.name, err = s.textField(&v.mistake)
		case "timestamp":
			v.timestamp, err = s.micros(&v.mistake, BadTimestamp)
		case "duration":
			v.duration, err = s.micros(&v.mistake, BadDuration)
		case "debug":
			v.debug, err = s.flag(&v.mistake)
		case "annotations":
			err = s.objects(&v.mistake, func() error { return d.jsonV1Annotation(v) })
		case "binaryAnnotations":
			err = s.objects(&v.mistake, func() error { return d.jsonV1Binary(v) })
		case "localEndpoint", "remoteEndpoint", "tags":
			err = d.wrongFormat(JSONv2)
		default:
			err = s.skip(2)
		}
		if err != nil {
			return err
		}
	}
}

func (d *Decoder) jsonV1Annotation(v *v1Span) error {
	s := &d.scanner
	var (
		timestamp uint64
		value     []byte
		local     endpoint
	)
	err := s.members(func(key []byte) (err error) {
		switch string(key) {
		case "timestamp":
			timestamp, err = s.micros(&v.mistake, BadAnnotation)
		case "value":
			value, err = s.textField(&v.mistake)
		case "endpoint":
			err = s.endpoint(&local, &v.mistake)
		default:
			err = s.skip(4)
		}
		return err
	})
	v.annotate(timestamp, value, local)
	return err
}

// jsonV1Binary reads a binary annotation. Its value may stand before its key.
func (d *Decoder) jsonV1Binary(v *v1Span) error {
	s := &d.scanner
	var (
		b     v1Binary
		isSet bool
		local endpoint
	)
	err := s.members(func(key []byte) (err error) {
		switch string(key) {
		case "key":
			b.key, err = s.textField(&v.mistake)
		case "value":
			isSet = s.peek() == 't'
			b.value, err = d.jsonText()
		case "endpoint":
			err = s.endpoint(&local, &v.mistake)
		default:
			err = s.skip(4)
		}
		return err
	})
	if err != nil {
		return err
	}
	if b.key == nil {
		v.fail(BadTag, "a binary annotation without a key")
	}
	b.address = isAddress(b.key, b.value, isSet)
	b.endpoint = v.at(local)
	if b.value != nil {
		v.binary = append(v.binary, b)
	}
	return nil
}
