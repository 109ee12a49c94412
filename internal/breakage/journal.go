package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// A journal keeps results in a file, so that a run that was stopped goes on
// where it was. What it says of other code than today's does not count.
type journal struct {
	mu    sync.Mutex
	file  *os.File
	code  string // digest of the module
	known map[string]journalLine
}

type journalLine struct {
	Code    string
	Name    string
	Outcome outcome
	By      string
	Took    time.Duration
}

func openJournal(file, root string) (*journal, error) {
	code, err := digest(root)
	if err != nil {
		return nil, err
	}
	j := &journal{code: code, known: map[string]journalLine{}}
	if j.file, err = os.OpenFile(file, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o666); err != nil {
		return nil, err
	}
	// A run that was cut off may have left half a line, which is ended here.
	if _, err := j.file.WriteString("\n"); err != nil {
		return nil, errors.Join(err, j.file.Close())
	}
	if _, err := j.file.Seek(0, io.SeekStart); err != nil {
		return nil, errors.Join(err, j.file.Close())
	}
	lines := bufio.NewScanner(j.file)
	for lines.Scan() {
		var l journalLine
		if err := json.Unmarshal(lines.Bytes(), &l); err == nil && l.Code == code {
			j.known[l.Name] = l
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", file, errors.Join(err, j.file.Close()))
	}
	return j, nil
}

func (j *journal) close() error {
	if j == nil {
		return nil
	}
	return j.file.Close()
}

// result returns what became of an edit in an earlier run.
func (j *journal) result(e edit) (result, bool) {
	if j == nil {
		return result{}, false
	}
	l, ok := j.known[e.String()]
	return result{edit: e, outcome: l.Outcome, by: l.By, took: l.Took}, ok
}

func (j *journal) add(r result) error {
	if j == nil {
		return nil
	}
	line, err := json.Marshal(journalLine{Code: j.code, Name: r.edit.String(), Outcome: r.outcome, By: r.by, Took: r.took})
	if err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	_, err = j.file.Write(append(line, '\n'))
	return err
}

// digest is of all files that a copy of the module has, but for what is only
// read by people and this program's own lists.
func digest(root string) (string, error) {
	sum := sha256.New()
	err := walkModule(root, func(within string, _ fs.DirEntry) error {
		if strings.HasSuffix(within, ".md") || strings.HasPrefix(filepath.ToSlash(within), "internal/breakage/") {
			return nil
		}
		text, err := os.ReadFile(filepath.Join(root, within))
		if err != nil {
			return err
		}
		fmt.Fprintf(sum, "%q %d\n", within, len(text))
		sum.Write(text)
		return nil
	})
	return hex.EncodeToString(sum.Sum(nil)), err
}
