package mtl

import "fmt"

// A GPUFamily is a set of features that GPUs have in common (MTLGPUFamily).
type GPUFamily int64

// GPU families. Apple7 is the M1, Apple8 the M2, Apple9 the M3 and M4.
const (
	GPUFamilyApple4  GPUFamily = 1004
	GPUFamilyApple5  GPUFamily = 1005
	GPUFamilyApple6  GPUFamily = 1006
	GPUFamilyApple7  GPUFamily = 1007
	GPUFamilyApple8  GPUFamily = 1008
	GPUFamilyApple9  GPUFamily = 1009
	GPUFamilyApple10 GPUFamily = 1010
	GPUFamilyMac2    GPUFamily = 2002
	GPUFamilyCommon3 GPUFamily = 3003
	GPUFamilyMetal3  GPUFamily = 5001
	GPUFamilyMetal4  GPUFamily = 5002
)

// String returns the name of the family, such as "Apple 8".
func (f GPUFamily) String() string {
	for _, kind := range []struct {
		first, last GPUFamily
		name        string
	}{
		{GPUFamilyApple4, GPUFamilyApple10, "Apple"},
		{GPUFamilyMac2, GPUFamilyMac2, "Mac"},
		{GPUFamilyCommon3, GPUFamilyCommon3, "Common"},
		{GPUFamilyMetal3, GPUFamilyMetal4, "Metal"},
	} {
		if f >= kind.first && f <= kind.last {
			number := f % 1000
			if kind.name == "Metal" { // Metal 3 is 5001
				number += 2
			}
			return fmt.Sprintf("%s %d", kind.name, number)
		}
	}
	return fmt.Sprintf("GPUFamily(%d)", int64(f))
}
