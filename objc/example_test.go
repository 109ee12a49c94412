package objc_test

import (
	"fmt"

	"github.com/tqmetal/tqmetal/internal/objctest"
	"github.com/tqmetal/tqmetal/objc"
)

func ExampleFoundation() {
	foundation, err := objc.NewFoundation(objctest.New()) // on a Mac: objc.System()
	if err != nil {
		fmt.Println(err)
		return
	}
	pool := foundation.OpenPool()
	defer pool.Close()
	text, err := foundation.NewString("kernel void f() {}")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer foundation.Release(text)
	fmt.Println(foundation.String(text))
	// Output: kernel void f() {}
}
