package casefile

import (
	"slices"

	"github.com/oasiss/oasiss/internal/access"
)

// list is a closed list of codes. Each has a name in both languages under
// "casefile.LIST.CODE".
type list struct {
	name  string
	codes []string
}

func (l list) has(code string) bool { return slices.Contains(l.codes, code) }

// The closed lists of this package; those that are the programme's own (modes,
// roles, functions, outcomes) live in package program.
var (
	acts = list{"act", []string{"recruitment", "transport", "harbouring", "crossing", "guiding", "payment", "document_supply", "abandonment", "exploitation", "endangerment"}}

	hazards = list{"hazard", []string{"heat", "cold", "river", "sea", "desert", "confined_space", "overcrowding", "no_water", "abandoned",
		"pursuit", "weapons_shown", "fall", "traffic", "violence", "extortion", "death", "injury"}}

	organisationKinds = list{"organisation_kind", []string{"network", "cell", "gang", "business", "carrier", "recruitment_agency", "agency", "other"}}

	vehicleKinds = list{"vehicle_kind", []string{"car", "pickup", "van", "truck", "trailer", "bus", "motorcycle", "boat", "raft", "aircraft", "other"}}

	propertyKinds = list{"property_kind", []string{"money", "phone", "document", "ledger", "clothing", "tool", "vehicle_part", "medicine", "other"}}

	statementKinds = list{"statement_kind", []string{"interview", "sworn", "deposition_1324d", "advance_evidence"}}

	rights = list{"rights", []string{"read", "not_required", "not_read"}}

	interpreterGrounds = list{"interpreter_ground", []string{"certified", "roster", "consular", "official", "culture_and_language"}}

	sources = list{"source", []string{"statement", "observation", "seizure", "document", "court_record", "other_agency", "import"}}

	reasons = list{"reason", []string{"clerical", "new_information", "source_withdrawn", "wrong_person", "same_person", "not_same_person"}}

	ageGrounds = list{"age_ground", []string{"document", "own_statement", "assessment", "consular_record", "claim_under_18", "suspicion_under_18"}}

	jurisdictions = list{"jurisdiction", []string{"territorial", "cpf_2_i", "cpf_4", "not_established"}}

	chargeStatuses = list{"charge_status", []string{"considered", "referred", "filed", "dismissed", "convicted", "acquitted"}}

	ausaReasons = list{"ausa_reason", []string{"accepted", "small_group", "resources", "insufficient_evidence", "no_witness", "prosecuted_elsewhere",
		"suspect_under_18", "suspect_is_victim", "other_forum_better", "other"}}

	forgetGrounds = list{"forget_ground", []string{"retention_ended", "erasure_granted", "court_order", "recorded_unlawfully"}}

	holdGrounds = list{"hold_ground", []string{"litigation", "appeal", "complaint", "audit", "court_order"}}

	// methods are how a person was shown to a witness (CNPP 277–279).
	methods = list{"identification_method", []string{"photographs", "in_person", "voice", "thing"}}

	holdAuthorities = list{"hold_authority", []string{"court", "prosecutor", "defence", "control_body", "auditor", "agency_counsel"}}

	// holdLifters are roles, and a court.
	holdLifters = list{"hold_lifter", []string{liftsCourt, access.RoleSupervisor, access.RoleUSAttorney, access.RoleMP, access.RoleAdviser}}

	triedAbroad = list{"tried_abroad", []string{"no", "yes", "unknown"}}
)

// lists is every closed list, for the doors that offer them.
var lists = []list{acts, hazards, organisationKinds, vehicleKinds, propertyKinds, statementKinds, rights, interpreterGrounds,
	sources, reasons, ageGrounds, jurisdictions, chargeStatuses, ausaReasons, triedAbroad, findReasons, methods,
	forgetGrounds, holdGrounds, holdAuthorities, holdLifters}

// Codes gives the codes of a closed list by its name ("hazard", "source"…),
// nil if there is no such list. Their names are the texts "casefile.NAME.CODE".
func Codes(name string) []string {
	for _, l := range lists {
		if l.name == name {
			return slices.Clone(l.codes)
		}
	}
	return nil
}

// Lists names the closed lists.
func Lists() []string {
	out := make([]string, 0, len(lists))
	for _, l := range lists {
		out = append(out, l.name)
	}
	return out
}
