// Package selftest finds out whether what this module relies on holds on the
// machine that it runs on. Most of the module was proven against a software
// device; on the first machine of a new kind, a Mac above all, this is what says
// whether that was enough.
//
// Nothing in it is meant to be wrong on purpose beyond what Metal answers by an
// error: what Metal answers by ending the process is checked to be refused before
// Metal sees it.
package selftest
