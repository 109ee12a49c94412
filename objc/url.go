package objc

import (
	"errors"
	"fmt"
)

// URLPath returns the path of an NSURL of a file, and an empty text of nil.
func (f *Foundation) URLPath(url ID) string {
	pool := f.OpenPool()
	defer pool.Close()
	c := f.call()
	defer f.done(c)
	return f.String(c.urlPath(url))
}

// NewFileURL returns an NSURL of a file, which need not exist. A path that is
// not absolute is below the current directory. The caller owns it. The errors
// are those of [Foundation.NewString], and one for an empty path, at which
// Foundation would throw.
func (f *Foundation) NewFileURL(path string) (ID, error) {
	if path == "" {
		return 0, errors.New("NSURL: the path is empty")
	}
	text, err := f.NewString(path)
	if err != nil {
		return 0, fmt.Errorf("NSURL: %w", err)
	}
	defer f.Release(text)
	c := f.call()
	defer f.done(c)
	url := c.urlInitFile(c.alloc(f.url), text)
	if url == 0 {
		return 0, fmt.Errorf("NSURL: initFileURLWithPath: %q: %w", path, ErrNoObject)
	}
	return url, nil
}
