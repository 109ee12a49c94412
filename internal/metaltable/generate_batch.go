package metaltable

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// Limits of an entry of an objc.Batch: x0 to x7 on arm64, and six registers and six
// words of the stack on amd64, where the same entries are tested.
const (
	entryRegisters = 8
	registersAMD64 = 6
	stackAMD64     = 6
)

// generateBatch writes the function of a message that waits in a batch.
//
// On amd64 a struct of three words lies on the stack by value, and takes no
// register; everything else has the same index in an entry on both processors. So
// such structs come last, and what would lie behind them, or half in registers, is
// refused.
func generateBatch(b *bytes.Buffer, pkg string, m Message) error {
	q := qualifier(pkg)
	result, args, err := SplitEncoding(m.Encoding)
	switch {
	case err != nil:
		return err
	case m.IsFunction():
		return fmt.Errorf("a C function can't wait in a batch")
	case result != "v" || m.Result != "":
		return fmt.Errorf("the result %s of a message that waits in a batch is lost", result)
	case len(args) < 2 || args[0] != "@" || args[1] != ":":
		return fmt.Errorf("encoding %s does not begin with a receiver and a selector", m.Encoding)
	case len(args)-2 != len(m.Params):
		return fmt.Errorf("%d arguments, but encoding %s has %d", len(m.Params), m.Encoding, len(args)-2)
	}
	params := []string{"self " + q + "ID"}
	var rooms, copies, fill []string
	register, stack := 2, 0
	for i, p := range m.Params {
		s, ok := shapeOf(pkg, p.Type)
		if !ok || !slices.Contains(s.encodings, args[2+i]) {
			return fmt.Errorf("argument %s: Go type %s does not travel as %s", p.Name, p.Type, args[2+i])
		}
		if stack > 0 && p.Type != "Size" {
			return fmt.Errorf("argument %s stands behind a struct of three words: on amd64 it has another index", p.Name)
		}
		if s.registers == 2 && register+1 == registersAMD64 {
			return fmt.Errorf("argument %s lies on the stack on amd64, and in two registers on arm64", p.Name)
		}
		if s.room != "" {
			rooms = append(rooms, strings.ReplaceAll(s.room, "%s", p.Name))
		}
		switch {
		case p.Type == "**NSError", s.argument == "" && s.registers != 2:
			return fmt.Errorf("argument %s: %s can't wait in a batch", p.Name, p.Type)
		case p.Type == "Size":
			fill = append(fill, fmt.Sprintf("c.SetStruct(e, %d, %d, %s.words())", register, stack, p.Name))
			stack += 3
		case s.registers == 2:
			fill = append(fill,
				fmt.Sprintf("e[%d] = uintptr(%s.Location)", register, p.Name),
				fmt.Sprintf("e[%d] = uintptr(%s.Length)", register+1, p.Name))
		case s.room != "":
			copies = append(copies, fmt.Sprintf("x%d := "+s.argument, register, p.Name))
			fill = append(fill, fmt.Sprintf("e[%d] = x%[1]d", register))
		default:
			fill = append(fill, fmt.Sprintf("e[%d] = "+s.argument, register, p.Name))
		}
		register += s.registers
		params = append(params, p.Name+" "+p.Type)
	}
	if register > entryRegisters || stack > stackAMD64 || stack > 0 && register-stack/3 > registersAMD64 {
		return fmt.Errorf("the arguments do not fit an entry")
	}

	fmt.Fprintf(b, "// %s %s %s, %s, macOS %s; waits in the batch.\n", m.Class, m.Selector, m.Encoding, m.Ownership, m.MinMacOS)
	fmt.Fprintf(b, "func (c *batch) %s(%s) {\n", m.Name, strings.Join(params, ", "))
	if len(rooms) > 0 {
		fmt.Fprintf(b, "c.Reserve(%s)\n", strings.Join(rooms, " + "))
	}
	for _, line := range copies {
		b.WriteString(line + "\n")
	}
	fmt.Fprintf(b, "e := c.Next()\ne[0], e[1] = uintptr(self), uintptr(c.table.selectors[%s])\n", constantName("sel", name(m)))
	for _, line := range fill {
		b.WriteString(line + "\n")
	}
	b.WriteString("c.Commit()\n}\n\n")
	return nil
}
