package wire

import (
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// leafTree is a small tree held in memory, in tlog's storage order.
type leafTree struct {
	n      int64
	hashes []tlog.Hash
}

// newLeafTree builds the tree over leaves.
func newLeafTree(leaves []tlog.Hash) (*leafTree, error) {
	t := &leafTree{}
	for i, leaf := range leaves {
		stored, err := tlog.StoredHashesForRecordHash(int64(i), leaf, t)
		if err != nil {
			return nil, fmt.Errorf("wire: tree: %w", err)
		}
		t.hashes = append(t.hashes, stored...)
		t.n++
	}
	return t, nil
}

// ReadHashes implements tlog.HashReader.
func (t *leafTree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		if x < 0 || x >= int64(len(t.hashes)) {
			return nil, errors.New("wire: hash outside the tree")
		}
		out[i] = t.hashes[x]
	}
	return out, nil
}

// Root is the RFC 6962 root over leaves; over none it is the hash of nothing.
func Root(leaves []tlog.Hash) (Digest, error) {
	t, err := newLeafTree(leaves)
	if err != nil {
		return Digest{}, err
	}
	h, err := tlog.TreeHash(t.n, t)
	return Digest(h), err
}

// path proves leaf i of the tree.
func (t *leafTree) path(i int64) ([]Digest, error) {
	p, err := tlog.ProveRecord(t.n, i, t)
	if err != nil {
		return nil, fmt.Errorf("wire: prove leaf: %w", err)
	}
	return digests(p), nil
}

func digests(hashes []tlog.Hash) []Digest {
	out := make([]Digest, len(hashes))
	for i, h := range hashes {
		out[i] = Digest(h)
	}
	return out
}

func hashes(ds []Digest) []tlog.Hash {
	out := make([]tlog.Hash, len(ds))
	for i, d := range ds {
		out[i] = tlog.Hash(d)
	}
	return out
}

// maxPath bounds a path: no tree of 2^62 leaves needs more for either proof.
const maxPath = 128

// CheckInclusion verifies that leaf is number index (from 0) of the tree of
// size leaves with the given root. Failure is CodeAltered.
func CheckInclusion(path []Digest, size int64, root Digest, index int64, leaf tlog.Hash) error {
	if size < 1 || index < 0 || index >= size || len(path) > maxPath {
		return fail(CodeMalformed, "inclusion proof")
	}
	if err := tlog.CheckRecord(hashes(path), size, tlog.Hash(root), index, leaf); err != nil {
		return failWith(CodeAltered, "inclusion proof", err)
	}
	return nil
}

// CheckConsistency verifies that the tree of size leaves begins with the tree
// of old leaves: nothing was changed or taken away in between.
func CheckConsistency(path []Digest, size int64, root Digest, old int64, oldRoot Digest) error {
	if old < 0 || size < old || len(path) > maxPath {
		return fail(CodeMalformed, "consistency proof")
	}
	if old == 0 { // every tree begins with the empty one
		if len(path) != 0 {
			return fail(CodeMalformed, "consistency proof from nothing")
		}
		return nil
	}
	if err := tlog.CheckTree(hashes(path), size, tlog.Hash(root), old, tlog.Hash(oldRoot)); err != nil {
		return failWith(CodeAltered, "consistency proof", err)
	}
	return nil
}
