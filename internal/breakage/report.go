package main

import (
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
