package demo

import (
	"strings"
	"time"
)

// The people of the demo's cases. Names are put together from parts; whoever
// bears one of the combinations is not meant.
var (
	givenPeople  = strings.Fields("Amaranta Bonifacio Crescencia Dionisio Epifania Florentino Gumersinda Higinio Iluminada Justino Librada Maclovio Nicolasa Odilón Prudencia Régulo Sotera Telésforo Valeriana Wenceslao Ximena Zenaido")
	familyPeople = strings.Fields("Aguacero Barrancal Cantarrana Durazno Espinal Fogarada Granadilla Huizache Izotal Jacalero Laurelito Mezquital Nogalera Ocotal Pedregal Quelital Remolino Sabinal Tepozán Vainillal Yucateco Zapotal")
)

// somebody is the n-th person of the demo's cases.
func somebody(n int) (given, paterno, materno string) {
	return givenPeople[n%len(givenPeople)], familyPeople[(n*5+n/len(givenPeople))%len(familyPeople)], familyPeople[(n*11+3+n/7)%len(familyPeople)]
}

// born is a date of birth between 19 and 58 years before a moment.
func born(n int, at time.Time) string {
	return at.AddDate(-19-n%40, -(n % 12), -(n % 28)).Format(time.DateOnly)
}

// scene is where and how a case of a corridor happened.
type setting struct {
	mode, place, name, mxPlace string
	group                      int
	hazards                    []string
}

// corridor is one way between the countries: an office that finds cases here,
// one that can prosecute there, and who else takes part.
type corridor struct {
	us, usao, mx, ceav, inm string
	sector                  string // area code of the US side
	state                   string // of the Mexican side
	crossing                string
	places                  []string
}

// corridors are those of the three accords, event by event between ports and
// at ports of entry.
var corridors = []corridor{
	{"usbp-rgv", "usao-sdtx", "fgr-tamps", "ceav-tamps", "inm-reynosa", "usbp:RGV", "inegi:28", "hidalgo", []string{"Anzalduas", "Roma bluffs", "Alamo"}},
	{"usbp-tca", "usao-daz", "fgr-son", "ceav-son", "inm-nogales", "usbp:TCA", "inegi:26", "nogales", []string{"Altar wash", "Arivaca", "Douglas"}},
	{"usbp-drt", "usao-wdtx", "fgr-coah", "ceav-coah", "inm-piedras-negras", "usbp:DRT", "inegi:05", "eagle-pass", []string{"Quemado", "Eagle Pass weir"}},
	{"ofo-san-diego", "usao-sdca", "fgr-bc", "ceav-bc", "inm-tijuana", "ofo:san-diego", "inegi:02", "san-ysidro", []string{"San Ysidro, lane 14", "Otay Mesa cargo"}},
	{"usbp-lrt", "usao-sdtx", "fgr-tamps", "ceav-tamps", "inm-nuevo-laredo", "usbp:LRT", "inegi:28", "laredo", []string{"Zapata", "Laredo stash house"}},
	{"usbp-yum", "usao-daz", "fgr-bc", "ceav-bc", "inm-san-luis", "usbp:YUM", "inegi:02", "san-luis", []string{"Andrade", "Cocopah dunes"}},
	{"usbp-ept", "usao-wdtx", "fgr-coah", "ceav-coah", "inm-acuna", "usbp:EPT", "inegi:05", "del-rio", []string{"Sunland Park", "Santa Teresa"}},
	{"usbp-elc", "usao-sdca", "fgr-bc", "ceav-bc", "inm-mexicali", "usbp:ELC", "inegi:02", "calexico", []string{"All-American Canal", "Calexico"}},
	{"ofo-laredo", "usao-sdtx", "fgr-tamps", "ceav-tamps", "inm-nuevo-laredo", "ofo:laredo", "inegi:28", "laredo", []string{"World Trade Bridge, lane 6"}},
	{"usbp-sdc", "usao-sdca", "fgr-bc", "ceav-bc", "inm-tijuana", "usbp:SDC", "inegi:02", "san-ysidro", []string{"Jacumba", "Imperial Beach"}},
	{"usbp-bbt", "usao-wdtx", "fgr-coah", "ceav-coah", "inm-acuna", "usbp:BBT", "inegi:05", "del-rio", []string{"Sanderson", "Presidio flats"}},
	{"ofo-tucson", "usao-daz", "fgr-son", "ceav-son", "inm-nogales", "ofo:tucson", "inegi:26", "nogales", []string{"Mariposa, lane 3"}},
}

// setting is how the n-th case of a corridor happened: at ports hidden in a
// vehicle or with a document of another, between them on foot, over the river
// or in a stash house.
func (c corridor) setting(n int) setting {
	s := setting{place: c.sector, mxPlace: c.state, name: c.places[n%len(c.places)], group: 2 + n%13}
	if strings.HasPrefix(c.us, "ofo-") {
		s.mode = []string{"hidden_in_vehicle", "false_document", "document_of_another", "hidden_in_cargo"}[n%4]
		if s.mode == "hidden_in_cargo" {
			s.hazards = []string{"confined_space", "heat"}
		}
		return s
	}
	s.mode = []string{"foot_between_ports", "vehicle_between_ports", "river", "stash_house", "rescue"}[n%5]
	s.hazards = [][]string{{"desert", "heat"}, nil, {"river"}, {"overcrowding"}, {"no_water", "abandoned"}}[n%5]
	return s
}

// fee is what each migrant was asked for, in hundredths of US dollars.
func fee(n int) int64 { return int64(150_000 + (n*37%85)*10_000) }
