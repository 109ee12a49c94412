package selftest

import (
	"os"
	"os/user"
	"reflect"
	"regexp"
	"strings"
)

// A censor takes out what a report must not say: the folders, the user and the
// name of the machine. Compilers and systems put them into their messages.
type censor struct{ words []*regexp.Regexp }

func newCensor() *censor {
	var secret []string
	for _, get := range []func() (string, error){os.Getwd, os.UserHomeDir, os.UserCacheDir, os.Hostname, os.Executable} {
		if s, err := get(); err == nil {
			secret = append(secret, s)
		}
	}
	secret = append(secret, strings.TrimRight(os.TempDir(), "/"))
	if u, err := user.Current(); err == nil {
		secret = append(secret, u.Username, u.Name)
	}
	return censorOf(secret)
}

func censorOf(secret []string) *censor {
	c := &censor{}
	for _, s := range secret {
		// Of one or two letters, or / alone, nothing would be left of the text.
		if len(s) > 2 {
			c.words = append(c.words, regexp.MustCompile(boundary(s[0])+regexp.QuoteMeta(s)+boundary(s[len(s)-1])))
		}
	}
	return c
}

// boundary keeps a user called sum from being found in the sums.
func boundary(letter byte) string {
	if letter == '_' || letter >= '0' && letter <= '9' || letter|0x20 >= 'a' && letter|0x20 <= 'z' {
		return `\b`
	}
	return ""
}

func (c *censor) text(s string) string {
	for _, w := range c.words {
		s = w.ReplaceAllLiteralString(s, "(removed)")
	}
	return s
}

// clean returns a copy of v with every text in it censored.
func clean[T any](c *censor, v T) T {
	in := reflect.ValueOf(&v).Elem()
	out := reflect.New(in.Type()).Elem()
	c.copy(out, in)
	return out.Interface().(T)
}

func (c *censor) copy(out, in reflect.Value) {
	out.Set(in)
	switch in.Kind() {
	case reflect.String:
		out.SetString(c.text(in.String()))
	case reflect.Struct:
		for i := range in.NumField() {
			if in.Type().Field(i).IsExported() {
				c.copy(out.Field(i), in.Field(i))
			}
		}
	case reflect.Slice:
		if !in.IsNil() {
			out.Set(reflect.MakeSlice(in.Type(), in.Len(), in.Len()))
		}
		for i := range in.Len() {
			c.copy(out.Index(i), in.Index(i))
		}
	case reflect.Interface:
		if !in.IsNil() {
			inner := reflect.New(in.Elem().Type()).Elem()
			c.copy(inner, in.Elem())
			out.Set(inner)
		}
	}
}
