// Package bench measures decode attention: how long a step takes, what share
// of the memory's bandwidth that is, and how far the result is from the truth.
// It returns records; printing is for others. What computes is an engine.Engine.
package bench

import (
	"encoding/json"
	"math"
	"strconv"
)

// Schema is the version of the records' JSON form. It changes when a field
// changes its meaning or goes.
const Schema = 1

// A Report is everything one run measured, with what is needed to judge it.
type Report struct {
	Schema  int    `json:"schema"`
	Tool    string `json:"tool"`    // version of tqmetal
	Go      string `json:"go"`      // version of Go
	Device  string `json:"device"`  // what computed: the name of the processor or the GPU
	Engine  string `json:"engine"`  // "cpu": package tqsdpa/cpu, "metal": package tqsdpa
	Threads int    `json:"threads"` // of the CPU that compute; 0 on a GPU
	// Source is what was attended to: "synthetic" or the capture's file name.
	Source string `json:"source"`
	// MemoryReadGBps is the physical limit: the bandwidth of reading memory with
	// the same number of threads, or with the GPU, measured in this run, in 10^9
	// bytes a second.
	MemoryReadGBps Number   `json:"memory_read_gbps"`
	Records        []Record `json:"records"`
}

// A Record is one format at one context length.
type Record struct {
	Heads         uint32 `json:"heads"`
	KVHeads       uint32 `json:"kv_heads"`
	HeadDim       uint32 `json:"head_dim"`
	KVSeqLen      uint32 `json:"kv_seq_len"`
	Visible       uint32 `json:"visible_positions"` // that the mask shows
	Mask          string `json:"mask"`
	SlidingWindow uint32 `json:"sliding_window"`
	Softcap       Number `json:"softcap"`
	Scale         Number `json:"scale"`
	FormatName    string `json:"format_name"` // as it was asked for: "default"
	Format        string `json:"format"`      // everything the format says
	Queries       int    `json:"queries"`     // that errors are taken over

	Steps int `json:"steps"` // timed
	// Of a step, one query token through one layer; on a GPU, by its own clock.
	MicrosMedian Number `json:"micros_median"`
	MicrosLow    Number `json:"micros_low"`  // first quartile
	MicrosHigh   Number `json:"micros_high"` // third quartile

	CacheBytes    int64  `json:"cache_bytes"`     // packed rows and norms of the visible positions
	F16CacheBytes int64  `json:"f16_cache_bytes"` // the same positions in F16
	CacheGBps     Number `json:"cache_gbps"`      // CacheBytes over the median
	MemoryShare   Number `json:"memory_share"`    // CacheGBps over the report's MemoryReadGBps

	OracleError      Number `json:"oracle_error"` // NRMSE of the worst head against float64 on the same bytes
	OracleErrorLimit Number `json:"oracle_error_limit"`
	Right            bool   `json:"right"` // OracleError is within the limit

	// Relative squared error of the decoded rows, and what the format's theory
	// says of normal rows.
	KeyDistortion         Number `json:"key_distortion"`
	KeyDistortionTheory   Number `json:"key_distortion_theory"`
	ValueDistortion       Number `json:"value_distortion"`
	ValueDistortionTheory Number `json:"value_distortion_theory"`

	// Against attention over the unquantised rows: NRMSE over all heads and
	// queries, its first-order prediction, and the cosine.
	AttentionError       Number `json:"attention_error"`
	AttentionErrorTheory Number `json:"attention_error_theory"`
	AttentionCosine      Number `json:"attention_cosine"`
	ScoreDeviation       Number `json:"score_deviation"`
}

// A Number is a float64 that JSON can hold: NaN and infinity become null.
type Number float64

// MarshalJSON implements [json.Marshaler].
func (n Number) MarshalJSON() ([]byte, error) {
	if f := float64(n); math.IsNaN(f) || math.IsInf(f, 0) {
		return []byte("null"), nil
	}
	return strconv.AppendFloat(nil, float64(n), 'g', 6, 64), nil
}

// UnmarshalJSON implements [json.Unmarshaler]; null becomes NaN.
func (n *Number) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		*n = Number(math.NaN())
		return nil
	}
	return json.Unmarshal(data, (*float64)(n))
}
