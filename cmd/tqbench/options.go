package main

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/tqmetal/tqmetal/tqsdpa/attention"
	"github.com/tqmetal/tqmetal/tqsdpa/codec"
)

// options is what the command line asks for.
type options struct {
	device    string           // cpu, metal or soft
	shape     attention.Params // but for the lengths and the format
	contexts  []uint32
	formats   []string
	capture   string // path, or empty for synthetic rows
	threads   int
	seed      uint64
	json      bool
	described string // the shape's name, for people
}

func flags() []cli.Flag {
	return []cli.Flag{
		deviceFlag(),
		&cli.StringFlag{Name: "preset", Local: true, Value: presets[0].name, Usage: "attention shape of a model's layer: " + presetNames()},
		&cli.Uint32Flag{Name: "heads", Local: true, Usage: "query heads, instead of the preset's"},
		&cli.Uint32Flag{Name: "kv-heads", Local: true, Usage: "KV heads, instead of the preset's"},
		&cli.Uint32Flag{Name: "head-dim", Local: true, Usage: "elements of a head: 64, 128, 256 or 512, instead of the preset's"},
		&cli.StringFlag{Name: "context", Local: true, Value: "1K,8K,32K", Usage: "positions in the cache, a `LIST`; K is 1024"},
		&cli.StringFlag{Name: "format", Local: true, Value: "default", Usage: "cache format, a `LIST`; F16 is always measured beside it: " + formatNames},
		&cli.StringFlag{Name: "mask", Local: true, Value: "causal", Usage: "none, causal or window"},
		&cli.Uint32Flag{Name: "window", Local: true, Usage: "newest positions seen, with -mask window (default: the preset's)"},
		&cli.Float32Flag{Name: "softcap", Local: true, Usage: "bound scores to this by tanh; 0 is off (default: the preset's)"},
		&cli.Float32Flag{Name: "scale", Local: true, Usage: "factor of the scores (default: 1/sqrt(head-dim), or the capture's)"},
		&cli.StringFlag{Name: "kv", Local: true, Usage: "attend to the tensors of `FILE`.safetensors instead of synthetic rows: k and v [kv_heads, seq, head_dim], q [heads, n, head_dim], metadata scale"},
		&cli.IntFlag{Name: "threads", Local: true, Usage: "threads of the CPU to compute with (default: all)"},
		&cli.Uint64Flag{Name: "seed", Local: true, Value: 1, Usage: "of the synthetic rows"},
		&cli.BoolFlag{Name: "json", Local: true, Usage: "print records as JSON instead of a table"},
	}
}

func parseOptions(c *cli.Command) (options, error) {
	if c.Args().Present() {
		return options{}, fmt.Errorf("unexpected argument %q: options start with a dash, see -help", c.Args().First())
	}
	o := options{
		device:  resolveDevice(c.String("device")),
		threads: c.Int("threads"), seed: c.Uint64("seed"), json: c.Bool("json"), capture: c.String("kv"),
		formats: strings.Split(c.String("format"), ","),
	}
	if err := checkDevice(c, o.device); err != nil {
		return options{}, err
	}
	p, err := findPreset(c.String("preset"))
	if err != nil {
		return options{}, err
	}
	if err := o.parseShape(c, p); err != nil {
		return options{}, err
	}
	if err := o.parseMask(c, p); err != nil {
		return options{}, err
	}
	for _, name := range o.formats {
		if _, err := parseFormat(name, codec.Default(64).HeadDim); err != nil {
			return options{}, err
		}
	}
	return o, nil
}

// parseShape reads what a capture says itself, and refuses to hear it twice.
func (o *options) parseShape(c *cli.Command, p preset) error {
	o.shape.Scale = c.Float32("scale")
	if o.shape.Scale == 0 && c.IsSet("scale") {
		return errors.New("-scale is 0: all scores would be equal")
	}
	if o.capture != "" {
		for _, name := range []string{"preset", "heads", "kv-heads", "head-dim", "context", "seed"} {
			if c.IsSet(name) {
				return fmt.Errorf("-%s goes with synthetic rows, not with -kv: the file says its shape", name)
			}
		}
		o.described = "capture " + o.capture
		return nil
	}
	o.described = p.name
	o.shape.NumHeads, o.shape.NumKVHeads, o.shape.HeadDim = p.heads, p.kvHeads, p.headDim
	for _, f := range []struct {
		name  string
		field *uint32
	}{{"heads", &o.shape.NumHeads}, {"kv-heads", &o.shape.NumKVHeads}, {"head-dim", &o.shape.HeadDim}} {
		if c.IsSet(f.name) {
			*f.field = c.Uint32(f.name)
			o.described = "own shape"
		}
	}
	if !c.IsSet("scale") {
		o.shape.Scale = float32(1 / math.Sqrt(float64(o.shape.HeadDim)))
	}
	for _, text := range strings.Split(c.String("context"), ",") {
		n, err := parseCount(text)
		if err != nil {
			return fmt.Errorf("-context %q: %w", c.String("context"), err)
		}
		o.contexts = append(o.contexts, n)
	}
	return nil
}

func (o *options) parseMask(c *cli.Command, p preset) error {
	switch name := c.String("mask"); name {
	case "none":
		o.shape.Mask = attention.MaskNone
	case "causal":
		o.shape.Mask = attention.MaskCausal
	case "window":
		o.shape.Mask = attention.MaskSlidingWindow
	default:
		return fmt.Errorf("unknown mask %q: must be none, causal or window", name)
	}
	o.shape.SlidingWindow = c.Uint32("window")
	if o.capture == "" {
		if o.shape.Mask == attention.MaskSlidingWindow && !c.IsSet("window") {
			o.shape.SlidingWindow = p.window
		}
		o.shape.Softcap = p.softcap
	} else if !c.IsSet("mask") {
		o.shape.Mask = attention.MaskNone
	}
	if c.IsSet("softcap") {
		o.shape.Softcap = c.Float32("softcap")
	}
	return nil
}

// parseCount reads a positive count; K stands for 1024.
func parseCount(text string) (uint32, error) {
	digits, factor := strings.TrimSpace(text), uint64(1)
	if n := len(digits); n > 0 && (digits[n-1] == 'K' || digits[n-1] == 'k') {
		digits, factor = digits[:n-1], 1024
	}
	n, err := strconv.ParseUint(digits, 10, 32)
	if err != nil || n == 0 || n*factor > math.MaxUint32 {
		return 0, fmt.Errorf("%q is no count from 1 to %d", text, uint32(math.MaxUint32))
	}
	return uint32(n * factor), nil
}
