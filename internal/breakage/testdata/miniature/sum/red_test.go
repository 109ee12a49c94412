//go:build red

package sum

import "testing"

func TestRed(t *testing.T) { t.Error("always") }
