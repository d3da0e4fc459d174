package system

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestOSReleaseValue(t *testing.T) {
	const data = "NAME=\"Arch Linux\"\nBUILD_ID=rolling\r\nVARIANT_ID='server'\nHOME_URL=https://x/?a=b\nbroken\n"
	for key, want := range map[string]string{
		"NAME": "Arch Linux", "BUILD_ID": "rolling", "VARIANT_ID": "server", "HOME_URL": "https://x/?a=b", "ID": "", "broken": "",
	} {
		assert.Equal(t, want, osReleaseValue([]byte(data), key), key)
	}
}

func TestPlistString(t *testing.T) {
	const data = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>ProductBuildVersion</key>
	<string>23E224</string>
	<key>ProductName</key>
	<string>macOS</string>
</dict>
</plist>`
	assert.Equal(t, "23E224", plistString([]byte(data), "ProductBuildVersion"))
	assert.Equal(t, "macOS", plistString([]byte(data), "ProductName"))
	assert.Empty(t, plistString([]byte(data), "Missing"))
	assert.Empty(t, plistString([]byte("no list"), "ProductName"))
	assert.Empty(t, plistString([]byte("<plist><dict><key>a</key><true/><key>b</key><string>x</string></dict></plist>"), "a"))
}
