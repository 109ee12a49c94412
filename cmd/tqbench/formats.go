package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/tqmetal/tqmetal/tqsdpa/codec"
)

var mixture = regexp.MustCompile(`^k(\d{1,2})v(\d{1,2})$`)

const formatNames = "default, mlx-native-0.1, k8v4, f16, or kXvY with X and Y of 4, 8, 16"

// parseFormat returns the cache format of that name at a head dimension.
func parseFormat(name string, headDim uint32) (codec.Format, error) {
	lower := strings.ToLower(name)
	switch lower {
	case "default":
		return codec.Default(headDim), nil
	case "mlx-native-0.1":
		return codec.MLXNative01(headDim), nil
	case "f16":
		return codec.F16(headDim), nil
	}
	bits := mixture.FindStringSubmatch(lower)
	if bits == nil {
		return codec.Format{}, fmt.Errorf("unknown format %q: must be %s", name, formatNames)
	}
	f := codec.Default(headDim)
	for i, field := range []*uint32{&f.KeyBits, &f.ValueBits} {
		n, err := strconv.ParseUint(bits[i+1], 10, 32)
		if err != nil || n != 4 && n != 8 && n != 16 {
			return codec.Format{}, fmt.Errorf("unknown format %q: must be %s", name, formatNames)
		}
		*field = uint32(n)
	}
	if f.KeyBits == 16 && f.ValueBits == 16 {
		return codec.F16(headDim), nil
	}
	return f, nil
}
