package msl

// match finds the partners of brackets.
func (u *Unit) match() bool {
	u.pair = make([]int, len(u.code))
	var open []int
	for i := range u.pair {
		u.pair[i] = -1
	}
	for i, t := range u.code {
		if t.kind != punctuator {
			continue
		}
		switch t.text {
		case "(", "[", "{":
			open = append(open, i)
		case ")", "]", "}":
			if len(open) == 0 || u.code[open[len(open)-1]].text != map[string]string{")": "(", "]": "[", "}": "{"}[t.text] {
				u.refuse(i, "unmatched '"+t.text+"'")
				return false
			}
			j := open[len(open)-1]
			open = open[:len(open)-1]
			u.pair[i], u.pair[j] = j, i
		}
	}
	if len(open) > 0 {
		u.refuse(open[len(open)-1], "unmatched '"+u.code[open[len(open)-1]].text+"'")
		return false
	}
	return true
}

// farthest bounds every look ahead, so that no source takes time that grows with the square of its length.
const farthest = 4096

// angle returns the index of the ">" that closes the template argument list opened at i, or -1.
func (u *Unit) angle(i, limit int) int {
	depth := 0
	for j := i; j < limit && j < len(u.code) && j < i+farthest; j++ {
		t := u.code[j]
		if t.kind != punctuator {
			continue
		}
		switch t.text {
		case "<":
			depth++
		case ">":
			if depth--; depth == 0 {
				return j
			}
		case "(", "[", "{":
			j = u.pair[j]
		case ")", "]", "}", ";":
			return -1
		}
	}
	return -1
}

// angleBack returns the index of the "<" that opens the list closed at i, or -1.
func (u *Unit) angleBack(i, limit int) int {
	depth := 0
	for j := i; j >= limit && j > i-farthest; j-- {
		t := u.code[j]
		if t.kind != punctuator {
			continue
		}
		switch t.text {
		case ">":
			depth++
		case "<":
			if depth--; depth == 0 {
				return j
			}
		case ")", "]", "}":
			j = u.pair[j]
		case "(", "[", "{", ";":
			return -1
		}
	}
	return -1
}

// split cuts code[from:to) at its outermost commas.
func (u *Unit) split(from, to int) (parts [][2]int) {
	start := from
	for j := from; j < to; j++ {
		t := u.code[j]
		switch {
		case t.is(","):
			parts = append(parts, [2]int{start, j})
			start = j + 1
		case t.is("<") && u.tok(j-1).kind == identifier:
			if close := u.angle(j, to); close > 0 {
				j = close
			}
		case u.pair[j] > j:
			j = u.pair[j]
		}
	}
	if start < to {
		parts = append(parts, [2]int{start, to})
	}
	return parts
}
