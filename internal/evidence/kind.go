package evidence

import "slices"

// Kind is what an exhibit is, with its names in the vocabularies of exchange:
// NIEM 6.0 (release 6.0, domain Justice) and the CASE/UCO ontology 1.4.
type Kind struct {
	ID   string `json:"id"`
	NIEM string `json:"niem"`
	CASE string `json:"case"`
}

// kinds are what an exhibit can be. Their names stand in the texts
// "exhibit.kind.ID".
var kinds = []Kind{
	{"phone", "nc:Item", "uco-observable:MobileDevice"},
	{"document", "nc:Document", "uco-observable:ObservableObject"},
	{"identity_document", "nc:Identification", "uco-observable:ObservableObject"},
	{"money", "nc:Item", "uco-core:UcoObject"},
	{"ledger", "nc:Document", "uco-observable:ObservableObject"},
	{"photograph", "nc:Image", "uco-observable:RasterPicture"},
	{"audio", "nc:Binary", "uco-observable:Audio"},
	{"video", "nc:Binary", "uco-observable:Video"},
	{"digital_file", "nc:Binary", "uco-observable:File"},
	{"storage_device", "nc:Item", "uco-observable:StorageMedium"},
	{"vehicle", "nc:Conveyance", "uco-core:UcoObject"},
	{"weapon", "nc:Item", "uco-core:UcoObject"},
	{"clothing", "nc:Item", "uco-core:UcoObject"},
	{"translation", "nc:Document", "uco-observable:ObservableObject"},
	{"other", "nc:Item", "uco-core:UcoObject"},
}

// Kinds lists what an exhibit can be.
func Kinds() []Kind { return slices.Clone(kinds) }

// KindByID finds a kind.
func KindByID(id string) (Kind, bool) {
	i := slices.IndexFunc(kinds, func(k Kind) bool { return k.ID == id })
	if i < 0 {
		return Kind{}, false
	}
	return kinds[i], true
}

// list is a closed list of codes; each has a name in both languages under
// "exhibit.LIST.CODE".
type list struct {
	name  string
	codes []string
}

func (l list) has(code string) bool { return slices.Contains(l.codes, code) }

var (
	// bases are what a seizure or a find rests on in law.
	bases = list{"basis", []string{"search_warrant", "border_search", "incident_to_arrest", "plain_view", "consent", "handed_in", "inspection",
		"seizure_by_prosecutor", "court_order", "legal_assistance", "made_for_file"}}
	// sources is the evaluation of a source and informations that of what it
	// says: the 4×4 scale that police of both countries and Europol use.
	sources      = list{"source", []string{"A", "B", "C", "X"}}
	informations = list{"information", []string{"1", "2", "3", "4"}}
	// steps are what is done with an exhibit. The first is taken once, when it
	// is recorded; a transfer is two acts, give and receive.
	steps = list{"step", []string{StepCollect, StepSeal, StepGive, StepReceive, StepOpen, StepCopy, StepAnalyse, StepTranslate, StepReturn, StepDestroy}}
	// conditions are in what state it was found to be by whoever took a step.
	conditions = list{"condition", []string{"intact", "damaged", "altered"}}
)

// Steps of a chain of custody.
const (
	StepCollect   = "collect"
	StepSeal      = "seal"
	StepGive      = "give"
	StepReceive   = "receive"
	StepOpen      = "open"
	StepCopy      = "copy"
	StepAnalyse   = "analyse"
	StepTranslate = "translate"
	StepReturn    = "return"
	StepDestroy   = "destroy"
)

// alone are the steps that one person takes and signs.
var alone = []string{StepSeal, StepOpen, StepCopy, StepAnalyse, StepTranslate, StepReturn, StepDestroy}

// Codes gives the codes of a closed list by its name ("basis", "source",
// "information", "condition", "step", and "alone": the steps that one person
// signs), nil if there is no such list.
func Codes(name string) []string {
	if name == "alone" {
		return slices.Clone(alone)
	}
	for _, l := range []list{bases, sources, informations, steps, conditions} {
		if l.name == name {
			return slices.Clone(l.codes)
		}
	}
	return nil
}
