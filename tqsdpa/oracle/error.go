package oracle

import (
	"fmt"
	"math"

	"github.com/tqmetal/tqmetal/tqsdpa/attention"
)

// NRMSE returns the two-norm of got - want over the two-norm of want, in
// float64. Where want is all zero it is 0 for an equal got and infinity for any
// other. NaN in either makes it NaN: compare with !(e <= limit). A ParamError
// says when the lengths differ.
func NRMSE(got []float32, want []float64) (float64, error) {
	if len(got) != len(want) {
		return 0, &attention.ParamError{Field: "len(got)", Value: len(got), Limit: fmt.Sprintf("%d as want", len(want))}
	}
	return nrmse(got, want), nil
}

// WorstHeadNRMSE returns the largest [NRMSE] of any head: the figure by which
// engines are judged, since a wrong head must not hide behind the right ones.
func WorstHeadNRMSE(got []float32, want []float64, headDim uint32) (float64, error) {
	dim := int(headDim)
	if len(got) != len(want) || dim == 0 || len(want)%dim != 0 {
		return 0, &attention.ParamError{Field: "len(got)", Value: len(got), Limit: fmt.Sprintf("%d as want, a multiple of %d", len(want), dim)}
	}
	worst := 0.0
	for h := 0; h < len(want); h += dim {
		worst = math.Max(worst, nrmse(got[h:h+dim], want[h:h+dim]))
	}
	return worst, nil
}

func nrmse(got []float32, want []float64) float64 {
	difference, reference := 0.0, 0.0
	for i, w := range want {
		d := float64(got[i]) - w
		difference += d * d
		reference += w * w
	}
	if difference == 0 && reference == 0 {
		return 0
	}
	return math.Sqrt(difference / reference)
}

// A Prediction is what theory says of the error that quantisation adds to the
// attention of one problem.
type Prediction struct {
	Output         []float64 // the attention over the unquantised rows, [NumHeads][HeadDim]
	NRMSE          float64   // expected two-norm of the error over that of Output, all heads
	ScoreDeviation float64   // standard deviation of the scores over the visible positions, mean of the heads
}

// Predict returns the attention over unquantised rows and the error to expect
// from p.Format, to first order. The arguments are those of [AttendRows].
//
// A row's error is taken as isotropic with squared length D |x|^2, D the
// format's distortion (see [codec.Format.KeyDistortion]). The error e of key i
// then moves its score with variance s_i^2 = (Scale cap')^2 |q|^2 D |k_i|^2 / d,
// cap' the slope of the softcap, and the softmax with weights w passes that on:
//
//	E|error|^2 = sum of w_i^2 (D |v_i|^2 + s_i^2 |v_i - output|^2)
//
// For normal data with score deviation s this is NRMSE^2 = D_v + s^2 D_k, so
// 0.138 for 4-bit K and V at s = 1. The first order overestimates where
// attention is so sharp that scores move by more than about 1.
func Predict(p attention.Params, q, k, v []float32) (Prediction, error) {
	key, value, err := rawRows(p, q, k, v)
	if err != nil {
		return Prediction{}, err
	}
	dim, group := int(p.HeadDim), int(p.GroupSize())
	first, _ := p.Visible()
	distortionK, distortionV := p.CacheFormat().KeyDistortion(), p.CacheFormat().ValueDistortion()

	scores := attentionScores(p, q, key)
	deviation := 0.0
	weights := make([][]float64, len(scores))
	for h, s := range scores {
		deviation += standardDeviation(s) / float64(len(scores))
		weights[h] = append([]float64(nil), s...)
		softmax(weights[h])
	}
	output := weightedSum(p, weights, value)

	variance := 0.0
	for kvHead := range int(p.NumKVHeads) {
		for i := range weights[0] {
			keyRow, valueRow := key(kvHead, int(first)+i), value(kvHead, int(first)+i)
			for h := kvHead * group; h < (kvHead+1)*group; h++ {
				slope := float64(p.Scale)
				if c := float64(p.Softcap); c > 0 {
					slope *= 1 - (scores[h][i]/c)*(scores[h][i]/c)
				}
				fromScore := slope * slope * squaredLength32(q[h*dim:(h+1)*dim]) * distortionK * squaredLength(keyRow) / float64(dim)
				away := 0.0
				for j, x := range valueRow {
					d := x - output[h*dim+j]
					away += d * d
				}
				w := weights[h][i]
				variance += w * w * (distortionV*squaredLength(valueRow) + fromScore*away)
			}
		}
	}
	return Prediction{Output: output, NRMSE: math.Sqrt(variance / squaredLength(output)), ScoreDeviation: deviation}, nil
}

func squaredLength(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v * v
	}
	return sum
}

func squaredLength32(x []float32) float64 {
	sum := 0.0
	for _, v := range x {
		sum += float64(v) * float64(v)
	}
	return sum
}

func standardDeviation(x []float64) float64 {
	mean, square := 0.0, 0.0
	for _, v := range x {
		mean += v / float64(len(x))
		square += v * v / float64(len(x))
	}
	return math.Sqrt(math.Max(0, square-mean*mean))
}
