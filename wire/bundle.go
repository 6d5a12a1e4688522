package wire

import (
	"archive/zip"
	"bytes"
	"crypto"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"path"
	"strings"
	"time"
)

// BundleFormat names the format of a bundle: one version of a packet as a ZIP
// file that can be checked without a node, years later.
const BundleFormat = "oasiss packet bundle"

// The two files of a bundle that its list does not name: the list itself, and
// the same list signed by the node that made the bundle.
const (
	bundleList   = "bundle.json"
	bundleSigned = "bundle.jws"
)

// Kinds of files in a bundle.
const (
	BundlePrint    = "print"    // a reading of the packet: PDF or HTML
	BundleData     = "data"     // the packet for machines
	BundleManifest = "manifest" // the packet's manifest, as it was approved
	BundleItem     = "item"     // an item's exact bytes; About is its id
	BundleExhibit  = "exhibit"  // the bytes of a file of an exhibit; About is the item that says what it is
	BundleAct      = "act"      // a ProofFile with its message: who approved, who sent
	BundleReceipt  = "receipt"  // a signed receipt; About is the message it answers
)

// Bounds of a bundle that is read: more than any packet has, and little enough
// that a hostile file can do no harm.
const (
	maxBundleFiles = 4000
	maxBundleFile  = 64 << 20
	maxBundle      = 512 << 20 // of all files but those of exhibits
)

// Bounds of the files of exhibits, in bytes: of one, and of all together. Those
// are never in memory whole, neither here nor where they are checked. What is
// larger is listed with its digest and the node that holds it.
const (
	MaxBundleExhibit  = 512 << 20
	MaxBundleExhibits = 2 << 30
)

// Why a file of an exhibit is listed and not in a bundle.
const (
	AbsentTooLarge = "too_large" // beyond MaxBundleExhibit, or MaxBundleExhibits with those before it
	AbsentNotHere  = "not_here"  // its bytes or its key have not come to the node that made the bundle
	AbsentClosed   = "closed"    // not open to whom the bundle was made for
)

// BundleFile is one file of a bundle.
type BundleFile struct {
	Name   string `json:"name"`            // path in the ZIP file
	Kind   string `json:"kind"`            // one of the kinds above
	About  string `json:"about,omitempty"` // item or message
	Size   int64  `json:"size"`            // bytes
	Digest Digest `json:"sha256"`
}

// BundleList says what a bundle holds.
type BundleList struct {
	V        int          `json:"v"`               // Version
	Format   string       `json:"format"`          // BundleFormat
	Node     string       `json:"node"`            // that made it and signs it
	By       string       `json:"by"`              // account for whom it was made
	Packet   string       `json:"packet"`          // id of the packet
	Version  int          `json:"version"`         // number of the version
	Manifest Digest       `json:"manifest"`        // SHA-256 of the manifest
	Copy     int          `json:"copy,omitempty"`  // number among the copies of the packet that left the node
	Taken    string       `json:"taken,omitempty"` // the fact in its journal by which it left
	Made     time.Time    `json:"made"`
	Files    []BundleFile `json:"files"` // every file but the list and its signature
	// Absent are the files of exhibits that the packet has and the bundle has not.
	Absent []BundleAbsent `json:"absent,omitempty"`
}

// BundleAbsent is a file of an exhibit that is not in a bundle: its digest, and
// which node to ask for it.
type BundleAbsent struct {
	About  string `json:"about"` // item that says what it is
	Size   int64  `json:"size"`  // bytes
	Digest Digest `json:"sha256"`
	Why    string `json:"why"`  // AbsentTooLarge…
	Node   string `json:"node"` // that holds it
}

// Bundle is a bundle that is being made, or one whose every file was found to be
// as its signed list says.
type Bundle struct {
	List  BundleList
	files map[string][]byte
	large map[string]func() (io.ReadCloser, error) // files of exhibits, to be written
}

// Add puts a file into a bundle that is being made.
func (b *Bundle) Add(name, kind, about string, content []byte) {
	if b.files == nil {
		b.files = map[string][]byte{}
	}
	b.files[name] = content
	b.List.Files = append(b.List.Files, BundleFile{Name: name, Kind: kind, About: about, Size: int64(len(content)), Digest: sha256.Sum256(content)})
}

// AddExhibit puts a file of an exhibit into a bundle that is being made. It is
// opened when its turn comes to be written.
func (b *Bundle) AddExhibit(name, about string, size int64, digest Digest, open func() (io.ReadCloser, error)) {
	if b.large == nil {
		b.large = map[string]func() (io.ReadCloser, error){}
	}
	b.large[name] = open
	b.List.Files = append(b.List.Files, BundleFile{Name: name, Kind: BundleExhibit, About: about, Size: size, Digest: digest})
}

// Content gives a file of the bundle; nil for one of an exhibit.
func (b *Bundle) Content(name string) []byte { return b.files[name] }

// Of lists the files of a kind, in order.
func (b *Bundle) Of(kind string) []BundleFile {
	var out []BundleFile
	for _, f := range b.List.Files {
		if f.Kind == kind {
			out = append(out, f)
		}
	}
	return out
}

// Write signs the list with the node's key and writes the ZIP file.
func (b *Bundle) Write(w io.Writer, key crypto.Signer) error {
	b.List.V, b.List.Format, b.List.Made = Version, BundleFormat, b.List.Made.UTC().Truncate(time.Microsecond)
	if err := b.List.check(); err != nil {
		return err
	}
	list, err := compact(b.List)
	if err != nil {
		return failWith(CodeMalformed, "bundle", err)
	}
	signed, err := signJWS(typBundle, list, key)
	if err != nil {
		return err
	}
	z := zip.NewWriter(w)
	put := func(name string, method uint16, content io.Reader) error {
		f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: b.List.Made})
		if err != nil {
			return failWith(CodeMalformed, "bundle", err)
		}
		_, err = io.Copy(f, content)
		return err
	}
	err = errors.Join(put(bundleList, zip.Deflate, bytes.NewReader(list)), put(bundleSigned, zip.Deflate, strings.NewReader(signed)))
	for _, f := range b.List.Files {
		switch {
		case err != nil:
			return err
		case f.Kind == BundleExhibit:
			err = b.putExhibit(f, put)
		default:
			err = put(f.Name, zip.Deflate, bytes.NewReader(b.files[f.Name]))
		}
	}
	return errors.Join(err, z.Close())
}

// putExhibit writes a file of an exhibit as it is read, and fails if that is not
// what the list, which is signed already, says of it. Pictures and films are
// packed already, so nothing is packed here.
func (b *Bundle) putExhibit(f BundleFile, put func(string, uint16, io.Reader) error) error {
	r, err := b.large[f.Name]()
	if err != nil {
		return err
	}
	h := sha256.New()
	err = put(f.Name, zip.Store, io.TeeReader(r, h))
	if err = errors.Join(err, r.Close()); err == nil && Digest(h.Sum(nil)) != f.Digest {
		err = fail(CodeAltered, "file "+f.Name)
	}
	return err
}

func (l BundleList) check() error {
	if l.Format != BundleFormat || !nameForm.MatchString(l.Node) || l.Packet == "" || !reference(l.Packet) || l.Version < 1 || l.Manifest.IsZero() || l.Made.IsZero() {
		return fail(CodeMalformed, "list of the bundle")
	}
	if len(l.Files) == 0 || len(l.Files) > maxBundleFiles {
		return fail(CodeMalformed, "number of files of the bundle")
	}
	seen := map[string]bool{bundleList: true, bundleSigned: true}
	var small, large int64
	for _, f := range l.Files {
		most, all := int64(maxBundleFile), &small
		if f.Kind == BundleExhibit {
			most, all = MaxBundleExhibit, &large
		}
		if !bundleName(f.Name) || seen[f.Name] || f.Size < 0 || f.Size > most {
			return fail(CodeMalformed, "file "+f.Name+" of the bundle")
		}
		*all += f.Size
		seen[f.Name] = true
	}
	if small > maxBundle || large > MaxBundleExhibits {
		return fail(CodeMalformed, "size of the bundle")
	}
	return nil
}

// bundleName reports whether a path stays inside the folder it is unpacked to,
// on every system.
func bundleName(name string) bool {
	return name != "" && name == path.Clean(name) && !strings.HasPrefix(name, "/") && !strings.HasPrefix(name, "..") && !strings.ContainsAny(name, "\\:\x00") && len(name) <= 200
}

// OpenBundle reads a bundle and holds every file against the list that its node
// signed: a file that was altered, cut, renamed, added or taken out is told by
// its name. keys gives the signing keys of a node.
func OpenBundle(r io.ReaderAt, size int64, keys func(node string) SignKeys) (*Bundle, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, failWith(CodeMalformed, "bundle is no whole ZIP file", err)
	}
	if len(z.File) > maxBundleFiles+2 {
		return nil, fail(CodeMalformed, "number of files of the bundle")
	}
	packed := map[string]*zip.File{}
	for _, f := range z.File {
		if packed[f.Name] != nil || !bundleName(f.Name) {
			return nil, fail(CodeMalformed, "file "+f.Name+" of the bundle")
		}
		packed[f.Name] = f
	}
	b := &Bundle{files: map[string][]byte{}}
	if err := b.readList(packed, keys); err != nil {
		return b, err
	}
	for _, f := range b.List.Files {
		if packed[f.Name] == nil {
			return b, fail(CodeAltered, "file "+f.Name+" is missing")
		}
		if err := b.read(f, packed[f.Name]); err != nil {
			return b, err
		}
		delete(packed, f.Name)
	}
	for name := range packed {
		return b, fail(CodeAltered, "file "+name+" was added")
	}
	return b, nil
}

// readList reads the list and its signature, and takes both from what is packed.
func (b *Bundle) readList(packed map[string]*zip.File, keys func(node string) SignKeys) error {
	var content [2][]byte
	for i, name := range []string{bundleList, bundleSigned} {
		f, ok := packed[name]
		if !ok {
			return fail(CodeMalformed, "bundle has no list, or nobody signed it")
		}
		var out bytes.Buffer
		if err := unpack(&out, f, maxBundleFile); err != nil {
			return err
		}
		content[i] = out.Bytes()
		delete(packed, name)
	}
	if err := readJSON(content[0], "bundle list", &b.List); err != nil {
		return err
	}
	if err := b.List.check(); err != nil {
		return err
	}
	signers := keys(b.List.Node)
	if signers == nil {
		return fail(CodeSignature, "no key of node "+b.List.Node+" was given")
	}
	payload, err := openJWS(typBundle, string(content[1]), signers)
	if err != nil {
		return err
	}
	if !bytes.Equal(payload, content[0]) {
		return fail(CodeAltered, "list of the bundle")
	}
	return nil
}

// read holds a file against the list. The bytes of an exhibit's are not kept.
func (b *Bundle) read(f BundleFile, z *zip.File) error {
	h := sha256.New()
	var kept bytes.Buffer
	to := io.Writer(h)
	if f.Kind != BundleExhibit {
		to = io.MultiWriter(h, &kept)
	}
	if err := unpack(to, z, f.Size); err != nil {
		return err
	}
	if Digest(h.Sum(nil)) != f.Digest {
		return fail(CodeAltered, "file "+f.Name)
	}
	if f.Kind != BundleExhibit {
		b.files[f.Name] = kept.Bytes()
	}
	return nil
}

// unpack reads one file as far as its bound, whatever its header says.
func unpack(w io.Writer, f *zip.File, most int64) error {
	r, err := f.Open()
	if err != nil {
		return failWith(CodeAltered, "file "+f.Name, err)
	}
	n, err := io.Copy(w, io.LimitReader(r, most+1))
	if err = errors.Join(err, r.Close()); err != nil {
		return failWith(CodeAltered, "file "+f.Name, err)
	}
	if n > most {
		return fail(CodeAltered, "file "+f.Name)
	}
	return nil
}

// Packet holds the items in the bundle against the manifest, and the manifest
// against the digest that was approved. It gives the manifest and how many of
// its items are not in the bundle: those that were sealed to whom it was made for.
func (b *Bundle) Packet() (m Manifest, sealed int, err error) {
	manifests := b.Of(BundleManifest)
	if len(manifests) != 1 || manifests[0].Digest != b.List.Manifest {
		return m, 0, fail(CodeAltered, "manifest of the packet")
	}
	if m, err = ParseManifest(b.files[manifests[0].Name]); err != nil {
		return m, 0, err
	}
	if m.Packet != b.List.Packet || m.Version != b.List.Version {
		return m, 0, fail(CodeAltered, "manifest of another packet")
	}
	digests := map[string]Digest{}
	for _, s := range m.Sections {
		for _, it := range s.Items {
			digests[it.ID] = it.Digest
		}
	}
	all := len(digests)
	for _, f := range b.Of(BundleItem) {
		if d, ok := digests[f.About]; !ok || d != f.Digest {
			return m, 0, fail(CodeAltered, "item "+f.About+" is not as it was frozen")
		}
		delete(digests, f.About)
	}
	return m, all - len(b.Of(BundleItem)), nil
}

// names reports whether an act is about exactly this version: it names the
// digest of the manifest.
func (b *Bundle) names(a Act) bool {
	var said struct {
		Manifest json.RawMessage `json:"manifest"`
		Digest   Digest          `json:"manifest_digest"`
	}
	if json.Unmarshal(a.Clear, &said) != nil {
		return false
	}
	var digest Digest
	if json.Unmarshal(said.Manifest, &digest) == nil {
		return digest == b.List.Manifest
	}
	return said.Digest == b.List.Manifest && Digest(sha256.Sum256(said.Manifest)) == b.List.Manifest
}
