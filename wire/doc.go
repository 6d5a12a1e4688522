// Package wire is the language that two nodes of the programme speak: the
// message, its signature proofs and sealed parts, the frame that carries
// messages, the receipt that answers it, the descriptor by which nodes know
// each other, the checkpoints of their journals and the manifest of a packet.
//
// It is public, and it imports nothing of the house but the standard library,
// go-jose, golang.org/x/mod/sumdb and torchwood, so that the other country, a
// court's expert or a later implementation can use it or replace it. docs/wire.md describes the
// same formats for an implementation in any language, and wire/testdata holds
// vectors with fixed keys.
//
// Three rules hold in every format here. What is hashed and signed is the
// bytes as written; nothing is re-encoded before a check. Every signature and
// every seal names what it is for (a domain string), so that one can never be
// passed off as another. A check that fails says why with a Code, and the same
// codes travel in receipts.
package wire
