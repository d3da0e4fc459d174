package sensitive

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestMask(t *testing.T) {
	token := "ghp_" + strings.Repeat("a1", 18)
	for text, want := range map[string]string{
		"":                                   "",
		"GET /orders":                        "GET /orders",
		"GET /login?token=" + token + "&a=b": "GET /login?token=ghp_…(40 bytes)&a=b",
		token + " " + token:                  "ghp_…(40 bytes) ghp_…(40 bytes)",
		"AKIAIOSFODNN7EXAMPLE is anna@example.com's":                       "AKIA…(20 bytes) is anna…(16 bytes)'s",
		"write anna@example.com: or not":                                   "write anna…(16 bytes): or not",
		"4111 1111 1111 1111, anna@example.com":                            "4111…(19 bytes), anna…(16 bytes)",
		"postgres://shop:hunter2@db/ " + token:                             "postgres://shop:*******@db/ ghp_…(40 bytes)",
		"a://b, postgres://shop:hunter2@db/":                               "a://b, postgres://shop:*******@db/",
		"left-pad@1.3.0 of anna@example.com":                               "left-pad@1.3.0 of anna…(16 bytes)",
		"logo@2x.png, lodash@4.17.21.tgz":                                  "logo@2x.png, lodash@4.17.21.tgz",
		"rabbit@rabbit-0.rabbit.shop.svc.cluster.local":                    "rabbit@rabbit-0.rabbit.shop.svc.cluster.local",
		"root@ip-10-0-0-1.ec2.internal":                                    "root@ip-10-0-0-1.ec2.internal",
		"app@shop.iam.gserviceaccount.com":                                 "app@shop.iam.gserviceaccount.com",
		"anna@example.md":                                                  "anna…(15 bytes)",
		"git@github.com:koine/koine.git":                                   "git@github.com:koine/koine.git",
		"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N.": "eyJh…(64 bytes)",
		"http.4111111111111111":                                            "http.4111…(16 bytes)",
		"4111111111111111 4111111111111111":                                "4111…(16 bytes) 4111…(16 bytes)",
		"1234111111111111111":                                              "1234111111111111111",
		"Bearer abcdefghijklmnopqrstuvwxyz":                                "Bear…(33 bytes)",
	} {
		assert.Equal(t, want, Mask(text))
		assert.Equal(t, want, Mask(want), "what is masked stays")
	}
}
