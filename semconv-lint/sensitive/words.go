package sensitive

import "strings"

// Words are a name's in lower case with underscores between them, however it is spelled:
// shop.api-key, shop_api_key, shopApiKey, ShopAPIKey and SHOP_API_KEY are all shop_api_key.
func Words(name string) string {
	var out strings.Builder
	out.Grow(len(name) + 4)
	gap := false // before what comes next
	for i := range len(name) {
		c := name[i]
		if !isWord(c) && c < 0x80 || c == '_' {
			gap = true
			continue
		}
		if (gap || begins(name, i)) && out.Len() > 0 {
			out.WriteByte('_')
		}
		gap = false
		if isCapital(c) {
			c += 'a' - 'A'
		}
		out.WriteByte(c)
	}
	return out.String()
}

// begins says whether a capital letter begins a word: K in apiKey, and in APIKey.
func begins(name string, i int) bool {
	if i == 0 || !isCapital(name[i]) {
		return false
	}
	return !isCapital(name[i-1]) || i+1 < len(name) && 'a' <= name[i+1] && name[i+1] <= 'z'
}

func isCapital(c byte) bool { return 'A' <= c && c <= 'Z' }
