package matrix

import (
	"github.com/tqmetal/tqmetal/internal/bench"
)

// Schema is the version of a report's JSON form. It changes when a field changes
// its meaning or goes.
const Schema = 1

// A Report is what an engine made of the problems.
type Report struct {
	Schema    int               `json:"schema"`
	Tool      string            `json:"tool"`   // version of tqmetal
	Go        string            `json:"go"`     // version of Go
	Device    string            `json:"device"` // what computed: the name of the processor or the GPU
	Engine    string            `json:"engine"` // "cpu" or "metal"
	Problems  int               `json:"problems"`
	Misses    int               `json:"misses"` // of problems and of formats' rows
	Rows      []RowsRecord      `json:"rows"`
	Attention []AttentionRecord `json:"attention"`
	// FirstMisses says the first of them in full.
	FirstMisses []string `json:"first_misses"`
}

// An AttentionRecord is the problems of one head dimension, format, group and
// scale.
type AttentionRecord struct {
	FormatName string       `json:"format_name"` // "default"
	Format     string       `json:"format"`      // everything the format says
	HeadDim    uint32       `json:"head_dim"`
	Group      uint32       `json:"group"` // query heads of a KV head
	Scale      bench.Number `json:"scale"`
	Problems   int          `json:"problems"`
	Misses     int          `json:"misses"`      // over the limit, failed, or not the same in every order
	WorstError bench.Number `json:"worst_error"` // NRMSE of the worst head of all, against float64 on the same bytes
	Limit      bench.Number `json:"limit"`
	Right      bool         `json:"right"`
}

// A RowsRecord is the rows of one head dimension and format, encoded by the engine
// and decoded again, compared with package codec.
type RowsRecord struct {
	FormatName string `json:"format_name"`
	Format     string `json:"format"`
	HeadDim    uint32 `json:"head_dim"`
	// How many rows were encoded and compared, and decoded and compared; of K and V
	// together.
	Rows        int `json:"rows"`
	RowsDecoded int `json:"rows_decoded"`

	// Levels that differ by one where the value lies next to the boundary between
	// them; any other difference is a miss.
	Levels          int          `json:"levels"`
	LevelsDifferent int          `json:"levels_different"`
	LevelsLimit     bench.Number `json:"levels_limit"` // the share that may differ
	NormError       bench.Number `json:"norm_error"`   // relative, of the worst norm
	NormLimit       bench.Number `json:"norm_limit"`
	DecodeError     bench.Number `json:"decode_error"` // NRMSE of the worst decoded row
	DecodeLimit     bench.Number `json:"decode_limit"`
	Right           bool         `json:"right"`
}
