// Package directory is who works in the programme on this node: offices,
// accounts, roles, and the founding of a node.
//
// What gives power takes two people of different offices: one proposes, the
// other approves, and it takes effect after the delay that the accord sets
// (DESIGN §7, "Two people"). What takes power away takes one person and works
// at once.
package directory
