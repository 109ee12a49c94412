package main

import (
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
)

func (r result) String() string {
	if r.by == "" || r.outcome == noCompile {
		return fmt.Sprintf("%v: %v", r.outcome, r.edit)
	}
	return fmt.Sprintf("%v: %v (%s)", r.outcome, r.edit, r.by)
}

// report prints the table and the closing line. It is an error when an edit was
// not found.
func report(w io.Writer, results []result) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "area\tbroken rule\toutcome\tfirst test that failed")
	counts := map[outcome]int{}
	for _, r := range results {
		by := r.by
		if r.outcome == noCompile {
			by = ""
		}
		fmt.Fprintf(table, "%s\t%s\t%v\t%s\n", r.edit.area, r.edit.name, r.outcome, by)
		counts[r.outcome]++
	}
	if err := table.Flush(); err != nil {
		return err
	}
	n := len(results)
	fmt.Fprintf(w, "broken %d, found %d\n", n, counts[found]+counts[foundHang])
	if counts[survived] > 0 || counts[noCompile] > 0 {
		return fmt.Errorf("%d survived, %d do not compile, of %d", counts[survived], counts[noCompile], n)
	}
	return nil
}

// killedShare is the part of mutants that tests must find, of those that are not
// equivalent to the code. Only a person can say which are.
const killedShare = 0.95

// enoughForAShare is the least sample that says anything about it.
const enoughForAShare = 100

// reportMutants prints what survived, a table by file and the closing line.
// Mutants that do not compile are none. It is an error when a survivor is not
// explained, one that is explained was found, or, if that counts, too few were
// found.
func reportMutants(w io.Writer, results []result, explained survivors, share bool) error {
	type counts struct{ mutants, killed, equivalent, stillborn int }
	var areas []string
	by := map[string]*counts{}
	var total counts
	var wrong []error
	for _, r := range results {
		c := by[r.edit.area]
		if c == nil {
			c = new(counts)
			by[r.edit.area] = c
			areas = append(areas, r.edit.area)
		}
		reason, known := explained[r.edit.String()]
		switch r.outcome {
		case noCompile:
			c.stillborn++
			total.stillborn++
			continue
		case survived:
			if known {
				c.equivalent++
				total.equivalent++
				fmt.Fprintf(w, "survived: %v\n\t%s\n\tequivalent: %s\n", r.edit, r.edit.where, reason)
			} else {
				fmt.Fprintf(w, "SURVIVED: %v\n\t%s\n", r.edit, r.edit.where)
				wrong = append(wrong, fmt.Errorf("survived, and nobody says why: %v", r.edit))
			}
		default:
			c.killed++
			total.killed++
			if known {
				wrong = append(wrong, fmt.Errorf("explained as equivalent, but %s found it: %v", r.by, r.edit))
			}
		}
		c.mutants++
		total.mutants++
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "file\tmutants\tkilled\tsurvived\tequivalent\tnot compiled")
	for _, area := range areas {
		c := by[area]
		fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%d\t%d\n", area, c.mutants, c.killed, c.mutants-c.killed-c.equivalent, c.equivalent, c.stillborn)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	differ := total.mutants - total.equivalent
	fmt.Fprintf(w, "of %d mutants %d are equivalent to the code, for the reasons above\nkilled %d of %d\n", total.mutants, total.equivalent, total.killed, differ)
	if share && float64(total.killed) < killedShare*float64(differ) {
		wrong = append(wrong, fmt.Errorf("killed %.1f %%, must be at least %.0f %%", 100*float64(total.killed)/float64(differ), 100*killedShare))
	}
	return errors.Join(wrong...)
}
