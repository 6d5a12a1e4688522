// Package intake reads files of other systems into the programme: figures for
// statistics, and people and events for cases.
//
// How a file is read is data, a mapping (docs/import.md): which columns mean
// what, which values are which codes, which rows are left out, what names a
// row so that importing it again changes nothing. The file itself stays with
// the person who imports it; only mapped rows reach the node, in batches,
// under that person's rights. What a mapping must never map (complexion,
// ethnicity, belief, immigration enforcement flags…) is refused before a row
// is read.
package intake
