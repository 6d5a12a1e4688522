package wire

import (
	"bytes"
	"crypto/cipher"
	"crypto/sha256"
	"strconv"
)

// Sizes of files and their chunks, in bytes.
const (
	// ChunkSize is the plaintext of every chunk of a file but the last.
	ChunkSize = 4 << 20
	// ChunkOverhead is by how much a sealed chunk is longer than its plaintext.
	ChunkOverhead = PartNonceSize + 16
	// MaxChunks bounds a file so that its manifest fits into one answer.
	MaxChunks = 128 << 10
	// MaxFileSize is the largest file: 512 GiB.
	MaxFileSize = MaxChunks * ChunkSize
)

// chunkDomain begins the additional data of a sealed chunk.
const chunkDomain = "oasiss chunk v1\n"

// FileCipher seals and opens the chunks of one file under its key. Each chunk is
// nonce || AES-256-GCM ciphertext; the additional data name file, key and place,
// so that a chunk of another file or another place does not open.
type FileCipher struct {
	aead cipher.AEAD
	name string
}

// NewFileCipher makes the cipher of a file from its key.
func NewFileCipher(key [32]byte, file, keyID string) (FileCipher, error) {
	if !reference(file) || !reference(keyID) {
		return FileCipher{}, fail(CodeMalformed, "file name")
	}
	aead, err := sealer(key)
	return FileCipher{aead: aead, name: chunkDomain + file + "\n" + keyID + "\n"}, err
}

func (c FileCipher) aad(index int64) []byte { return strconv.AppendInt([]byte(c.name), index, 10) }

// Seal appends the sealed chunk at a place, from 0, to dst. nonce is
// PartNonceSize random bytes and must never repeat under one key.
func (c FileCipher) Seal(dst []byte, index int64, plain, nonce []byte) ([]byte, error) {
	if len(nonce) != PartNonceSize {
		return nil, fail(CodeMalformed, "chunk nonce")
	}
	if len(plain) == 0 || len(plain) > ChunkSize {
		return nil, fail(CodeMalformed, "chunk size")
	}
	return c.aead.Seal(append(dst, nonce...), nonce, plain, c.aad(index)), nil
}

// Open appends the plaintext of the chunk at a place to dst. A wrong key, an
// altered chunk, or one of another file or place gives CodeAltered.
func (c FileCipher) Open(dst []byte, index int64, box []byte) ([]byte, error) {
	if len(box) <= ChunkOverhead || len(box) > ChunkSize+ChunkOverhead {
		return nil, fail(CodeMalformed, "chunk size")
	}
	plain, err := c.aead.Open(dst, box[:PartNonceSize], box[PartNonceSize:], c.aad(index))
	if err != nil {
		return nil, failWith(CodeAltered, "chunk", err)
	}
	return plain, nil
}

// Chunks is how many chunks a file of a size in bytes has.
func Chunks(size int64) int64 { return (size + ChunkSize - 1) / ChunkSize }

// ChunkLen is the length of a file's sealed chunk at a place, in bytes.
func ChunkLen(size, index int64) int64 {
	return min(ChunkSize, size-index*ChunkSize) + ChunkOverhead
}

// FileManifest lists the digests of a file's sealed chunks in order. Its own
// digest stands in the message that names the file, so that what is fetched
// chunk by chunk, from anywhere, can be nothing else.
type FileManifest []Digest

// manifestMagic begins a manifest's bytes.
const manifestMagic = "oasiss file v1\n"

// MaxFileManifest bounds the bytes of a manifest.
const MaxFileManifest = len(manifestMagic) + MaxChunks*sha256.Size

// Bytes is the manifest as it is kept, sent and hashed.
func (m FileManifest) Bytes() []byte {
	out := make([]byte, 0, len(manifestMagic)+len(m)*sha256.Size)
	out = append(out, manifestMagic...)
	for _, d := range m {
		out = append(out, d[:]...)
	}
	return out
}

// Digest is SHA-256 of the manifest's bytes.
func (m FileManifest) Digest() Digest { return sha256.Sum256(m.Bytes()) }

// ReadFileManifest reads the manifest of a file of a size, and holds it against
// the digest that was signed for.
func ReadFileManifest(b []byte, size int64, digest Digest) (FileManifest, error) {
	list, ok := bytes.CutPrefix(b, []byte(manifestMagic))
	switch {
	case !ok:
		return nil, fail(CodeUnknownVersion, "file manifest")
	case size < 1 || size > MaxFileSize || int64(len(list)) != Chunks(size)*sha256.Size:
		return nil, fail(CodeMalformed, "file manifest size")
	case sha256.Sum256(b) != digest:
		return nil, fail(CodeAltered, "file manifest")
	}
	out := make(FileManifest, len(list)/sha256.Size)
	for i := range out {
		copy(out[i][:], list[i*sha256.Size:])
	}
	return out, nil
}

// ManifestLen is the length of the manifest of a file of a size, in bytes.
func ManifestLen(size int64) int64 { return int64(len(manifestMagic)) + Chunks(size)*sha256.Size }
