package main

import (
	"errors"
	"fmt"
	"runtime"

	"github.com/urfave/cli/v3"

	"github.com/tqmetal/tqmetal/internal/engine"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
)

func deviceFlag() cli.Flag {
	return &cli.StringFlag{
		Name: "device", Value: "auto", Local: true,
		Usage: "what computes: cpu; metal, this Mac's GPU; soft, a Metal device in software, for verify; auto is metal on a Mac and cpu elsewhere",
		Validator: func(name string) error {
			switch name {
			case "auto", "metal", "soft", "cpu":
				return nil
			}
			return fmt.Errorf("unknown device %q: must be auto, metal, soft or cpu", name)
		},
	}
}

// resolveDevice returns what auto stands for.
func resolveDevice(name string) string {
	switch {
	case name != "auto":
		return name
	case runtime.GOOS == "darwin" && runtime.GOARCH == "arm64":
		return "metal"
	}
	return "cpu"
}

// openEngine opens a device that deviceFlag has accepted. threads are those of cpu;
// sanitize is for soft.
func openEngine(device string, threads int, sanitize bool) (engine.Engine, error) {
	switch device {
	case "metal":
		e, err := engine.SystemMetal()
		if err != nil {
			return nil, fmt.Errorf("-device metal: %w", err)
		}
		return e, nil
	case "soft":
		return engine.Soft(softmetal.Options{Sanitize: sanitize})
	}
	return engine.CPU(threads)
}

// checkDevice refuses options that the device would not take notice of.
func checkDevice(c *cli.Command, device string) error {
	if device != "cpu" && c.IsSet("threads") {
		return fmt.Errorf("-threads goes with -device cpu, not %s", device)
	}
	if device != "soft" && c.Bool("sanitize") {
		return errors.New("-sanitize goes with -device soft")
	}
	return nil
}
