package wire

import "slices"

// The closed list of purposes. Neither configuration nor an accord can add
// one; immigration enforcement, general intelligence and watch-listing are not
// purposes and never will be.
const (
	PurposeProsecution  = "prosecution"   // prosecution of smuggling or trafficking in a named case
	PurposeProtection   = "protection"    // protection of a person
	PurposeLifeAtRisk   = "life_at_risk"  // someone's life is in danger now
	PurposeDefenceCourt = "defence_court" // rights of the defence, order of a court
	PurposeOversight    = "oversight"     // audit, complaint, supervision of the programme by both governments
	PurposeStatistics   = "statistics"    // figures declared beforehand
	// PurposeAdministration is for running a node. It touches no case, and a
	// message with it never leaves the node.
	PurposeAdministration = "administration"
)

// Purposes is the closed list, the one that stays at home last.
var Purposes = []string{
	PurposeProsecution, PurposeProtection, PurposeLifeAtRisk, PurposeDefenceCourt,
	PurposeOversight, PurposeStatistics, PurposeAdministration,
}

// KnownPurpose reports whether p is on the closed list.
func KnownPurpose(p string) bool { return slices.Contains(Purposes, p) }

// Releasable reports whether a message with purpose p may cross to another node.
func Releasable(p string) bool { return KnownPurpose(p) && p != PurposeAdministration }
