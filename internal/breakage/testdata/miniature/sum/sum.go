// Package sum has one rule that its tests check and one that they do not.
package sum

// Of returns the sum of all numbers.
func Of(numbers ...int) int {
	sum := 0
	for i := 0; i < len(numbers); i++ {
		sum += numbers[i]
	}
	return sum
}

// Mean returns the mean, and 0 of nothing.
func Mean(numbers ...int) float64 {
	if len(numbers) == 0 {
		return 0
	}
	return float64(Of(numbers...)) / float64(len(numbers))
}
